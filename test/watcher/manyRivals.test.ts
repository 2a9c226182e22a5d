// Rivals at 300 blocks at once, who open all that they can, and one watcher's transactions on an L1 with a block every 12 s.
import { expect } from "chai";
import { decodeFunctionData, type Hex } from "viem";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Clock from "../../src/dispute/clock.ts";
import * as DisputeGame from "../../src/dispute/disputeGame.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Bisect, Move, Refine } from "../../src/dispute/move.ts";
import { MoveRejected } from "../../src/dispute/moveRejected.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import * as Opening from "../../src/dispute/opening.ts";
import * as RunTrace from "../../src/dispute/runTrace.ts";
import type { ClaimTrace, Trace } from "../../src/dispute/trace.ts";
import * as Urgency from "../../src/dispute/urgency.ts";
import * as Abi from "../../src/l1/abi.ts";
import { encodeMove } from "../../src/l1/gameCalls.ts";
import * as Send from "../../src/l1/send.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import * as Dispatch from "../../src/watcher/dispatch.ts";
import * as Toy from "../dispute/toyTrace.ts";
import * as FakeL1 from "../harness/fakeL1.ts";

const ETHER = 10n ** 18n;
const CONFIG: Game.Config = {
  ...{ blockHeight: 10, stepHeight: 3, timeout: 604_800n },
  ...{ claimBond: 4n * ETHER, refinementBond: (21n * ETHER) / 10n },
};
const TOY_STEPS = 4;
const RIVALS = 300;
const LAST_BLOCK = 1024n;
const LIE_STEP = 3;
const BLOCK_SECONDS = 12n;
/** src/watcher/dispatch.ts */
const LOOK_AGAIN_MS = 300_000;
/** docs/dispute.md, section 5. */
const DELTA_BLOCKS = 1_092 / 12;
const GAME: Hex = "0x00000000000000000000000000000000000000aa";
const GAS: Partial<Record<Move["kind"], bigint>> = {
  ...{ propose: 175_000n, bisect: 95_000n, refine: 140_000n, prove: 1_000_000n },
};
const [HONEST, LIAR] = [Bytes.fromBigInt(1n, 20), Bytes.fromBigInt(2n, 20)];
const ORACLES: DisputeGame.Oracles = {
  step: (endBlock, index, state, witness) =>
    Toy.toyStep(TOY_STEPS, endBlock, index, state, witness),
  blockCount: () => LAST_BLOCK,
  accumulator: () => Toy.ACCUMULATOR,
};

/** A liar's moves in their order, of which the first ones are made. */
type Liar = { readonly moves: readonly Move[]; made: number };

describe("a watcher with rivals at 300 blocks at once", function () {
  this.timeout(60_000);

  it("answers all of them within one δ at every look, whatever each of them has opened by then", async () => {
    const { court, liars } = open();
    const turns = await play(court, () => liars.forEach(court.letMove));
    const most = Math.max(...turns.map(({ transactions }) => transactions));
    expect(most).to.be.greaterThan(DELTA_BLOCKS);
    expect(court.provenSteps()).to.equal(RIVALS);
  });

  it("makes 300 moves with bonds, and 300 proofs, within one δ each", async () => {
    const { court, liars } = open();
    // A friend of the truth opens it wherever that costs no bond: what is left is what cannot share a transaction.
    const turns = await play(court, () => {
      do liars.forEach(court.letMove);
      while (court.letFriendOpen());
    });
    const [refining, proving] = turns.map(({ transactions }) => transactions);
    expect(refining).to.be.greaterThan(RIVALS);
    expect(proving).to.be.at.least(RIVALS);
    expect(court.provenSteps()).to.equal(RIVALS);
  });
});

describe("a watcher that sends for minutes", () => {
  it("looks again, and loses nothing by it", async () => {
    const { court, liars } = open(LOOK_AGAIN_MS / 5);
    const turns = await play(court, () => liars.forEach(court.letMove));
    // What is under way when the time is up takes another two blocks, and a look before the first.
    expect(Math.max(...turns.map(({ blocks }) => blocks))).to.be.at.most(5 + 3);
    expect(court.provenSteps()).to.equal(RIVALS);
  }).timeout(60_000);
});

type Turn = { readonly blocks: number; readonly transactions: number };

/** Others move, then the watcher looks, until it has nothing left to do; no look's answers may take longer than one δ. */
async function play(court: Court, others: () => void): Promise<Turn[]> {
  const turns: Turn[] = [];
  for (;;) {
    others();
    const turn = await court.answer();
    if (turn.transactions === 0) break;
    turns.push(turn);
  }
  console.log(
    `      ${turns.map(({ blocks, transactions }) => `${transactions} in ${blocks} blocks`).join(", ")}`,
  );
  for (const { blocks } of turns) expect(blocks).to.be.at.most(DELTA_BLOCKS);
  return turns;
}

type Court = ReturnType<typeof openCourt>;

function open(blockMs = 1_000 * Number(BLOCK_SECONDS)) {
  const court = openCourt(blockMs);
  const liars = Array.from({ length: RIVALS }, (_, i) => liarAt(court.truth, 3 * i + 1));
  return { court, liars };
}

