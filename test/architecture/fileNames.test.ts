// A file is a noun of the domain and short enough to be one.
import { expectOnlyPending } from "./pending.ts";
import { sourceFiles, textOf } from "./sourceTree.ts";

const LINE_BUDGET = 400;
const FORBIDDEN = [
  "util",
  "utils",
  "helper",
  "helpers",
  "common",
  "misc",
  "types",
  "manager",
  "core",
  "service",
];

/** Files that are one table or one list by nature. */
const LONG_BY_NATURE: readonly string[] = [];

describe("file names", () => {
  const files = ["contracts", "src", "scripts", "test"].flatMap((folder) => [
    ...sourceFiles(folder, ".ts"),
    ...sourceFiles(folder, ".sol"),
  ]);

  it("are nouns of the domain", () => {
    const wrong = files.filter((file) => wordsOf(file).some((word) => FORBIDDEN.includes(word)));
    expectOnlyPending("fileNames", wrong);
  });

  it(`stand for at most ${LINE_BUDGET} lines`, () => {
    const long = files.filter((file) => textOf(file).split("\n").length - 1 > LINE_BUDGET);
    expectOnlyPending(
      "fileLengths",
      long.filter((file) => !LONG_BY_NATURE.includes(file)),
    );
  });
});

function wordsOf(path: string): string[] {
  return path
    .replace(/\.(test\.)?(ts|sol)$/, "")
    .split(/\/|(?=[A-Z])/)
    .map((word) => word.toLowerCase());
}
