// The dearest instructions on state: tries of full branches, twelve deep, proven on chain.
import { WORST_INSTRUCTIONS, crowdedMachineOf } from "./worstScenes.ts";
import * as Steps from "./steps.ts";
import * as WorstSteps from "./worstSteps.ts";

const ENDLESS = 10_000;

describe("instructions on crowded tries", function () {
  this.timeout(120_000);
  let provers: Steps.Provers;
  const worst: WorstSteps.WorstSteps = new Map();

  before(async () => {
    provers = await Steps.deployProvers();
  });

  after(async () => {
    await provers.close();
  });

  for (const scene of WORST_INSTRUCTIONS)
    it(`on ${scene.name}`, async () => {
      const steps = Steps.provable(Steps.record(crowdedMachineOf(scene), ENDLESS));
      for (const step of steps)
        WorstSteps.note(worst, step, await Steps.expectProven(provers, "Osaka", step));
    });

  it("stay below the limits of an L1 transaction", () => {
    WorstSteps.report(worst);
  });
});
