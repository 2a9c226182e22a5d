// What `npm run attack`, `npm run conformance` and `npm run mutate` make of what they are told.
import { expect } from "chai";
import * as AttackOptions from "../../scripts/attack/attackOptions.ts";
import * as ConformanceOptions from "../../scripts/conformance/conformanceOptions.ts";
import { UsageError } from "../../scripts/devnet/options.ts";
import * as MutateOptions from "../../scripts/mutate/mutateOptions.ts";

describe("npm run attack", () => {
  it("makes the campaigns that docs/soundness.md counts, if it is told of none", () => {
    const { isWhole, mutations, states, differential, families } = AttackOptions.parse([]);
    expect([isWhole, mutations, states, differential]).to.deep.equal([
      true,
      100_000,
      12_000,
      30_000,
    ]);
    expect(families).to.have.length(11);
    // Of one family it is a part, which is not written down.
    const part = AttackOptions.parse(["--family", "Call"]);
    expect([part.isWhole, part.mutations, part.families]).to.deep.equal([false, 100_000, [5]]);
  });

  it("makes no others than those that it is told of", () => {
    const { isWhole, mutations, states, differential, seed } = AttackOptions.parse([
      ...["--states", "7", "--seed", "3"],
    ]);
    expect([isWhole, mutations, states, differential, seed]).to.deep.equal([false, 0, 7, 0, 3]);
  });

  it("refuses what it cannot make", () => {
    for (const words of [
      ["--mutations", "x"],
      ["--mutations", "-1"],
      ["--mutations", "0"],
      ["--family", "Nope"],
      ["--seed"],
      ["--fast"],
      ["7"],
    ])
      expect(() => AttackOptions.parse(words), words.join(" ")).to.throw(UsageError);
  });
});

describe("npm run conformance", () => {
  const here = ["--fixtures", "."];

  it("takes all vectors of Cancun, in TypeScript alone, unless it is told otherwise", () => {
    expect(ConformanceOptions.parse(here)).to.deep.equal({
      ...{ fixtures: ".", fork: "Cancun", filter: "", shard: 1, shards: 1 },
      ...{ isOnChain: false, every: 1_000, allSteps: false, resume: undefined },
    });
    const words = "--fork Osaka --filter st --shard 2/3 --onchain --every 0 --steps all --resume r";
    expect(ConformanceOptions.parse([...here, ...words.split(" ")])).to.deep.equal({
      ...{ fixtures: ".", fork: "Osaka", filter: "st", shard: 2, shards: 3 },
      ...{ isOnChain: true, every: 0, allSteps: true, resume: "r" },
    });
  });

  it("refuses a folder that is not there, and what it cannot read", () => {
    for (const words of [
      ["--fixtures", "no/such/folder"],
      [...here, "--fork", "Paris"],
      [...here, "--shard", "3/2"],
      [...here, "--shard", "0/2"],
      [...here, "--every", "some"],
      [...here, "--steps", "some"],
      [...here, "--resume"],
      [...here, "stExample"],
    ])
      expect(() => ConformanceOptions.parse(words), words.join(" ")).to.throw(UsageError);
  });
});

describe("npm run mutate", () => {
  it("takes the router and every prover, unless it is told of one", () => {
    const { contracts, count, seed } = MutateOptions.parse([]);
    expect([contracts.length, contracts[0], count, seed]).to.deep.equal([12, "OneStep", 150, 2026]);
    const words = "--contract Call --count 7 --seed 3";
    expect(MutateOptions.parse(words.split(" "))).to.deep.equal({
      ...{ contracts: ["Call"], count: 7, seed: 3 },
    });
  });

  it("refuses what it cannot make", () => {
    for (const words of [["--contract", "Nope"], ["--count", "-1"], ["--seed"], ["Call"]])
      expect(() => MutateOptions.parse(words), words.join(" ")).to.throw(UsageError);
  });
});
