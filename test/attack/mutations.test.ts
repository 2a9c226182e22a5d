// A sample of `npm run attack -- --mutations N`: tampered witnesses of every family before the provers.
import { expect } from "chai";
import * as Family from "../../src/machine/family.ts";
import * as Attack from "../../scripts/attack/mutations.ts";
import { chains } from "../../scripts/attack/chains.ts";
import { KINDS } from "../../scripts/attack/tampering.ts";
import * as Trial from "../../scripts/attack/trial.ts";
import * as TrueSteps from "../../scripts/attack/trueSteps.ts";

const SEED = 0x7a3b;
const MUTATIONS = 8_800;
const FEW = 220;
const FAMILIES = Array.from({ length: Family.BLOCK + 1 }, (_, family) => family);
/** What opens a trie, and what opens a stack. */
const OF_TRIES = [
  "of another account",
  "malformed node",
  "malformed node, hashes follow",
  "wrong path",
];
const OF_STACKS = ["other stack depth"];
const WITHOUT_TRIES = ["Compute", "Hash", "Precompile", "Entry"];
const WITHOUT_STACKS = ["Precompile", "Entry", "Admission", "Block"];
const WRONG_STATE = `0x${"0b".repeat(32)}` as const;

describe(`tampered witnesses of every family (seed ${SEED})`, function () {
  this.timeout(300_000);
  const known = chains(SEED);

  function request(mutations: number): Attack.Request {
    const collection = new TrueSteps.Collection();
    for (const run of TrueSteps.sceneRuns(["Osaka"])) collection.add(run);
    for (const [name, chain] of known)
      for (const run of TrueSteps.blockRuns(name, chain)) collection.add(run);
    const steps = collection.steps();
    const progress = (): void => undefined;
    return { mutations, seed: SEED, steps, chains: known, families: FAMILIES, progress };
  }

  it("are refused, or have the one true successor for a known reason", async () => {
    const tally = await Attack.run(request(MUTATIONS));
    expect(tally.holes).to.deep.equal([]);
    expect([...tally.counts.keys()]).to.deep.equal(FAMILIES.map(Trial.familyName));
    for (const [family, counts] of tally.counts) {
      const lacking = [
        ...(WITHOUT_TRIES.includes(family) ? OF_TRIES : []),
        ...(WITHOUT_STACKS.includes(family) ? OF_STACKS : []),
      ];
      expect([...KINDS.keys()].filter((kind) => !counts.has(kind)).sort(), family).to.deep.equal(
        lacking.sort(),
      );
    }
    expect(tally.errors).to.include.keys("PreimageMismatch", "WrongNode", "RlpIntegerLeadingZero");
    expect(tally.errors).to.not.include.keys("no data");
    const asked = [...tally.errors.values(), ...tally.immaterial.values()];
    expect(asked.reduce((sum, count) => sum + count, 0)).to.equal(MUTATIONS);
  });

  it("are found if a prover takes one for something else", async () => {
    const gullible = async (): Promise<Trial.Trial> => ({
      judge: (_step, claims) =>
        Promise.resolve(claims.map(() => ({ type: "successor", state: WRONG_STATE, gas: 1 }))),
      close: () => Promise.resolve(),
    });
    const tally = await Attack.run(request(FEW), gullible);
    // A value that is as good as an unreadable one is not read: that is no hole.
    const unread = [...tally.immaterial.values()].reduce((sum, count) => sum + count, 0);
    expect(tally.holes.length + unread).to.equal(FEW);
    expect(tally.holes.length).to.be.greaterThan(FEW / 2);
  });

  it("do not begin with a step that is not true", async () => {
    const [step] = request(0).steps;
    if (step === undefined) throw new TypeError("there are steps");
    const trial = await Trial.open(known);
    const untrue = { ...step, after: WRONG_STATE };
    const error = await trial.judge(untrue, [Trial.claimOf(step)]).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    await trial.close();
    if (!(error instanceof Trial.TrueStepRefusedError))
      throw new TypeError("it was taken for true");
    expect(error.step).to.equal(untrue);
    expect(error.answer).to.include({ type: "successor", state: step.after });
  });
});
