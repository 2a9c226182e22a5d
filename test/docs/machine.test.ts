// docs/machine.md shows what the machine does: its bytes are those of the walk, its excerpts those of the twins, and
// the walked steps are proven on chain.
import { readFileSync } from "node:fs";
import { expect } from "chai";
import * as Hex from "../../src/primitives/hex.ts";
import { walk } from "../../scripts/examples/machineWalk.ts";
import * as Steps from "../parity/steps.ts";

const EXCERPT = /^```(?:ts|solidity) (\S+)\n([\s\S]*?)^```$/gm;
const WALKED = /^```text (\S+)\n([\s\S]*?)^```$/gm;

describe("docs/machine.md", () => {
  const text = readFileSync("docs/machine.md", "utf8");
  const steps = walk();

  it("shows every byte of the walked steps", () => {
    const shown = [...text.matchAll(WALKED)].map(([, name = "", body = ""]) => [name, body]);
    expect(shown).to.deep.equal(steps.map(({ name, lines }) => [name, `${lines.join("\n")}\n`]));
  });

  it("names every byte of each witness once", () => {
    for (const { name, witness, lines } of steps) {
      const bytes = lines.slice(1, -1).map((line) => line.slice(line.lastIndexOf(" ") + 1));
      expect(`0x${bytes.join("")}`, name).to.equal(Hex.fromBytes(witness));
    }
  });

  it("quotes the twins as they are, each excerpt in both languages", () => {
    const excerpts = [...text.matchAll(EXCERPT)].map(([, path = "", body = ""]) => ({ path, body }));
    expect(excerpts).to.have.length.above(10);
    for (const { path, body } of excerpts) expect(readFileSync(path, "utf8")).to.include(body);
    const twins = excerpts.filter((_, index) => index % 2 === 0).map(({ path }) => twinOf(path));
    const solidity = excerpts.filter((_, index) => index % 2 === 1).map(({ path }) => path);
    expect(solidity).to.deep.equal(twins);
  });

  it("walks steps that Solidity takes to the same state", async function () {
    this.timeout(120_000);
    const provers = await Steps.deployProvers();
    for (const { name, before, witness, after } of steps) {
      const step = { name, family: witness[0] ?? 0, before, witness, after };
      await Steps.expectProven(provers, "Osaka", step);
    }
    await provers.close();
  });
});

function twinOf(path: string): string {
  return path
    .replace(/^src\//, "contracts/")
    .replace(/\/(\w)(\w*)\.ts$/, (_, first: string, rest: string) => `/${first.toUpperCase()}${rest}.sol`);
}
