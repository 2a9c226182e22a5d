// Every payment of random games, made again on the board that agrees with the game in what payments read.
import { expect } from "chai";
import * as Atlas from "../../scripts/modelCheck/atlas.ts";
import * as Candidates from "../../scripts/modelCheck/candidates.ts";
import * as Payments from "../../scripts/modelCheck/payments.ts";
import * as Play from "../../scripts/modelCheck/play.ts";
import { afterUpdates } from "../../scripts/modelCheck/verdicts.ts";
import * as WalkBoard from "../../scripts/modelCheck/walkBoard.ts";
import * as Walks from "../../scripts/modelCheck/walks.ts";
import * as World from "../../scripts/modelCheck/world.ts";
import * as Bisection from "../../src/dispute/bisection.ts";
import type { Position } from "../../src/dispute/bisection.ts";
import * as Clock from "../../src/dispute/clock.ts";
import * as DisputeGame from "../../src/dispute/disputeGame.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import type { Opening } from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { MoveRejected } from "../../src/dispute/moveRejected.ts";
import * as Raise from "../../src/dispute/raise.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { randomMove, randomSpoils } from "./randomMove.ts";
import type { Draw } from "./randomMove.ts";

const SEED = 20_261_130;
const GAMES = 8;
const MOVES = 300;
const DECIDED = 160;
const SHAPE = { blockHeight: 2, stepHeight: 2, censorship: 0 };
const RIVALS = 3;
const LIES = [
  { leaf: 1, step: 1 },
  { leaf: 1, step: 2, salt: 1 },
  { leaf: 3, step: 0, salt: 2 },
];
const ACCOUNTS = [1, 2, 3].map((byte) => new Uint8Array(20).fill(byte));
// The fee at which a claim is confirmed, and that of all other calls: as on the boards.
const [CONFIRM_FEE, FEE] = [2n, 1n];

type Payment = Extract<
  Move,
  { kind: "confirm" | "settleRefinement" | "rewardBlocks" | "rewardSteps" }
>;

/** What a payment reads of a game. */
type Read = {
  readonly start: Position;
  readonly walk: Walked;
  readonly setting: Pick<WalkBoard.Setting, "members" | "isWon" | "isCounted" | "owner">;
};

type Walked = { opened: number; trees: number; acts: string; readonly actors: Uint8Array[] };

const WORLD = World.create(SHAPE, LIES, "alone");
const CONFIG = { ...WORLD.config, timeout: 60n };
const STORIES = [WORLD.truth, ...WORLD.lies];
const BOARDS = boardWorld();

function boardWorld(): World.World {
  const lies = [1, 2, 3, 4].map((salt) => ({ leaf: 0, step: 0, salt }));
  const world = World.create(SHAPE, lies, "alone");
  return { ...world, config: { ...world.config, timeout: 0n } };
}

function read(game: Game.Game, move: Payment): Read {
  const { start, hash, isWon } = startOf(move);
  const node = nodeAt(game, start, hash);
  const walk: Walked = { opened: 0, trees: 0, acts: "", actors: [] };
  follow(game, node, move.openings, start.level, walk);
  const { members } = DisputeTree.cohortOf(game.tree, node.cohort);
  const isCounted = Clock.has(node, Clock.COUNTED);
  return { start, walk, setting: { members: members.length, isWon, isCounted, owner: node.mover } };
}

function startOf(move: Payment): {
  readonly start: Position;
  readonly hash: Uint8Array;
  readonly isWon: boolean;
} {
  const { config } = WORLD;
  switch (move.kind) {
    case "confirm":
      return { start: Game.claimPosition(config, move.parent), hash: move.root, isWon: false };
    case "settleRefinement": {
      const { parent: origin, index, siblings, startState, root: hash } = move;
      const prefix = Bisection.prefixOf(index, siblings);
      const leaf = { level: 0, height: 0, index, origin, prefix };
      return { start: Game.stepsPosition(config, leaf, startState), hash, isWon: false };
    }
    case "rewardBlocks":
    case "rewardSteps": {
      const [first] = move.openings;
      assert(first !== undefined, "a collection that is made has an opening");
      const { height, index, prefix } = move;
      const top =
        move.kind === "rewardBlocks"
          ? Game.claimPosition(config, move.parent)
          : Game.stepsPosition(config, move.blockLeaf, move.startState);
      const hash = Bisection.innerHash(first.left, first.right);
      return { start: { ...top, height, index, prefix }, hash, isWon: true };
    }
  }
}

