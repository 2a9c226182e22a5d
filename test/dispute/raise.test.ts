// Timers that more openings are needed for than one call takes. Events alone make the trees: every node of them is opened.
import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import type { Position } from "../../src/dispute/bisection.ts";
import type { Node } from "../../src/dispute/clock.ts";
import * as DisputeGame from "../../src/dispute/disputeGame.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import * as Raise from "../../src/dispute/raise.ts";
import * as Reward from "../../src/dispute/reward.ts";
import * as Ring from "../adversaries/ring.ts";
import { GENESIS } from "./toyTrace.ts";

// A tree of 2^9 leaves has 511 nodes to open, a call takes 320.
const HEIGHT = 9;
const CONFIG: Game.Config = { ...Ring.PRODUCTION, blockHeight: HEIGHT, stepHeight: HEIGHT };
const MOVER = new Uint8Array(20).fill(1);
const START = new Uint8Array(32).fill(2);
const CALL = { sender: MOVER, value: 0n, baseFee: 0n };
const NOBODY = { step: unasked, blockCount: unasked, accumulator: unasked };

/** The hashes of a tree, leaves first. */
type Hashes = readonly (readonly Uint8Array[])[];

function hashesOf(salt: number): Hashes {
  const leaves = Array.from({ length: 2 ** HEIGHT }, (_, index) =>
    Bisection.leafHash(Uint8Array.of(...START.slice(4), salt, 0, index >> 8, index & 0xff)),
  );
  return Array.from({ length: HEIGHT }).reduce<Uint8Array[][]>(
    (levels) => {
      const below = levels.at(-1) ?? [];
      const pairs = below.filter((_, index) => index % 2 === 0);
      const halfOf = (index: number) => below[index] ?? expect.fail("a half");
      return [...levels, pairs.map((left, i) => Bisection.innerHash(left, halfOf(2 * i + 1)))];
    },
    [leaves],
  );
}

function hashAt(hashes: Hashes, height: number, index: number): Uint8Array {
  return hashes[height]?.[index] ?? expect.fail("a node of the tree");
}

/** A game in which a claim has been opened into all of its blocks, and the first block into all of its steps. */
function opened(): { readonly game: Game.Game; readonly claim: Node; readonly block: Node } {
  let game = Game.create(CONFIG, GENESIS, 1n);
  const write = (event: Parameters<typeof Game.write>[1]): void => {
    game = { ...game, now: game.now + 1n };
    Game.write(game, event);
  };
  const open = (hashes: Hashes, position: Position): void => {
    if (position.height === 0) return;
    const [height, index] = [position.height - 1, 2 * position.index];
    const [left, right] = [hashAt(hashes, height, index), hashAt(hashes, height, index + 1)];
    write({ kind: "Bisected", position, left, right, mover: MOVER });
    open(hashes, Bisection.leftChild(position));
    open(hashes, Bisection.rightChild(position, left));
  };

  const parent = Game.genesisId(CONFIG, GENESIS);
  const blocks = hashesOf(1);
  const root = hashAt(blocks, HEIGHT, 0);
  const top = Game.claimPosition(CONFIG, parent);
  const claim = Bisection.idAt(top, root);
  write({ kind: "Proposed", parent, claim, root, endState: GENESIS, proposer: MOVER });
  open(blocks, top);
  let leaf = top;
  while (leaf.height > 0) leaf = Bisection.leftChild(leaf);
  const leafHash = hashAt(blocks, 0, 0);
  const steps = hashesOf(2);
  const stepsRoot = hashAt(steps, HEIGHT, 0);
  write({ kind: "Refined", leaf, leafHash, startState: START, root: stepsRoot, mover: MOVER });
  open(steps, Game.stepsPosition(CONFIG, leaf, START));
  const nodeOf = (id: Uint8Array) => DisputeTree.requireNode(game.tree, id);
  return { game, claim: nodeOf(claim), block: nodeOf(Bisection.idAt(leaf, leafHash)) };
}

function unasked(): never {
  return expect.fail("an update asks no other contract");
}

/** Makes the updates that a node needs; the openings of its own call must then count to the true timer. */
function expectRaised(game: Game.Game, node: Node): void {
  const goal = Raise.trueTimer(game, node);
  const trees = (leaf: Node) => Raise.treesUnder(game, leaf);
  const { updates, openings } = Raise.moves(game, node, goal, trees) ?? expect.fail("it is true");
  expect(updates.length).to.be.greaterThan(0);
  for (const move of updates) {
    if (move.kind !== "update") expect.fail("timers are raised by updates");
    expect(move.openings.length).to.be.lessThanOrEqual(Raise.MOST_OPENINGS);
    DisputeGame.applyInPlace(game, move, CALL, NOBODY);
  }
  expect(openings).to.have.length(Raise.MOST_OPENINGS);
  // It pays nobody: there is no level 2.
  const walk = Reward.walk(game, START, 2, 0n);
  expect(Reward.follow(game, walk, node.position, node.hash, openings)).to.equal(goal);
}

describe("a timer for which one call has too little room", () => {
  it("is that of a claim: what does not fit is recorded before, with the trees of its blocks", () => {
    const { game, claim } = opened();
    expectRaised(game, claim);
  });

  it("is that of a block: what does not fit of its tree is recorded before", () => {
    const { game, block } = opened();
    expectRaised(game, block);
  });

  it("is not raised beyond what is true", () => {
    const { game, claim } = opened();
    const goal = Raise.trueTimer(game, claim) + 1n;
    expect(Raise.moves(game, claim, goal, () => [])).to.equal(undefined);
  });
});
