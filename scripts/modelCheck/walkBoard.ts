// A game in which a given walk is what a call comes past, and the calls that can walk it.
import * as Bisection from "../../src/dispute/bisection.ts";
import type { Position } from "../../src/dispute/bisection.ts";
import * as Clock from "../../src/dispute/clock.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { proposal } from "../../src/dispute/nextMoves.ts";
import * as Opening from "../../src/dispute/opening.ts";
import type { ClaimTrace, Trace } from "../../src/dispute/trace.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import * as Atlas from "./atlas.ts";
import { actsOf, type Plan } from "./walks.ts";
import type { World } from "./world.ts";

/** What a call reads of a game besides what is in the pot and whose credit is not empty. */
export type Setting = {
  readonly level: number;
  // The whole tree, and how far below its root the walk of a collection starts: left halves, then a right one.
  readonly plan: Plan;
  readonly start: number;
  // Members of the tree's cohort, and whether the tree has won there.
  readonly members: number;
  readonly isWon: boolean;
  // Whether the confirmation of the claim above has counted the time of a tree of steps.
  readonly isCounted: boolean;
  // Whether nodes at which the walk ends are opened too.
  readonly isPart: boolean;
  // Whose bond it is, and who did each act that is due.
  readonly owner: Uint8Array;
  readonly actors: readonly Uint8Array[];
};

export type WalkBoard = {
  readonly game: Game.Game;
  readonly parent: Uint8Array;
  // Decides for the tree with the walk, then for each of its rivals.
  readonly decisions: readonly Move[];
  readonly collection: Move;
  // One member more for the cohort.
  readonly another: Move;
  // Counts the tree's time: of a tree of steps.
  readonly record: Move | undefined;
};

/** A tree, and who is there. */
type Grown = { readonly trace: Trace; readonly origin: Uint8Array; readonly setting: Setting };

const STRANGER = new Uint8Array(20).fill(9);
const FROZEN_FEE = 2n;

/** Builds the game of a setting; the true story is the tree with the walk, all others are its rivals. */
export function create(world: World, setting: Setting): WalkBoard {
  const { config, truth, lies } = world;
  const game = Game.create(config, truth.startState, 1n);
  const isOfBlocks = setting.level === 0;
  const stories = [truth, ...lies].slice(0, setting.members + (isOfBlocks ? 0 : 1));
  for (const [index, story] of stories.entries()) {
    const proposer = index === 0 && isOfBlocks ? setting.owner : STRANGER;
    const { parent, endState } = story;
    const claim = rootOf(world, story);
    const root = story.blocks.subtree(world.blockHeight, 0);
    Game.write(game, { kind: "Proposed", parent, claim, root, endState, proposer });
  }
  return isOfBlocks ? ofBlocks(world, game, setting) : ofSteps(world, game, setting, stories);
}

function ofBlocks(world: World, game: Game.Game, setting: Setting): WalkBoard {
  const { truth, lies, blockHeight } = world;
  const { parent, blocks } = truth;
  if (setting.isWon) {
    Game.write(game, { kind: "Confirmed", claim: rootOf(world, truth), baseFee: FROZEN_FEE });
  }
  const grown = { trace: blocks, origin: parent, setting };
  grow(world, game, grown, blockHeight, 0, setting.plan, 0);
  const decisions = [truth, ...lies].slice(0, setting.members).map((story, index): Move => {
    const openings = index === 0 ? openingsOf(world, grown, blockHeight, 0, setting.plan) : [];
    return { kind: "confirm", parent, root: story.blocks.subtree(blockHeight, 0), openings };
  });
  const collection: Move = { kind: "rewardBlocks", parent, ...startOf(world, grown, blockHeight) };
  const another = proposal(lies[setting.members - 1] ?? truth);
  return { game, parent, decisions, collection, another, record: undefined };
}