function nodeAt(game: Game.Game, position: Position, hash: Uint8Array): Clock.Node {
  const id = Bisection.nodeId(Bisection.cohortId(position), hash);
  return DisputeTree.requireNode(game.tree, id);
}

function follow(
  game: Game.Game,
  node: Clock.Node,
  openings: readonly Opening[],
  level: number,
  walk: Walked,
): void {
  if (node.position.level === level) note(game, node, walk);
  const next = openings[walk.opened];
  if (next === undefined) return;
  const { children } = node;
  if (children !== undefined) {
    if (!Bytes.equals(children.left, next.left) || !Bytes.equals(children.right, next.right))
      return;
    walk.opened += 1;
    for (const half of Raise.childrenOf(game, node)) follow(game, half, openings, level, walk);
    return;
  }
  const refinement = node.refinements.find(({ id, startState }) => {
    const { hash } = DisputeTree.requireNode(game.tree, id);
    return Bytes.equals(startState, next.left) && Bytes.equals(hash, next.right);
  });
  if (refinement === undefined) return;
  walk.opened += 1;
  walk.trees += 1;
  follow(game, DisputeTree.requireNode(game.tree, refinement.id), openings, level, walk);
}

function note({ tree }: Game.Game, node: Clock.Node, walk: Walked): void {
  const { level, height, index } = node.position;
  if (index % 2 === 1 && !Clock.has(node, Clock.REWARDED)) {
    walk.acts += "M";
    walk.actors.push(node.mover);
  }
  const prover = tree.provers.get(Hex.key(node.id));
  const isStep = level === 1 && height === 0 && DisputeTree.isRivaled(tree, node);
  if (prover !== undefined && isStep && !Clock.has(node, Clock.PROOF_REWARDED)) {
    walk.acts += "P";
    walk.actors.push(prover);
  }
}

// The board on which the same is read.
function boardOf({ start, walk, setting }: Read): WalkBoard.WalkBoard {
  const { level, height, index } = start;
  const top = level === 0 ? SHAPE.blockHeight : SHAPE.stepHeight;
  const isStartDue = height < top && index % 2 === 1 && walk.acts.startsWith("M");
  const acts = isStartDue ? walk.acts.slice(1) : walk.acts;
  // A collection starts at a root, or at a node whose right half was paid.
  const isBelow = height < top;
  const known = Walks.all(SHAPE, level, height, RIVALS).find(
    ({ acts: due, opened, trees, isPaid }) =>
      due === acts && opened === walk.opened && trees === walk.trees && (isPaid || !isBelow),
  );
  const own = known?.plans[0];
  assert(own !== undefined, `the check has a walk with ${walk.opened} openings and ${acts}`);
  const plan = Payments.below(own, top - height, isStartDue);
  const { actors } = walk;
  return WalkBoard.create(BOARDS, {
    ...{ level, plan, start: top - height, isPart: false, actors },
    ...setting,
  });
}

function amountsOf(before: Game.Game, after: Game.Game, parent: Uint8Array): bigint[] {
  const gained = (map: "credit" | "pots", owner: Uint8Array): bigint =>
    (after[map].get(Hex.key(owner)) ?? 0n) - (before[map].get(Hex.key(owner)) ?? 0n);
  return [gained("pots", parent), ...ACCOUNTS.map((account) => gained("credit", account))];
}

function parentOf(move: Payment): Uint8Array {
  return move.kind === "rewardSteps" ? move.blockLeaf.origin : move.parent;
}

function isPayment(move: Move): move is Payment {
  return ["confirm", "settleRefinement", "rewardBlocks", "rewardSteps"].includes(move.kind);
}

