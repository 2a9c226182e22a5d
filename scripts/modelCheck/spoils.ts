// What a decided dispute pays: every order of deciding, paying and withdrawing.
import * as Bisection from "../../src/dispute/bisection.ts";
import type { Position } from "../../src/dispute/bisection.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { MoveRejected } from "../../src/dispute/moveRejected.ts";
import { proposal } from "../../src/dispute/nextMoves.ts";
import * as Opening from "../../src/dispute/opening.ts";
import * as Raise from "../../src/dispute/raise.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Atlas from "./atlas.ts";
import * as Candidates from "./candidates.ts";
import * as Play from "./play.ts";
import type { State } from "./play.ts";
import * as Properties from "./properties.ts";
import { afterUpdates } from "./verdicts.ts";
import type { World } from "./world.ts";

export type Result = { readonly states: number; readonly violation?: string };

type Payment = { readonly move: Move; readonly sender: Uint8Array };

/** Runs out the clocks of a state that has been played to its end, and visits every order of what can be decided and paid. */
export function explore(world: World, end: State): Result {
  const atlas = Atlas.create(world);
  const first = playedOut(world, atlas, end);
  const payments = paymentsOf(world, atlas, first);
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

function playedOut(world: World, atlas: Atlas.Atlas, end: State): State {
  const { game, ...answered } = Play.answer(world, Play.tick(end));
  const config = { ...world.config, timeout: world.limit };
  const later = { ...game, config, now: game.now + 4n * world.limit };
  return afterUpdates(world, Candidates.updates(world, atlas), { ...answered, game: later });
}

function attempt(world: World, state: State, move: Move, sender: Uint8Array): State | undefined {
  try {
    return Play.make(world, state, move, sender);
  } catch (error) {
    if (error instanceof MoveRejected) return undefined;
    throw error;
  }
}

function paymentsOf(world: World, atlas: Atlas.Atlas, end: State): Payment[] {
  const stories = [world.truth, ...world.lies];
  const openings = openingsIn(atlas, end.game);
  const moves = stories.flatMap((story): Move[] => {
    const { parent, root } = proposal(story);
    const position = Game.claimPosition(world.config, parent);
    const blocks = openings(position, root);
    return [
      ...blocks.map((opened): Move => ({ kind: "confirm", parent, root, openings: opened })),
      ...blocks.map((opened): Move => ({
        kind: "rewardBlocks",
        parent,
        ...topOf(position, opened),
      })),
      ...Array.from({ length: story.blocks.length }, (_, leaf) => leaf).flatMap((leaf) =>
        leafPayments(world, story, leaf, openings),
      ),
    ];
  });
  const withdrawals = [Play.HONEST, Play.ADVERSARY].map((sender): Payment => ({
    move: { kind: "withdraw", to: sender },
    sender,
  }));
  return [...moves.map((move) => ({ move, sender: Play.ADVERSARY })), ...withdrawals];
}

function topOf({ height, index, prefix }: Position, openings: DisputeTree.Opening[]) {
  return { height, index, prefix, openings };
}

type Openings = (position: Position, root: Uint8Array) => DisputeTree.Opening[][];

// Nothing opened, all of it with the first tree under each block, and all of it but the last.
function openingsIn({ byId }: Atlas.Atlas, game: Game.Game): Openings {
  return (position, root) => {
    const id = Hex.key(Bisection.nodeId(Bisection.cohortId(position), root));
    const node = game.tree.nodes.get(id);
    if (node === undefined || !byId.has(id)) return [[]];
    const all = Raise.openings(game, node, (leaf) => Raise.treesUnder(game, leaf).slice(0, 1));
    return all.length === 0 ? [[]] : [[], all, all.slice(0, -1)];
  };
}

function leafPayments(world: World, story: ClaimTrace, index: number, openings: Openings): Move[] {
  const { blocks, parent } = story;
  const claimRoot = blocks.subtree(world.blockHeight, 0);
  const { blockLeaf, startState, root: position } = Atlas.stepsOf(world, story, index);
  const leafHash = blocks.subtree(0, index);
  const siblings = Opening.siblingsOf(blocks, index);
  const root = story.steps(index).subtree(world.stepHeight, 0);
  const settled = { parent, claimRoot, index, leafHash, siblings, startState, root };
  return openings(position, root).flatMap((opened): Move[] => [
    { kind: "settleRefinement", ...settled, openings: opened },
    { kind: "rewardSteps", blockLeaf, startState, ...topOf(position, opened) },
  ]);
}

function keyOf({ game, balance }: State): string {
  const nodes = [...game.tree.nodes.entries()].map(([id, { flags, cohort }]) => {
    const { confirmedAt } = DisputeTree.cohortOf(game.tree, cohort);
    return `${id}${flags}${confirmedAt}`;
  });
  const amounts = [...game.credit, ...game.pots].map(([owner, sum]) => `${owner}${sum}`);
  return `${balance}:${nodes.join()}:${amounts.join()}`;
}
