// Random programs, every step of which is taken by the TypeScript machine and proven on chain.
import { expect } from "chai";
import fc from "fast-check";
import * as Opcode from "../../src/machine/opcode.ts";
import { scene } from "./randomPrograms.ts";
import { machineOf } from "./stage.ts";
import * as Steps from "./steps.ts";

const SEED = 20_261_122;
const PROGRAMS = 40;
const MAX_STEPS = 600;
// Programs push far more than they do anything else.
const PUSHES_PER_PROVEN_PUSH = 12;

describe("random programs on chain", () => {
  it(`take the machine's steps (${PROGRAMS} programs, seed ${SEED})`, async () => {
    const provers = await Steps.deployProvers();
    const proven = new Set<string>();
    let count = 0;
    await fc.assert(
      fc.asyncProperty(scene, async (each) => {
        const steps = Steps.provable(Steps.record(machineOf(each), MAX_STEPS));
        for (const [index, step] of steps.entries()) {
          const isPush = step.name.startsWith("PUSH") && step.name !== Opcode.nameOf(Opcode.PUSH0);
          if (isPush && index % PUSHES_PER_PROVEN_PUSH !== 0) continue;
          await Steps.expectProven(provers, each.fork, step);
          proven.add(step.name);
          count++;
        }
      }),
      { seed: SEED, numRuns: PROGRAMS },
    );
    await provers.close();
    console.log(`      ${count} steps of ${proven.size} kinds`);
    expect(proven.size).to.be.at.least(110);
  });
});