function openCourt(blockMs: number) {
  let game = Game.create(CONFIG, Toy.GENESIS, 1_000n);
  const [genesis] = game.claims.values();
  if (genesis === undefined) throw new RangeError("a game has a genesis claim");
  const truth = Toy.toyTrace(
    {
      ...{ blockHeight: CONFIG.blockHeight, stepHeight: CONFIG.stepHeight, steps: TOY_STEPS },
      ...{ parent: genesis.id, startState: Toy.GENESIS, endBlock: LAST_BLOCK },
    },
    undefined,
  );
  let known = new Map<Hex, Move>();
  const l1 = FakeL1.create({
    looksPerBlock: 3,
    gasLimit: 30_000_000n,
    execute: ({ data }) => {
      for (const move of movesOf(data)) make(move, HONEST);
      return { gasUsed: gasOf(data), reverts: false };
    },
    estimate: gasOf,
  });
  l1.state.beforeBlock = () => {
    game = { ...game, now: game.now + BLOCK_SECONDS };
  };
  const retry = { signal: new AbortController().signal, say: () => undefined };
  const sender = Send.create(l1.client, l1.wallet, retry, { pollMs: 0, repriceMs: 1_000 });

  function movesOf(data: Hex): Move[] {
    const move = known.get(data);
    if (move !== undefined) return [move];
    const call = decodeFunctionData({ abi: Abi.DISPUTE_GAME, data });
    if (call.functionName !== "multicall") throw new RangeError(`nobody plans ${data}`);
    return call.args[0].flatMap(movesOf);
  }

  function gasOf(data: Hex): bigint {
    return movesOf(data).reduce((sum, { kind }) => sum + (GAS[kind] ?? 0n), 0n);
  }

  function make(move: Move, sender: Uint8Array): void {
    const bonds = { propose: CONFIG.claimBond, refine: CONFIG.refinementBond } as const;
    const value = move.kind === "propose" || move.kind === "refine" ? bonds[move.kind] : 0n;
    DisputeGame.applyInPlace(game, move, { sender, value, baseFee: 0n }, ORACLES);
  }

  /** Makes a liar's moves until one is not possible yet. */
  function letMove(liar: Liar): void {
    for (; liar.made < liar.moves.length; liar.made++) {
      const move = liar.moves[liar.made];
      try {
        if (move !== undefined) make(move, LIAR);
      } catch (error) {
        if (!(error instanceof MoveRejected)) throw error;
        return;
      }
    }
  }

  /** Makes all moves of the truth that can be made without a bond, but for proofs; gives whether there were any. */
  function letFriendOpen(): boolean {
    let isAny = false;
    for (const move of nextMoves(game, truth)) {
      if (move.kind !== "bisect") continue;
      try {
        make(move, LIAR);
      } catch (error) {
        if (!(error instanceof MoveRejected)) throw error;
        continue;
      }
      isAny = true;
    }
    return isAny;
  }

  async function answer(): Promise<Turn> {
    const moves = nextMoves(game, truth);
    known = new Map(moves.map((move) => [encodeMove(move), move]));
    const urgencies = Urgency.ofAnswers(game, truth);
    const before = l1.blocks.length;
    const transactions = await Dispatch.send(
      {
        ...{ sender, game: GAME, config: CONFIG },
        clock: () => l1.blocks.length * blockMs,
        urgencyOf: (move) => Urgency.ofMove(game, urgencies, move),
        onMade: () => undefined,
        onRefused: (refused, reason) => expect.fail(`${refused[0]?.kind}: ${reason}`),
      },
      moves,
    );
    return { blocks: l1.blocks.length - before, transactions };
  }

  function provenSteps(): number {
    return [...game.tree.nodes.values()].filter(({ timer }) => timer === Clock.FOREVER).length;
  }

  return { truth, letMove, letFriendOpen, answer, provenSteps };
}

/** Claims the truth but for one block, and opens nothing but its way to one false step of that. */
function liarAt(truth: ClaimTrace, leaf: number): Liar {
  const lie = Bytes.fromBigInt(BigInt(leaf) + 666n, 32);
  const trace = Toy.withLeaf(truth, leaf, Bisection.leafHash(lie));
  const trueSteps = truth.steps(leaf);
  const told = Array.from({ length: LIE_STEP }, (_, from) => {
    return { from, state: trueSteps.hashAt(from) };
  });
  const steps = RunTrace.fromRuns(CONFIG.stepHeight, [...told, { from: LIE_STEP, state: lie }]);
  const blocks = way(Game.claimPosition(CONFIG, truth.parent), trace.blocks, leaf);
  const pre = Opening.preState(trace.blocks, leaf, BlockDone.hash(truth.startState));
  const refine: Refine = {
    ...{ kind: "refine", leaf: blocks.leaf, leafHash: Bisection.leafHash(lie), pre },
    ...{ root: steps.subtree(CONFIG.stepHeight, 0), siblings: Opening.lastLeaf(steps) },
  };
  const inside = way(Game.stepsPosition(CONFIG, blocks.leaf, pre.state), steps, LIE_STEP);
  return { moves: [proposal(trace), ...blocks.moves, refine, ...inside.moves], made: 0 };
}

function way(root: Bisection.Position, trace: Trace, target: number) {
  const moves: Bisect[] = [];
  let position = root;
  while (position.height > 0) {
    const { height, index } = position;
    const [left, right] = [2 * index, 2 * index + 1].map((i) => trace.subtree(height - 1, i));
    if (left === undefined || right === undefined) throw new RangeError("a node has two halves");
    moves.push({ kind: "bisect", position, left, right });
    position = Bisection.isRight(target, height - 1)
      ? Bisection.rightChild(position, left)
      : Bisection.leftChild(position);
  }
  return { moves, leaf: position };
}
