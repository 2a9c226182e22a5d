// Random scenes of calls and creations, every step between frames of which is proven on chain.
import { expect } from "chai";
import fc from "fast-check";
import { scene } from "./randomCalls.ts";
import * as Steps from "./steps.ts";
import { FORKS, machineOf } from "./transactionScene.ts";

const SEED = 1_122;
const SCENES = 40;
const MAX_STEPS = 1_500;
const MAX_PROVEN = 40;
const TIMEOUT_MILLISECONDS = 600_000;

describe("random calls on chain", function () {
  this.timeout(TIMEOUT_MILLISECONDS);

  it(`take the machine's steps (${SCENES} scenes, seed ${SEED})`, async () => {
    const provers = await Steps.deployProvers();
    const proven = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(scene, fc.constantFrom(...FORKS), async (each, fork) => {
        const steps = Steps.record(machineOf(each, fork), MAX_STEPS).filter(({ family }) =>
          Steps.FRAME_PROVERS.has(family),
        );
        const stride = Math.ceil(steps.length / MAX_PROVEN);
        for (const step of steps.filter((_, index) => index % stride === 0)) {
          await Steps.expectProven(provers, fork, step);
          proven.set(step.name, (proven.get(step.name) ?? 0) + 1);
        }
      }),
      { seed: SEED, numRuns: SCENES },
    );
    await provers.close();
    console.log(`      ${[...proven].map(([name, count]) => `${name} ${count}`).join(", ")}`);
    expect(proven.size).to.be.at.least(14);
  });
});
