// Frozen steps: what one state becomes and what proves it may not change unnoticed. After a change on
// purpose, GOLDEN=write hardhat test mocha test/machine/golden.test.ts writes the file again.
import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import { firstSteps, type Recorded } from "./everyPhase.ts";

const FILE = new URL("../vectors/golden/steps.json", import.meta.url);

describe("golden steps", () => {
  const recorded = firstSteps();
  if (process.env["GOLDEN"] === "write")
    writeFileSync(FILE, `${JSON.stringify(recorded, undefined, 1)}\n`);
  const golden: Recorded[] = JSON.parse(readFileSync(FILE, "utf8"));

  for (const step of golden)
    it(`stay as they are: ${step.name}`, () => {
      expect(recorded.find(({ name }) => name === step.name)).to.deep.equal(step);
    });

  it("are there for every phase and every family of opcodes", () => {
    const names = golden.map(({ name }) => name);
    const phases = ["BEGIN", ...Phase.NAMES.filter((name) => name !== "EXECUTE")];
    expect(names).to.include.members(phases.map((name) => `phase ${name}`));
    expect(new Set(golden.map(({ family }) => family)).size).to.equal(11);
    expect(
      names.filter((name) => Opcode.all().map(Opcode.nameOf).includes(name)),
    ).to.have.length.above(30);
  });
});
