// Calls, creations, precompiles and admission: each step of the TypeScript machine, proven on chain.
import { expect } from "chai";
import type { Fork } from "../../src/machine/fork.ts";
import { ADMISSION_SCENES } from "./admissionScenes.ts";
import { CALL_SCENES, DEEP } from "./callScenes.ts";
import { CREATION_SCENES, DEEP_CREATION } from "./creationScenes.ts";
import { PRECOMPILE_SCENES } from "./precompileScenes.ts";
import * as Steps from "./steps.ts";
import { forksOf, machineOf, type Scene } from "./transactionScene.ts";
import { crowdedMachineOf, WORST_SCENES } from "./worstScenes.ts";
import * as WorstSteps from "./worstSteps.ts";

const ENDLESS = 100_000;
const DEPTH = 1_024;

describe("steps between frames", function () {
  this.timeout(600_000);
  let provers: Steps.Provers;
  const worst: WorstSteps.WorstSteps = new Map();

  before(async () => {
    provers = await Steps.deployProvers();
  });

  after(async () => {
    await provers.close();
  });

  async function prove(fork: Fork, steps: readonly Steps.RecordedStep[]): Promise<void> {
    for (const step of steps)
      WorstSteps.note(worst, step, await Steps.expectProven(provers, fork, step));
  }

  async function proveScene(scene: Scene): Promise<void> {
    for (const fork of forksOf(scene)) {
      const steps = Steps.record(machineOf(scene, fork), ENDLESS);
      await prove(fork, steps.filter(isJudged));
    }
  }

  /** The first and last steps, and those around the deepest frame. */
  async function proveDeep(scene: Scene): Promise<void> {
    const all = Steps.record(machineOf(scene, "Osaka"), ENDLESS).filter(isJudged);
    const deepest = all.findIndex(({ name }) => name === "SETTLE");
    expect(deepest).to.be.greaterThan(2 * DEPTH);
    await prove("Osaka", all.slice(0, 10));
    await prove("Osaka", all.slice(deepest - 10, deepest + 10));
    await prove("Osaka", all.slice(-10));
  }

  describe("of calls", () => {
    for (const scene of CALL_SCENES) it(scene.name, () => proveScene(scene));
    it(DEEP.name, () => proveDeep(DEEP));
  });

  describe("of creations", () => {
    for (const scene of CREATION_SCENES) it(scene.name, () => proveScene(scene));
    it(DEEP_CREATION.name, () => proveDeep(DEEP_CREATION));
  });

  describe("of precompiles", () => {
    for (const scene of PRECOMPILE_SCENES) it(scene.name, () => proveScene(scene));
  });

  describe("of admission", () => {
    for (const scene of ADMISSION_SCENES) it(scene.name, () => proveScene(scene));
  });

  describe("where they are dearest", () => {
    for (const scene of WORST_SCENES)
      it(scene.name, async () => {
        const steps = Steps.record(crowdedMachineOf(scene), ENDLESS);
        await prove("Osaka", steps.filter(isJudged));
      });
  });

  describe("of all", () => {
    it("stay below the limits of an L1 transaction", () => {
      WorstSteps.report(worst);
    });
  });
});

function isJudged({ family }: Steps.RecordedStep): boolean {
  return Steps.FRAME_PROVERS.has(family);
}
