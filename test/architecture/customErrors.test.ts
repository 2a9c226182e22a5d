// Every custom error is thrown somewhere, and some test names it.
import { expect } from "chai";
import { expectOnlyPending } from "./pending.ts";
import { codeOf, sourceFiles } from "./sourceTree.ts";

describe("custom errors", () => {
  const contracts = sourceFiles("contracts", ".sol").map((path) => ({ path, code: codeOf(path) }));
  const declared = contracts.flatMap(({ path, code }) =>
    [...code.matchAll(/\berror\s+(\w+)\s*\(/g)].map(([, name = ""]) => ({ path, name })),
  );

  it("are each reverted with", () => {
    // An error's declaration is the one place where its name follows the word itself.
    const unused = declared.filter(
      ({ name }) =>
        !contracts.some(({ code }) => new RegExp(`(?<!\\berror\\s+)\\b${name}\\s*\\(`).test(code)),
    );
    expectOnlyPending("unusedErrors", unused.map(describeError));
  });

  it("are each named in a test", () => {
    const tests = sourceFiles("test", ".ts")
      .filter((path) => !path.startsWith("test/architecture/"))
      .map(codeOf)
      .join("\n");
    const untested = declared.filter(({ name }) => !new RegExp(`\\b${name}\\b`).test(tests));
    expectOnlyPending("untestedErrors", untested.map(describeError));
  });

  it("have one declaration for each name and file", () => {
    const all = declared.map(describeError);
    expect(new Set(all).size).to.equal(all.length);
  });
});

function describeError({ path, name }: { path: string; name: string }): string {
  return `${path}: ${name}`;
}