// Trees under the first block: two under the true one, all others under their own stories'.
function ofSteps(
  world: World,
  game: Game.Game,
  setting: Setting,
  stories: readonly ClaimTrace[],
): WalkBoard {
  const { truth, stepHeight } = world;
  const { parent } = truth;
  Game.write(game, { kind: "Confirmed", claim: rootOf(world, truth), baseFee: FROZEN_FEE });
  const refinements = stories.map((story) => {
    for (let height = world.blockHeight; height > 0; height--) {
      open(game, story.blocks, 0, parent, height, 0, STRANGER);
    }
    return refinement(world, story);
  });
  refinements.slice(0, setting.members).forEach(({ root, ...move }, index) => {
    // One rival stands under the same block: it could win instead.
    const { leaf, leafHash, pre } = index === 1 ? (refinements[0] ?? move) : move;
    const mover = index === 0 ? setting.owner : STRANGER;
    Game.write(game, { kind: "Refined", leaf, leafHash, startState: pre.state, root, mover });
  });
  const { root: position, blockLeaf, startState } = Atlas.stepsOf(world, truth, 0);
  const steps = truth.steps(0);
  const root = steps.subtree(stepHeight, 0);
  const { owner } = setting;
  const node = Bisection.nodeId(Bisection.cohortId(position), root);
  if (setting.isCounted) Game.markCounted(game, node);
  if (setting.isWon) {
    Game.write(game, { kind: "Settled", node, account: owner, amount: 0n });
  }
  const grown = { trace: steps, origin: position.origin, setting };
  grow(world, game, grown, stepHeight, 0, setting.plan, 0);
  const openings = openingsOf(world, grown, stepHeight, 0, setting.plan);
  const leafHash = truth.blocks.subtree(0, 0);
  const path = {
    ...{ parent, claimRoot: truth.blocks.subtree(world.blockHeight, 0), index: 0 },
    ...{ leafHash, siblings: Opening.siblingsOf(truth.blocks, 0), startState },
  };
  const decisions: Move[] = refinements.slice(0, setting.members).map((other, index) => {
    return index === 0
      ? { kind: "settleRefinement", ...path, root, openings }
      : { kind: "settleRefinement", ...path, root: other.root, openings: [] };
  });
  const start = startOf(world, grown, stepHeight);
  const collection: Move = { kind: "rewardSteps", blockLeaf, startState, ...start };
  const record: Move = {
    kind: "update",
    position: blockLeaf,
    nodeHash: leafHash,
    openings: [{ left: startState, right: root }, ...openings],
  };
  const another = refinements[setting.members];
  assert(another !== undefined, "there is a story more than members");
  return { game, parent, decisions, collection, another, record };
}

function refinement(world: World, story: ClaimTrace): Extract<Move, { kind: "refine" }> {
  const { blockLeaf: leaf } = Atlas.stepsOf(world, story, 0);
  const pre = Opening.preState(story.blocks, 0, BlockDone.hash(story.startState));
  const steps = story.steps(0);
  const root = steps.subtree(world.stepHeight, 0);
  const leafHash = story.blocks.subtree(0, 0);
  return { kind: "refine", leaf, leafHash, pre, root, siblings: Opening.lastLeaf(steps) };
}

function rootOf(world: World, { parent, blocks }: ClaimTrace): Uint8Array {
  const position = Game.claimPosition(world.config, parent);
  return Bisection.nodeId(Bisection.cohortId(position), blocks.subtree(world.blockHeight, 0));
}

// Opens what the plan opens; `first` is the number of the first act below.
function grow(
  world: World,
  game: Game.Game,
  grown: Grown,
  height: number,
  index: number,
  plan: Plan,
  first: number,
): void {
  const { trace, origin, setting } = grown;
  const position = Opening.positionAt(trace, setting.level, height, index, origin);
  switch (plan.kind) {
    case "end":
      if (!setting.isPart || height === 0) return;
      return open(game, trace, setting.level, origin, height, index, STRANGER);
    case "proof": {
      const mover = setting.actors[first] ?? STRANGER;
      const hash = trace.subtree(0, index);
      DisputeTree.create(game.tree, position, Bisection.leafHash(hash), STRANGER, game.now, 0);
      const node = Bisection.nodeId(Bisection.cohortId(position), hash);
      return Game.write(game, { kind: "Proven", node, mover });
    }
    case "tree":
      return stand(world, game, index, plan.openings);
    case "opened": {
      const before = first + actsOf(plan.left);
      const mover = plan.isDue ? setting.actors[before] : undefined;
      open(game, trace, setting.level, origin, height, index, mover ?? STRANGER);
      const right = Opening.positionAt(trace, setting.level, height - 1, 2 * index + 1, origin);
      const hash = trace.subtree(height - 1, 2 * index + 1);
      const node = Bisection.nodeId(Bisection.cohortId(right), hash);
      if (!plan.isDue) {
        const { parent } = world.truth;
        const flag = Clock.REWARDED;
        Game.write(game, { kind: "Rewarded", parent, node, account: STRANGER, amount: 0n, flag });
      }
      grow(world, game, grown, height - 1, 2 * index, plan.left, first);
      const after = before + (plan.isDue ? 1 : 0);
      return grow(world, game, grown, height - 1, 2 * index + 1, plan.right, after);
    }
  }
}

