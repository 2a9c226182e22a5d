// A sample of `npm run attack -- --mutations N`: tampered witnesses of every family before the provers.
import { expect } from "chai";
import * as Family from "../../src/machine/family.ts";
import * as Attack from "../../scripts/attack/mutations.ts";
import * as Chains from "../../scripts/attack/chains.ts";
import { STRUCTURED } from "../../scripts/attack/structured.ts";
import { KINDS, type Kinds } from "../../scripts/attack/tampering.ts";
import type { TrueStep } from "../../scripts/attack/recording.ts";
import * as Trial from "../../scripts/attack/trial.ts";
import * as TrueSteps from "../../scripts/attack/trueSteps.ts";

const SEED = 0x7a3b;
const MUTATIONS = 8_800;
const STRUCTURED_CLAIMS = 2_200;
const TRIE_MUTATIONS = 1_000;
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
  const chains = Chains.chains(SEED);

  let steps: TrueStep[] = [];

  before(() => {
    const collection = new TrueSteps.Collection();
    for (const run of TrueSteps.sceneRuns(["Osaka"])) collection.add(run);
    for (const [name, chain] of chains)
      for (const run of TrueSteps.blockRuns(name, chain)) collection.add(run);
    steps = collection.steps();
  });

  function request(mutations: number, kinds: Kinds): Attack.Request {
    const progress = (): void => undefined;
    // A lie takes a run of the machine: one step of each kind is enough for a sample.
    const chosen =
      kinds === KINDS ? steps : [...new Map(steps.map((one) => [one.kind, one])).values()];
    return { mutations, kinds, seed: SEED, steps: chosen, chains, families: FAMILIES, progress };
  }

  it("are refused, or have the one true successor for a known reason", async () => {
    const tally = await Attack.run(request(MUTATIONS, KINDS));
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

  it("of tries with extensions, and with nodes within their parents, are refused", async () => {
    const families = [Family.ENVIRONMENT, Family.STORAGE];
    const of = { ...request(TRIE_MUTATIONS, KINDS), families, steps: TrueSteps.edgeSteps() };
    const { holes, errors } = await Attack.run(of);
    expect(holes).to.deep.equal([]);
    expect(errors).to.include.keys("NotALink", "BranchTooSmall", "ExtensionPathLength");
  });

  it("that are wrong in one place only are refused, or have the one true successor", async () => {
    const tally = await Attack.run(request(STRUCTURED_CLAIMS, STRUCTURED));
    expect(tally.holes).to.deep.equal([]);
    const made = [...tally.counts.values()].flatMap((counts) => [...counts.keys()]);
    expect([...STRUCTURED.keys()].filter((kind) => !made.includes(kind))).to.deep.equal([]);
    expect(tally.errors).to.include.keys("PreimageMismatch", "WrongNode", "WitnessTooShort");
    expect(tally.errors).to.not.include.keys("no data");
  });

  for (const [name, kinds] of Object.entries({ KINDS, STRUCTURED }))
    it(`are found if a prover takes one for something else: ${name}`, async () => {
      const gullible = async (): Promise<Trial.Trial> => ({
        judge: (_step, claims) =>
          Promise.resolve(claims.map(() => ({ type: "successor", state: WRONG_STATE, gas: 1 }))),
        close: () => Promise.resolve(),
      });
      const tally = await Attack.run(request(FEW, kinds), gullible);
      // A value that is as good as an unreadable one is not read: that is no hole.
      const unread = [...tally.immaterial.values()].reduce((sum, count) => sum + count, 0);
      expect(tally.holes.length + unread).to.equal(FEW);
      expect(tally.holes.length).to.be.greaterThan(FEW / 2);
    });

  it("do not begin with a step that is not true", async () => {
    const [step] = steps;
    if (step === undefined) throw new TypeError("there are steps");
    const trial = await Trial.open(chains);
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
