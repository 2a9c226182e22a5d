// What a decided dispute pays: every order of taking bonds, settling, rewarding and withdrawing.
import * as Bisection from "../../src/dispute/bisection.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { MoveRejected } from "../../src/dispute/moveRejected.ts";
import { proposal } from "../../src/dispute/nextMoves.ts";
import * as Opening from "../../src/dispute/opening.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import * as Atlas from "./atlas.ts";
import * as Candidates from "./candidates.ts";
import * as Play from "./play.ts";
import type { State } from "./play.ts";
import * as Properties from "./properties.ts";
import { afterUpdates } from "./verdicts.ts";
import type { World } from "./world.ts";

export type Result = { readonly states: number; readonly violation?: string };

type Payment = { readonly move: Move; readonly sender: Uint8Array };

/** Confirms the truth in a state that has been played to its end, and visits every order of what can be collected then. */
export function explore(world: World, end: State): Result {
  const atlas = Atlas.create(world);
  const payments = paymentsOf(world);
  const first = decided(world, atlas, end);
  const seen = new Set<string>([keyOf(first)]);
  const open = [first];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (const { move, sender } of payments) {
      const next = attempt(world, state, move, sender);
      if (next === undefined) continue;
      const key = keyOf(next);
      if (seen.has(key)) continue;
      seen.add(key);
      const violation = Properties.debt(world, next.game, next.balance);
      if (violation !== undefined) return { states: seen.size, violation };
      open.push(next);
    }
  }
  return { states: seen.size };
}

function decided(world: World, atlas: Atlas.Atlas, end: State): State {
  const { game, ...answered } = Play.answer(world, Play.tick(end));
  const config = { ...world.config, timeout: world.limit };
  const later = { ...game, config, now: game.now + 4n * world.limit };
  const updates = Candidates.updates(world, atlas);
  const state = afterUpdates(world, updates, { ...answered, game: later });
  const { parent, root } = proposal(world.truth);
  return Play.make(world, state, { kind: "confirm", parent, root }, Play.HONEST);
}

function attempt(world: World, state: State, move: Move, sender: Uint8Array): State | undefined {
  try {
    return Play.make(world, state, move, sender);
  } catch (error) {
    if (error instanceof MoveRejected) return undefined;
    throw error;
  }
}

function paymentsOf(world: World): Payment[] {
  const stories = [world.truth, ...world.lies];
  const moves = stories.flatMap((story): Move[] => {
    const { parent, root } = proposal(story);
    const position = Game.claimPosition(world.config, parent);
    const claim = Bisection.nodeId(Bisection.cohortId(position), root);
    return [
      { kind: "settleClaim", claim },
      { kind: "forfeitClaim", parent, root },
      ...Array.from({ length: story.blocks.length }, (_, leaf) => leaf).flatMap((leaf) =>
        leafPayments(world, story, leaf),
      ),
    ];
  });
  const withdrawals = [Play.HONEST, Play.ADVERSARY].map((sender): Payment => ({
    move: { kind: "withdraw", to: sender },
    sender,
  }));
  return [...moves.map((move) => ({ move, sender: Play.ADVERSARY })), ...withdrawals];
}

function leafPayments(world: World, story: ClaimTrace, index: number): Move[] {
  const { blocks, parent } = story;
  const claimRoot = blocks.subtree(world.blockHeight, 0);
  const { blockLeaf, startState } = Atlas.stepsOf(world, story, index);
  const leafHash = blocks.subtree(0, index);
  const siblings = Opening.siblingsOf(blocks, index);
  const steps = story.steps(index);
  const root = steps.subtree(world.stepHeight, 0);
  const settled = { parent, claimRoot, index, leafHash, siblings, startState, root };
  const rewards = Array.from({ length: steps.length }, (_, step): Move => {
    const opened = { leafHash: steps.subtree(0, step), siblings: Opening.siblingsOf(steps, step) };
    return { kind: "rewardSteps", blockLeaf, startState, root, index: step, ...opened };
  });
  return [
    { kind: "settleRefinement", ...settled },
    { kind: "forfeitRefinement", blockLeaf, startState, root },
    { kind: "rewardBlocks", parent, root: claimRoot, index, leafHash, siblings },
    ...rewards,
  ];
}

function keyOf({ game, balance }: State): string {
  const nodes = [...game.tree.nodes.entries()].map(([id, { flags, cohort }]) => {
    const { confirmedAt } = DisputeTree.cohortOf(game.tree, cohort);
    return `${id}${flags}${confirmedAt}`;
  });
  const amounts = [...game.credit, ...game.pots].map(([owner, sum]) => `${owner}${sum}`);
  return `${balance}:${nodes.join()}:${amounts.join()}`;
}
