import { expect } from "chai";
import { Interface, type Log } from "ethers";
import fc from "fast-check";
import { artifacts } from "hardhat";
import type { Log as ViemLog } from "viem";
import type { Move } from "../../src/dispute/move.ts";
import * as GameCalls from "../../src/l1/gameCalls.ts";
import * as GameEvents from "../../src/l1/gameEvents.ts";
import * as Calldata from "../dispute/calldata.ts";

const SEED = 20_261_122;
const word = fc.uint8Array({ minLength: 32, maxLength: 32 });
const words = fc.array(word, { maxLength: 4 });
const address = fc.uint8Array({ minLength: 20, maxLength: 20 });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const index = fc.nat({ max: 2 ** 26 });
const height = fc.nat({ max: 26 });
const position = fc.record({
  level: fc.nat({ max: 1 }),
  height,
  index,
  origin: word,
  prefix: word,
});
const pre = fc.record({ state: word, prefix: word, spine: words });
const endState = fc.record({
  number: u64,
  outputRoot: word,
  headerHash: word,
  ringRoot: word,
  batch: u64,
  byteOffset: u64,
  deposits: u64,
});

const openings = fc.array(fc.record({ left: word, right: word }), { maxLength: 3 });
const start = { height: fc.nat({ max: 26 }), index, prefix: word, openings };

const moves: fc.Arbitrary<Move> = fc.oneof(
  fc.record({
    kind: fc.constant("propose" as const),
    parent: word,
    endState,
    batch: u64,
    accumulator: word,
    root: word,
    siblings: words,
  }),
  fc.record({ kind: fc.constant("bisect" as const), position, left: word, right: word }),
  fc.record({
    kind: fc.constant("refine" as const),
    leaf: position,
    leafHash: word,
    pre,
    root: word,
    siblings: words,
  }),
  fc.record({
    kind: fc.constant("prove" as const),
    blockLeaf: position,
    startState: word,
    index,
    prefix: word,
    nodeHash: word,
    pre,
    witness: fc.uint8Array({ maxLength: 100 }),
  }),
  fc.record({ kind: fc.constant("update" as const), position, nodeHash: word, openings }),
  fc.record({ kind: fc.constant("confirm" as const), parent: word, root: word, openings }),
  fc.record({
    kind: fc.constant("settleRefinement" as const),
    parent: word,
    claimRoot: word,
    index,
    leafHash: word,
    siblings: words,
    startState: word,
    root: word,
    openings,
  }),
  fc.record({ kind: fc.constant("rewardBlocks" as const), parent: word, ...start }),
  fc.record({
    kind: fc.constant("rewardSteps" as const),
    blockLeaf: position,
    startState: word,
    ...start,
  }),
  fc.record({ kind: fc.constant("withdraw" as const), to: address }),
);

async function compiled(): Promise<Interface> {
  return new Interface((await artifacts.readArtifact("DisputeGame")).abi);
}

describe("l1/gameCalls", () => {
  it("writes every move as ethers does", async () => {
    const abi = await compiled();
    fc.assert(
      fc.property(moves, (move) => {
        expect(GameCalls.encodeMove(move)).to.equal(Calldata.encode(abi, move));
      }),
      { seed: SEED, numRuns: 400 },
    );
  });
});

describe("l1/gameEvents", () => {
  const position = [1, 25, 33_554_431, `0x${"0a".repeat(32)}`, `0x${"0b".repeat(32)}`];
  const w = (byte: string) => `0x${byte.repeat(32)}`;
  const account = `0x${"ac".repeat(20)}`;
  const EVENTS: Readonly<Record<string, readonly unknown[]>> = {
    Proposed: [
      w("01"),
      w("02"),
      account,
      w("03"),
      [7, w("04"), w("05"), w("06"), 8, 9, 10],
      account,
    ],
    Bisected: [w("01"), position, w("02"), w("03"), account],
    Refined: [w("01"), position, w("02"), w("03"), w("04"), account],
    Proven: [w("01"), position, w("02"), account],
    Confirmed: [w("01"), w("02"), account, 3],
    Settled: [w("01"), account, 5],
    Forfeited: [w("01"), w("02"), 7, 8],
    Rewarded: [w("01"), w("02"), account, 9, 32],
    Withdrawn: [account, account, 6],
  };

  it("reads every event as ethers does, in order, and nothing else", async () => {
    const abi = await compiled();
    const logs = Object.entries(EVENTS).map(([name, values]) => ({
      address: account,
      ...abi.encodeEventLog(name, values),
    }));
    const other = { address: account, topics: [w("ff")], data: "0x" };
    const read = GameEvents.toGameEvents([...logs, other] as unknown as ViemLog[]);
    expect(read).to.deep.equal(Calldata.decode(abi, logs as unknown as Log[]));
    expect(read.length).to.equal(Object.keys(EVENTS).length);
  });
});
