// Every function that a file of src offers to others says what it is for.
import { expect } from "chai";
import { sourceFiles, textOf } from "./sourceTree.ts";

describe("docstrings", () => {
  it("stand before every exported function", () => {
    const silent = sourceFiles("src", ".ts").flatMap((path) =>
      [...textOf(path).matchAll(/(\*\/\n)?^export (?:async )?function\*? (\w+)/gm)].flatMap(
        ([, docstring, name = ""]) => (docstring === undefined ? [`${path}: ${name}`] : []),
      ),
    );
    expect(silent).to.deep.equal([]);
  });
});
