// Tampered witnesses of steps between frames: each is refused, or gives the same successor.
import { expect } from "chai";
import fc from "fast-check";
import * as Family from "../../src/machine/family.ts";
import * as Phase from "../../src/machine/phase.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { ADMISSION_SCENES } from "./admissionScenes.ts";
import { CALL_SCENES } from "./callScenes.ts";
import { CREATION_SCENES } from "./creationScenes.ts";
import { PRECOMPILE_SCENES } from "./precompileScenes.ts";
import * as Steps from "./steps.ts";
import { forksOf, machineOf } from "./transactionScene.ts";

const SEED = 1_107;
const ENDLESS = 10_000;
const MAX_BYTES = 3_000;
const OTHERS = 4;
const TRIES = 80;
const GAS = 16_000_000n;
const TIMEOUT_MILLISECONDS = 600_000;
const FORK = "Osaka";
/** Where a witness has the phase, behind the family. */
const PHASE_BYTE = 1;

const OPCODES = [
  ...["CALL", "CALLCODE", "DELEGATECALL", "STATICCALL"],
  ...["CREATE", "CREATE2", "SELFDESTRUCT"],
];
const PHASES = [
  ...["RESOLVE", "ENTER", "SETTLE", "CREATE", "INITIATE", "DEPOSIT", "PRECOMPILE"],
  ...["ADMIT", "ACCESS", "AUTHORIZE", "START"],
];
const KINDS = [...OPCODES, ...PHASES.map((phase) => `phase ${phase}`)];

describe("tampered witnesses between frames", function () {
  this.timeout(TIMEOUT_MILLISECONDS);
  const steps = new Map<string, Steps.RecordedStep[]>();

  before(() => {
    for (const scene of [
      ...CALL_SCENES,
      ...CREATION_SCENES,
      ...ADMISSION_SCENES,
      ...PRECOMPILE_SCENES,
    ]) {
      if (!forksOf(scene).includes(FORK)) continue;
      for (const step of Steps.record(machineOf(scene, FORK), ENDLESS)) {
        const kind = step.witness[PHASE_BYTE] === Phase.EXECUTE ? step.name : `phase ${step.name}`;
        steps.set(kind, [...(steps.get(kind) ?? []), step]);
      }
    }
  });

  /** The longest witness of a kind that is still short, and some others. */
  function recorded(kind: string): { step: Steps.RecordedStep; others: Steps.RecordedStep[] } {
    const all = steps.get(kind)?.filter(({ witness }) => witness.length <= MAX_BYTES) ?? [];
    const [step] = all.toSorted((a, b) => b.witness.length - a.witness.length);
    assert(step !== undefined, "a scene takes such a step");
    const others = fc.sample(fc.constantFrom(...all), { numRuns: OTHERS, seed: SEED });
    return { step, others: others.filter(({ before }) => before !== step.before) };
  }

  it("are refused by the prover of another family, by name", async () => {
    const { ethers, gauge, routers, close } = await Steps.deployProvers();
    const { interface: errors } = await ethers.getContractFactory("CallProver");
    const judges = [Family.CALL, Family.CREATE, Family.PRECOMPILE, Family.ADMISSION];
    for (const kind of ["phase START", "phase ENTER"]) {
      const { step } = recorded(kind);
      for (const family of judges.filter((judge) => judge !== step.family)) {
        const witness = step.witness.slice();
        witness[0] = family;
        const call: Promise<unknown> = gauge.getFunction("measure")(
          routers.get(FORK),
          step.before,
          witness,
        );
        await expect(call)
          .to.be.revertedWithCustomError({ interface: errors }, "WrongFamily")
          .withArgs(family, witness[PHASE_BYTE], 0);
      }
    }
    await close();
  });

  for (const kind of KINDS) {
    it(`of ${kind} are refused, whatever was done to them`, async () => {
      const { step, others } = recorded(kind);
      const { witness } = step;
      const { ethers, gauge, routers, close } = await Steps.deployProvers();
      for (const tampered of [
        ...fc.sample(tamperings(witness), { numRuns: TRIES, seed: SEED }),
        ...others.map((other) => other.witness),
      ]) {
        const successor: Promise<unknown> = gauge.getFunction("measure")(
          routers.get(FORK),
          step.before,
          tampered,
          { gasLimit: GAS },
        );
        await expect(successor, kind).to.be.revert(ethers);
      }
      await close();
    });
  }
});

/** A byte changed, bytes cut from the end or the middle, put there, or exchanged. */
function tamperings(witness: Uint8Array): fc.Arbitrary<Uint8Array> {
  const position = fc.nat({ max: witness.length - 1 });
  const changed = fc.tuple(position, fc.integer({ min: 1, max: 255 })).map(([at, change]) => {
    const copy = witness.slice();
    copy[at] = (copy[at] ?? 0) ^ change;
    return copy;
  });
  const cut = position.map((end) => witness.slice(0, end));
  const without = fc
    .tuple(position, fc.integer({ min: 1, max: 40 }))
    .map(([at, size]) => Bytes.concat(witness.slice(0, at), witness.slice(at + size)));
  const longer = fc
    .tuple(
      fc.constantFrom(witness.length, 1, 225, 600),
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
    )
    .map(([at, more]) => Bytes.concat(witness.slice(0, at), more, witness.slice(at)));
  return fc.oneof({ weight: 4, arbitrary: changed }, cut, without, longer);
}