// Makes a payment on its board, with the same in the pot and the same credits empty.
function againOnBoard(game: Game.Game, move: Payment, call: DisputeGame.Call): bigint[] {
  const board = boardOf(read(game, move));
  const before = Game.at(board.game, board.game.now);
  before.pots.set(Hex.key(board.parent), game.pots.get(Hex.key(parentOf(move))) ?? 0n);
  for (const [account, amount] of game.credit) if (amount > 0n) before.credit.set(account, 1n);
  const isDecision = move.kind === "confirm" || move.kind === "settleRefinement";
  const same = isDecision ? board.decisions[0] : board.collection;
  assert(same !== undefined, "a board has a decision");
  const after = DisputeGame.apply(before, same, call, BOARDS.oracles);
  return amountsOf(before, after, board.parent);
}

// Nothing, a part or all of what a payment opens.
function partOf(move: Payment, draw: Draw): Payment {
  const { openings } = move;
  return draw(4) > 0 ? { ...move, openings: openings.slice(0, draw(openings.length + 1)) } : move;
}

// The clocks run out, and whatever timer can be recorded is.
function playedOut(game: Game.Game): Game.Game {
  const later = { ...game, now: game.now + CONFIG.timeout };
  const updates = Candidates.updates(WORLD, Atlas.create(WORLD));
  return afterUpdates(WORLD, updates, { ...Play.start(WORLD), game: later }).game;
}

function* drawn(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

describe("payments", function () {
  this.timeout(60_000);

  it("move what is owed, once, to one winner: every payment at heights 1,1, two liars", () => {
    const search = Payments.check({ blockHeight: 1, stepHeight: 1, censorship: 0 }, 2);
    for (;;) {
      const { done, value } = search.next();
      if (done !== true) continue;
      expect(value.violation, value.walk).to.equal(undefined);
      expect(value.sum.calls).to.be.greaterThan(1000);
      return;
    }
  });

  it(`read nothing of ${GAMES} random games that their boards do not have (seed ${SEED})`, () => {
    const stream = drawn(SEED);
    const draw = (below: number): number => stream.next().value % below;
    const made = new Map<string, number>();
    for (let count = 0; count < GAMES; count++) {
      let game = Game.create(CONFIG, WORLD.truth.startState, 1n);
      for (let at = 0; at < MOVES; at++) {
        const isLate = at > DECIDED + 10 && draw(2) === 0;
        const whole = isLate
          ? randomSpoils(game, STORIES, draw)
          : randomMove(game, STORIES, ACCOUNTS, draw);
        const move = isPayment(whole) ? partOf(whole, draw) : whole;
        const sender = ACCOUNTS[draw(ACCOUNTS.length)] ?? new Uint8Array(20);
        const value =
          move.kind === "propose"
            ? CONFIG.claimBond
            : move.kind === "refine"
              ? CONFIG.refinementBond
              : 0n;
        const call = { sender, value, baseFee: move.kind === "confirm" ? CONFIRM_FEE : FEE };
        try {
          const next = DisputeGame.apply(game, move, call, WORLD.oracles);
          const amounts = isPayment(move) ? amountsOf(game, next, parentOf(move)) : [];
          if (isPayment(move) && amounts.some((amount) => amount !== 0n)) {
            expect(againOnBoard(game, move, call), move.kind).to.deep.equal(amounts);
            made.set(move.kind, (made.get(move.kind) ?? 0) + 1);
          }
          game = next;
        } catch (error) {
          if (!(error instanceof MoveRejected)) throw error;
        }
        if (draw(4) === 0) game = { ...game, now: game.now + 1n };
        if (at === DECIDED) game = playedOut(game);
      }
    }
    console.log(`      ${[...made].map(([kind, count]) => `${count} ${kind}`).join(", ")}`);
    expect([...made.keys()].sort()).to.deep.equal([
      "confirm",
      "rewardBlocks",
      "rewardSteps",
      "settleRefinement",
    ]);
  });
});
