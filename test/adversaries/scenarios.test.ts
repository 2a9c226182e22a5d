// Every scenario of the table is shown by tests that exist, run, and say so.
import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { codeOf } from "../architecture/sourceTree.ts";
import { SCENARIOS } from "./scenarios.ts";

const COUNT = 43;

/** A test's title as it is written: text, and between two pieces of it a value that a loop puts there. */
type Title = { readonly pieces: readonly string[] };

const TITLE = /\bit\(\s*(?:"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g;

function titlesIn(file: string): Title[] {
  return [...codeOf(file).matchAll(TITLE)].map(([, plain, template = ""]) => ({
    pieces: plain === undefined ? template.split(/\$\{[^}]*\}/) : [plain],
  }));
}

// A title that a loop completes stands for the cited one only if what it is completed with is written in the file too.
function stands(file: string, cited: string, { pieces }: Title): boolean {
  const escaped = pieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const match = new RegExp(`^${escaped.join("(.+)")}$`).exec(cited);
  if (match === null) return false;
  const text = sourcesOf(file);
  return match.slice(1).every((value) => /^\d+$/.test(value) || text.includes(value));
}

// The file, and the tables beside it that it takes its cases from.
function sourcesOf(file: string): string {
  const text = readFileSync(file, "utf8");
  const beside = [...text.matchAll(/from "(\.\/\w+)\.ts"/g)].map(
    ([, name = ""]) => `${file.slice(0, file.lastIndexOf("/"))}/${name.slice(2)}.ts`,
  );
  return [text, ...beside.map((path) => readFileSync(path, "utf8"))].join("\n");
}

describe("the scenarios", () => {
  it(`are ${COUNT}, each with a fact of its own and a test`, () => {
    expect(SCENARIOS).to.have.length(COUNT);
    expect(new Set(SCENARIOS.map(({ fact }) => fact)).size).to.equal(COUNT);
    for (const { fact, evidence } of SCENARIOS) {
      expect(
        evidence.flatMap(({ titles }) => titles),
        fact,
      ).to.not.be.empty;
    }
  });

  for (const [index, { fact, evidence }] of SCENARIOS.entries()) {
    it(`${index + 1}. ${fact}`, () => {
      for (const { file, titles } of evidence) {
        expect(existsSync(file), file).to.equal(true);
        const written = titlesIn(file);
        const missing = titles.filter(
          (cited) => !written.some((title) => stands(file, cited, title)),
        );
        expect(missing, file).to.deep.equal([]);
        expect(codeOf(file), file).to.not.match(/\b(it|describe)\.(skip|only)\b/);
      }
    });
  }

  it("are found missing where a title is another", () => {
    const [file, title] = ["test/dispute/bisect.test.ts", "changes nothing when it is repeated"];
    const written = titlesIn(file);
    expect(written.some((one) => stands(file, title, one))).to.equal(true);
    expect(written.some((one) => stands(file, `${title} twice`, one))).to.equal(false);
    const [whole, lie] = [
      "test/dispute/wholeDispute.test.ts",
      "an honest key beats a lie in the sky",
    ];
    expect(titlesIn(whole).some((one) => stands(whole, lie, one))).to.equal(false);
  });
});
