// One state of a play, and what can follow it. Time runs in ticks, each an L1 block. In a tick the adversary makes any
// moves in any order; between any two of them, or before or after them all, the honest party answers once everything that is
// there. The adversary may have it kept out of a tick, as often as Cmax allows.
import * as Clock from "../../src/dispute/clock.ts";
import * as DisputeGame from "../../src/dispute/disputeGame.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { MoveRejected } from "../../src/dispute/moveRejected.ts";
import { nextMoves } from "../../src/dispute/nextMoves.ts";
import * as Hex from "../../src/primitives/hex.ts";
import type { Atlas, Place } from "./atlas.ts";
import type { Candidate } from "./candidates.ts";
import { countedSince, lagsOf } from "./lag.ts";
import { TICK, type World } from "./world.ts";

export type State = {
  readonly game: Game.Game;
  // What the contract would hold: bonds in, withdrawals and burned halves out.
  readonly balance: bigint;
  readonly hasAnswered: boolean;
  // Ticks for which L1 can still keep the honest party out.
  readonly censorship: number;
};

/** What the honest party was not allowed to do: itself a violation. */
export class AnswerRejected extends Error {
  override readonly name = "ModelCheck.AnswerRejected";
  constructor(move: Move, cause: MoveRejected) {
    super(`an honest ${move.kind} is rejected: ${cause.message}`, { cause });
  }
}

export const HONEST = new Uint8Array(20).fill(1);
export const ADVERSARY = new Uint8Array(20).fill(2);
const BASE_FEE = 1n;
// Marks the time of a true node that stands before the true claim leads to it.
const EARLY = 4096;

/** Nothing has happened. */
export function start({ config, censorship, truth }: World): State {
  const game = Game.create(config, truth.startState, 1n);
  return { game, balance: 0n, hasAnswered: false, censorship };
}

/** The state after one move of the adversary, or undefined where the rules reject it. */
export function attempt(world: World, state: State, move: Move): State | undefined {
  try {
    return make(world, state, move, ADVERSARY);
  } catch (error) {
    if (error instanceof MoveRejected) return undefined;
    throw error;
  }
}

/** The state after a move; throws where the rules reject it. */
export function make(world: World, state: State, move: Move, sender: Uint8Array): State {
  const value = valueOf(world, move);
  const call = { sender, value, baseFee: BASE_FEE };
  const game = DisputeGame.apply(state.game, move, call, world.oracles);
  return {
    ...state,
    game,
    balance: state.balance + value - outflow(state.game, game, move, sender),
  };
}

/** All states that can follow. */
export function successors(world: World, candidates: readonly Candidate[], state: State): State[] {
  const next = candidates.flatMap(({ move, isDue }) => {
    const made = isDue(state.game) ? attempt(world, state, move) : undefined;
    return made === undefined ? [] : [made];
  });
  if (world.scope === "alone") return [...next, tick(state)];
  if (world.scope !== "every") {
    const later = tick(state);
    next.push(answer(world, later));
    if (state.censorship > 0) next.push({ ...later, censorship: state.censorship - 1 });
    return next;
  }
  if (!state.hasAnswered) {
    next.push(answer(world, state));
    if (state.censorship > 0) next.push(tick({ ...state, censorship: state.censorship - 1 }));
  } else {
    next.push(tick(state));
  }
  return next;
}

/** The state after the honest party has answered all that it sees. */
export function answer(world: World, state: State): State {
  let next = state;
  for (const move of nextMoves(state.game, world.truth)) {
    try {
      next = make(world, next, move, HONEST);
    } catch (error) {
      if (error instanceof MoveRejected) throw new AnswerRejected(move, error);
      throw error;
    }
  }
  return { ...next, hasAnswered: true };
}

/** The state at the beginning of the next tick. */
export function tick(state: State): State {
  const { game } = state;
  return { ...state, game: { ...game, now: game.now + TICK }, hasAnswered: false };
}

/**
 * All of a state that its future depends on while nothing is confirmed, and clocks are only looked at. What may be done
 * depends on which nodes are there and which are opened; how much a clock shows is a sum along a way down. So of the time
 * that has passed the key keeps what the two bounds are about: what false nodes have counted, and what true ones have not.
 */
export function shapeOf(world: World, atlas: Atlas, { game, ...state }: State): string {
  const most = Number(world.limit);
  const since = game.tree.nodes.get(atlas.truthRoot)?.createdAt ?? game.now;
  const lags = lagsOf(atlas, game);
  const known = new Map<Place, readonly [number, number]>();
  for (const place of atlas.places) {
    const node = game.tree.nodes.get(place.id);
    if (node === undefined) continue;
    const opened = node.children === undefined ? 0 : 1;
    const proven = node.timer === Clock.FOREVER ? 2 : opened;
    // No rule lets a leaf have another leaf's tree or timer: these tell states apart where a weakened one does.
    const recorded = node.timer === Clock.FOREVER ? 0n : node.timer;
    const isMixed = node.refinements.some(({ id }) => !place.trees.has(Hex.key(id)));
    const done = proven + (isMixed ? 4 : 0) + 8 * Math.min(Number(recorded), most);
    if (place.verdict === "true" && world.scope !== "alone") {
      const early = Number(countedSince(game, node, since)) + EARLY;
      known.set(place, [done, lags.get(place.id) ?? early]);
    } else {
      const alone = Clock.unrivaled(node, DisputeTree.cohortOf(game.tree, node.cohort), game.now);
      known.set(place, [done, Math.min(Number(alone), most)]);
    }
  }
  const head = 2 * state.censorship + (state.hasAnswered ? 1 : 0);
  // Of all the names that equal stories could go by, the key takes those that come first.
  return atlas.symmetries
    .map((places) => {
      const codes = places.flatMap((place, index) => {
        const [done, time] = known.get(place) ?? [];
        return done === undefined || time === undefined ? [] : [index, done, time];
      });
      return String.fromCharCode(head, ...codes);
    })
    .reduce((least, key) => (key < least ? key : least));
}

function valueOf({ config }: World, move: Move): bigint {
  if (move.kind === "propose") return config.claimBond;
  return move.kind === "refine" ? config.refinementBond : 0n;
}

// What leaves the contract: a withdrawal whole, and the burned half of lost bonds.
function outflow(before: Game.Game, after: Game.Game, move: Move, sender: Uint8Array): bigint {
  if (move.kind === "withdraw") return before.credit.get(Hex.key(sender)) ?? 0n;
  const { claimBond, refinementBond } = before.config;
  if (move.kind === "confirm") return burned(before, after, claimBond);
  return move.kind === "settleRefinement" ? burned(before, after, refinementBond) : 0n;
}

function burned(before: Game.Game, after: Game.Game, bond: bigint): bigint {
  const decided = [...after.tree.cohorts].find(
    ([id, { confirmedAt }]) =>
      confirmedAt !== 0n && before.tree.cohorts.get(id)?.confirmedAt === 0n,
  );
  if (decided === undefined) return 0n;
  const [, { members }] = decided;
  const lost = bond * BigInt(members.length - 1);
  return lost - lost / 2n;
}
