// What is left to collect where a stranger has confirmed with openings of its own choice. The rules alone play.
import { expect } from "chai";
import * as Clock from "../../src/dispute/clock.ts";
import type { Node } from "../../src/dispute/clock.ts";
import * as DisputeGame from "../../src/dispute/disputeGame.ts";
import type { Opening } from "../../src/dispute/disputeTree.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import type * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import * as Raise from "../../src/dispute/raise.ts";
import { spoils } from "../../src/dispute/spoils.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { everyUpdate } from "../adversaries/cachePoker.ts";
import * as Ring from "../adversaries/ring.ts";
import { claimId } from "../adversaries/strategy.ts";
import * as Random from "../machine/seededRandom.ts";

const CONFIG = { ...Ring.PRODUCTION, blockHeight: 5, stepHeight: 3 };
const LAST_BLOCK = 32n;
// Rivals part from the truth here; all stop one answer before their block is found.
const LIES = [2, 5, 6, 13, 20, 27, 30];
const HONEST = 0;
const STRANGER = 8;
const COLLECTOR = 9;
const SEED = 7;
const GAMES = 40;

const NOBODY = { step: unasked, blockCount: unasked, accumulator: unasked };

type Played = { readonly game: Game.Game; readonly truth: ReturnType<Ring.Ring["trace"]> };

describe("what a stranger's confirmation leaves unpaid", () => {
  it("is asked for in calls that each pay, and open one node at most that they do not pay for", async () => {
    const played = await playedOut();
    const { tree } = played.game;
    const root = DisputeTree.requireNode(tree, claimId(CONFIG, played.truth));
    // The root is opened, and both of its halves are left: two parts below one node.
    expect(callsAfter(played, Raise.openings(played.game, root, () => []).slice(0, 1))).to.equal(1);
    expect(callsAfter(played, [])).to.equal(1);
  });

  it(`whichever nodes it opens: ${GAMES} choices at random (seed ${SEED})`, async () => {
    const played = await playedOut();
    const root = DisputeTree.requireNode(played.game.tree, claimId(CONFIG, played.truth));
    const random = Random.fromSeed(SEED);
    for (let i = 0; i < GAMES; i++) callsAfter(played, someOf(played.game, root, random));
  });
});

async function playedOut(): Promise<Played> {
  const ring = Ring.modelRing(CONFIG, 4);
  const genesis = Ring.genesisOf(ring);
  const truth = ring.trace(genesis, LAST_BLOCK);
  const traces = [truth, ...LIES.map((leaf) => ring.trace(genesis, LAST_BLOCK, { leaf, step: 2 }))];
  for (const [player, trace] of traces.entries()) await ring.make(proposal(trace), player);
  for (let height = CONFIG.blockHeight; height > 0; height--) {
    for (const [player, trace] of traces.entries()) {
      const last = player === HONEST ? 1 : 2;
      for (const move of nextMoves(ring.game(), trace)) {
        if (move.kind !== "bisect" || move.position.height < last) continue;
        await ring.make(move, player);
      }
    }
  }
  ring.pass(CONFIG.timeout);
  for (let height = 0; height <= CONFIG.blockHeight; height++) {
    for (const move of everyUpdate(ring.game()).toReversed()) await ring.make(move, STRANGER);
  }
  return { game: ring.game(), truth };
}

/** Confirms with these openings and collects the rest, call by call; gives how many calls that took. */
function callsAfter({ game: before, truth }: Played, openings: readonly Opening[]): number {
  const root = truth.blocks.subtree(CONFIG.blockHeight, 0);
  const { parent } = truth;
  const confirmed = made(before, { kind: "confirm", parent, root, openings }, STRANGER);
  let [game, calls] = [confirmed, 0];
  for (const move of spoils(game, truth)) {
    if (move.kind !== "rewardBlocks") expect.fail("moves of blocks alone are owed");
    const next = made(game, move, COLLECTOR);
    const paid = unpaid(game, truth) - unpaid(next, truth);
    expect(paid).to.be.greaterThan(0);
    expect(move.openings.length).to.be.at.most(paid + 1);
    expect(creditOf(next, COLLECTOR) > creditOf(game, COLLECTOR)).to.equal(true);
    [game, calls] = [next, calls + 1];
  }
  expect(unpaid(game, truth)).to.equal(0);
  return calls;
}

// A node is opened only below one that is.
function someOf(game: Game.Game, node: Node, random: Random.Random): Opening[] {
  if (node.children === undefined || random.below(4) === 0) return [];
  const halves = Raise.childrenOf(game, node);
  return [node.children, ...halves.flatMap((half) => someOf(game, half, random))];
}

function made(game: Game.Game, move: Move, player: number): Game.Game {
  const sender = Ring.accountOf(player);
  return DisputeGame.apply(game, move, { sender, value: 0n, baseFee: Ring.BASE_FEE }, NOBODY);
}

/** Right halves in the winner's tree whose mover has not been paid. */
function unpaidBelow(game: Game.Game, node: Node): number {
  const [left, right] = Raise.childrenOf(game, node);
  if (left === undefined || right === undefined) return 0;
  const own = Clock.has(right, Clock.REWARDED) ? 0 : 1;
  return own + unpaidBelow(game, left) + unpaidBelow(game, right);
}

function unpaid(game: Game.Game, truth: Played["truth"]): number {
  return unpaidBelow(game, DisputeTree.requireNode(game.tree, claimId(CONFIG, truth)));
}

function creditOf(game: Game.Game, player: number): bigint {
  return game.credit.get(Hex.key(Ring.accountOf(player))) ?? 0n;
}

function unasked(): never {
  expect.fail("neither a confirmation nor a collection asks another contract");
}
