// Rivals have the same history, on all nodes that any story can create. And at most one leaf of a cohort is proven: every proof
// that any story offers, tried on every leaf that any story claims at the same place after the same history. What a proof proves
// depends on nothing else, so this is every order of moves, for any number of stories at a time.
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Clock from "../../src/dispute/clock.ts";
import * as DisputeGame from "../../src/dispute/disputeGame.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move, Prove } from "../../src/dispute/move.ts";
import { MoveRejected } from "../../src/dispute/moveRejected.ts";
import * as Opening from "../../src/dispute/opening.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Atlas from "./atlas.ts";
import * as Play from "./play.ts";
import * as Properties from "./properties.ts";
import * as World from "./world.ts";
import type { Shape } from "./world.ts";

export type Sum = { stories: number; cohorts: number; leaves: number; proven: number };

export type Found = { readonly sum: Sum; readonly violation?: string };

/** Tries every proof on every leaf; each lie is told in as many words as there are rivals. */
export function check(shape: Shape, rivals: number): Found {
  const told = World.places(shape).flatMap((story) =>
    Array.from({ length: rivals }, (_, index) => ({ ...story, salt: index + 1 })),
  );
  const world = World.create(shape, told, "every");
  const stories = [world.truth, ...world.lies];
  const places = stories.flatMap((story) => Atlas.survey(world, story));
  const offers = stories.flatMap((story) => proofsOf(world, story));
  const sum = { stories: stories.length, cohorts: 0, leaves: 0, proven: 0 };
  if (Atlas.rivalsApart(places) !== undefined) {
    return { sum, violation: "rivals differ in what was before" };
  }
  for (const offered of Map.groupBy(offers, cohortOf).values()) {
    const leaves = distinct(offered, ({ nodeHash }) => Hex.key(nodeHash));
    const ways = distinct(offered, ({ pre, witness }) => Hex.key(pre.state) + Hex.key(witness));
    sum.cohorts += 1;
    sum.leaves += leaves.length;
    const game = afterProofs(world, leaves, ways);
    sum.proven += [...game.tree.nodes.values()].filter(isProven).length;
    const violation = Properties.doubleWinner(game);
    if (violation !== undefined) return { sum, violation };
  }
  return { sum };
}

function proofsOf(world: World.World, story: ClaimTrace): Prove[] {
  return Array.from({ length: story.blocks.length }, (_, leaf) => leaf).flatMap((leaf) => {
    const { blockLeaf, startState, root } = Atlas.stepsOf(world, story, leaf);
    const steps = story.steps(leaf);
    return Array.from({ length: steps.length }, (_, index): Prove => {
      const { prefix } = Opening.positionAt(steps, 1, 0, index, root.origin);
      const pre = Opening.preState(steps, index, startState);
      const [nodeHash, witness] = [steps.subtree(0, index), steps.prove(index)];
      return { kind: "prove", blockLeaf, startState, index, prefix, nodeHash, pre, witness };
    });
  });
}

function positionOf({ blockLeaf, startState, index, prefix }: Prove): Bisection.Position {
  const origin = Bisection.originOf(Bisection.cohortId(blockLeaf), startState);
  return { level: 1, height: 0, index, origin, prefix };
}

function cohortOf(move: Prove): string {
  return Hex.key(Bisection.cohortId(positionOf(move)));
}

// All leaves of one cohort stand, and every proof is tried on each of them by the rules.
function afterProofs(
  world: World.World,
  leaves: readonly Prove[],
  ways: readonly Prove[],
): Game.Game {
  let { game } = Play.start(world);
  const { parent, endState } = world.truth;
  const children = Hex.key(Bisection.cohortId(Game.claimPosition(world.config, parent)));
  game.tree.cohorts.set(children, { ...DisputeTree.EMPTY_COHORT, endBlock: endState.number });
  for (const leaf of leaves) {
    DisputeTree.create(game.tree, positionOf(leaf), leaf.nodeHash, Play.ADVERSARY, game.now, 0);
  }
  for (const { nodeHash } of leaves) {
    for (const way of ways) game = attempt(world, game, { ...way, nodeHash });
  }
  return game;
}

function isProven({ timer }: Clock.Node): boolean {
  return timer === Clock.FOREVER;
}

function attempt(world: World.World, game: Game.Game, move: Move): Game.Game {
  try {
    const call = { sender: Play.ADVERSARY, value: 0n, baseFee: 1n };
    return DisputeGame.apply(game, move, call, world.oracles);
  } catch (error) {
    if (error instanceof MoveRejected) return game;
    throw error;
  }
}

function distinct(moves: readonly Prove[], nameOf: (move: Prove) => string): Prove[] {
  return [...new Map(moves.map((move) => [nameOf(move), move])).values()];
}