// The true tree under a true block, of which so many nodes are opened.
function stand(world: World, game: Game.Game, leafIndex: number, openings: number): void {
  const { truth, stepHeight } = world;
  const { blockLeaf: leaf, startState, root: position } = Atlas.stepsOf(world, truth, leafIndex);
  const steps = truth.steps(leafIndex);
  const root = steps.subtree(stepHeight, 0);
  const leafHash = truth.blocks.subtree(0, leafIndex);
  Game.write(game, { kind: "Refined", leaf, leafHash, startState, root, mover: STRANGER });
  for (const [height, index] of firstNodes(stepHeight, openings)) {
    open(game, steps, 1, position.origin, height, index, STRANGER);
  }
}

// So many inner nodes of a tree, in the order in which a call comes past them.
function firstNodes(most: number, count: number): (readonly [number, number])[] {
  const below = (height: number, index: number): (readonly [number, number])[] =>
    height === 0
      ? []
      : [[height, index], ...below(height - 1, 2 * index), ...below(height - 1, 2 * index + 1)];
  return below(most, 0).slice(0, count);
}

function open(
  game: Game.Game,
  trace: Trace,
  level: number,
  origin: Uint8Array,
  height: number,
  index: number,
  mover: Uint8Array,
): void {
  const position = Opening.positionAt(trace, level, height, index, origin);
  Game.write(game, { kind: "Bisected", position, ...halvesOf(trace, height, index), mover });
}

function halvesOf(trace: Trace, height: number, index: number): DisputeTree.Opening {
  const left = trace.subtree(height - 1, 2 * index);
  return { left, right: trace.subtree(height - 1, 2 * index + 1) };
}

function openingsOf(
  world: World,
  grown: Grown,
  height: number,
  index: number,
  plan: Plan,
): DisputeTree.Opening[] {
  const { trace } = grown;
  switch (plan.kind) {
    case "end":
    case "proof":
      return [];
    case "tree": {
      const { startState: left } = Atlas.stepsOf(world, world.truth, index);
      const steps = world.truth.steps(index);
      const nodes = firstNodes(world.stepHeight, plan.openings);
      const right = steps.subtree(world.stepHeight, 0);
      return [{ left, right }, ...nodes.map(([top, at]) => halvesOf(steps, top, at))];
    }
    case "opened":
      return [
        halvesOf(trace, height, index),
        ...openingsOf(world, grown, height - 1, 2 * index, plan.left),
        ...openingsOf(world, grown, height - 1, 2 * index + 1, plan.right),
      ];
  }
}

// Where a collection starts, and what it opens from there.
function startOf(world: World, grown: Grown, top: number) {
  const { trace, origin, setting } = grown;
  let { plan } = setting;
  for (let depth = 1; depth <= setting.start; depth++) {
    assert(plan.kind === "opened", "a collection starts below opened nodes");
    plan = depth === setting.start ? plan.right : plan.left;
  }
  const height = top - setting.start;
  const index = setting.start === 0 ? 0 : 1;
  const position: Position = Opening.positionAt(trace, setting.level, height, index, origin);
  const openings = openingsOf(world, grown, height, index, plan);
  return { height, index, prefix: position.prefix, openings };
}
