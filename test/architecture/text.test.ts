// What no file may say: where somebody's machine keeps things, which registry they use, why a rule is off unsaid.
import { expect } from "chai";
import { textOf, projectFiles } from "./sourceTree.ts";

const BINARY = /\.(png|jpg|ico|wasm|bin)$/;

// The character classes keep this file from matching itself.
const FORBIDDEN: Readonly<Record<string, RegExp>> = {
  "a path of one machine": /(?<![\w.])\/([h]ome|[U]sers|[r]oot|[w]ork|[t]mp)\/\w/,
  "the address of a registry": /registr[y]\.(npmjs|yarnpkg)|\bverdacci[o]\b|npm[.]pkg/,
  "a rule switched off without a reason":
    /eslint-disabl[e](?!.* -- \S)|@ts-(ignor[e]|nochec[k]|expect-erro[r](?! \S))/,
  "an unfinished thought": /\b(TOD[O]|FIXM[E]|XX[X])\b/,
};

describe("text", () => {
  const files = projectFiles().filter((path) => !BINARY.test(path));

  for (const [what, pattern] of Object.entries(FORBIDDEN)) {
    it(`never holds ${what}`, () => {
      const found = files.flatMap((path) =>
        textOf(path)
          .split("\n")
          .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
      );
      expect(found).to.deep.equal([]);
    });
  }
});
