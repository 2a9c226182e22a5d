// Steps proven with too little gas: L1's own precompiles must never seem to fail because of it.
import { expect } from "chai";
import { network } from "hardhat";
import * as Precompiles from "../../src/machine/precompiles/precompiles.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { ADMISSION_SCENES } from "./admissionScenes.ts";
import { PRECOMPILE_SCENES } from "./precompileScenes.ts";
import * as Steps from "./steps.ts";
import { machineOf, type Scene } from "./transactionScene.ts";

const ENDLESS = 100;
const FORK = "Osaka";
const IDENTITY = 4n;
const POINTS = 60;
/** Neither too little to get to the precompile nor enough for its 8,000,000. */
const SHORT_OF_MODEXP = 6_000_000n;

describe("steps with too little gas", function () {
  this.timeout(600_000);
  let provers: Steps.Provers;

  before(async () => {
    provers = await Steps.deployProvers();
  });

  after(async () => {
    await provers.close();
  });

  function stepOf(scene: Scene | undefined, stepName: string): Steps.RecordedStep {
    assert(scene !== undefined, "there is such a scene");
    const steps = Steps.record(machineOf(scene, FORK), ENDLESS);
    const step = steps.find(({ name }) => name === stepName);
    assert(step !== undefined, "the scene takes such a step");
    return step;
  }

  function measure(step: Steps.RecordedStep, gasLimit: bigint): Promise<[string, bigint]> {
    const { gauge, routers } = provers;
    return gauge.getFunction("measure").staticCall(routers.get(FORK), step.before, step.witness, {
      gasLimit,
    });
  }

  /** How often the step is proven with parts of the gas it needs. It must never be proven wrongly. */
  async function timesProven(step: Steps.RecordedStep): Promise<number> {
    const enough = (await Steps.expectProven(provers, FORK, step)) * 2n;
    let proven = 0;
    for (let point = 1; point <= POINTS; point++) {
      const gasLimit = (enough * BigInt(point)) / BigInt(POINTS);
      const successor = await measure(step, gasLimit).then(
        ([found]) => found,
        () => undefined,
      );
      if (successor === undefined) continue;
      expect(successor).to.equal(step.after);
      proven++;
    }
    return proven;
  }

  for (const address of Precompiles.addresses(FORK)) {
    if (address === IDENTITY) continue;
    const precompile = Precompiles.at(address, FORK);
    it(`never prove that ${precompile?.name} fails`, async () => {
      const answered = PRECOMPILE_SCENES.find(
        ({ transaction, data }) =>
          transaction?.to === address && (precompile?.run(data ?? Bytes.EMPTY)?.length ?? 0) > 0,
      );
      expect(await timesProven(stepOf(answered, "PRECOMPILE"))).to.be.within(1, POINTS - 1);
    });
  }

  it("never prove that an authorization is nobody's", async () => {
    const step = stepOf(
      ADMISSION_SCENES.find(({ name }) => name === "a tuple of nobody yet"),
      "AUTHORIZE",
    );
    expect(await timesProven(step)).to.be.within(1, POINTS - 1);
  });

  it("say that they lack gas before they call", async () => {
    const { ethers } = await network.create("l1");
    const { interface: errors } = await ethers.getContractFactory("PrecompilesHarness");
    const step = stepOf(
      PRECOMPILE_SCENES.find(({ name }) => name === "the dearest modexp"),
      "PRECOMPILE",
    );
    await expect(measure(step, SHORT_OF_MODEXP)).to.be.revertedWithCustomError(
      { interface: errors },
      "InsufficientGas",
    );
  });
});
