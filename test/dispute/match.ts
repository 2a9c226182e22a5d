// Plays disputes to their end: every party moves by its own trace until nobody has a move left, then time runs.
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { nextMoves } from "../../src/dispute/nextMoves.ts";
import { settlements } from "../../src/dispute/settlements.ts";
import { spoils } from "../../src/dispute/spoils.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { TIMEOUT, claimId } from "./arena.ts";
import type { Arena } from "./arena.ts";

/** Someone with an account and a trace to stand by. */
export type Party = { readonly player: number; readonly trace: ClaimTrace };

export type Tally = { readonly moves: number; readonly gas: bigint; readonly seconds: bigint };

const MAX_TURNS = 400;

/** Whether the claim of the trace is confirmed. */
export function isConfirmed(arena: Arena, trace: ClaimTrace): boolean {
  return Game.isConfirmed(arena.model(), claimId(arena.model(), trace));
}

/** Makes only moves of some kinds, each party in turn, until none of them has one left. */
export async function advance(
  arena: Arena,
  parties: readonly Party[],
  kinds: readonly Move["kind"][],
): Promise<void> {
  let quiet = false;
  while (!quiet) {
    quiet = true;
    for (const { player, trace } of parties) {
      const move = nextMoves(arena.model(), trace).find(({ kind }) => kinds.includes(kind));
      if (move === undefined) continue;
      const outcome = await arena.make(move, player);
      if (outcome.kind === "rejected") throw new HonestMoveRejected(move, outcome.reason);
      quiet = false;
    }
  }
}

/** The one move of a kind that a party has to make now. */
export function nextOf<Kind extends Move["kind"]>(
  arena: Arena,
  party: Party,
  kind: Kind,
): Extract<Move, { kind: Kind }> {
  const isKind = (move: Move): move is Extract<Move, { kind: Kind }> => move.kind === kind;
  const move = nextMoves(arena.model(), party.trace).find(isKind);
  if (move === undefined) throw new RangeError(`no ${kind} to make`);
  return move;
}

/** Plays until the honest claim is confirmed; each turn the liars go first, then `pause` seconds pass. */
export async function play(
  arena: Arena,
  honest: Party,
  liars: readonly Party[],
  pause: bigint,
): Promise<Tally> {
  const started = arena.now();
  let moves = 0;
  let gas = 0n;
  const rejected = new Set<Move["kind"]>();
  for (let turn = 0; turn < MAX_TURNS && !isConfirmed(arena, honest.trace); turn++) {
    let quiet = true;
    for (const liar of liars) {
      for (const move of nextMoves(arena.model(), liar.trace)) {
        if (move.kind === "prove" && rejected.has("prove")) continue;
        const outcome = await arena.make(move, liar.player);
        if (outcome.kind === "made") quiet = false;
        else rejected.add(move.kind);
      }
    }
    for (const move of nextMoves(arena.model(), honest.trace)) {
      const outcome = await arena.make(move, honest.player);
      if (outcome.kind === "rejected") throw new HonestMoveRejected(move, outcome.reason);
      quiet = false;
      moves += 1;
      gas += outcome.gas;
    }
    arena.wait(quiet ? TIMEOUT / 4n : pause);
  }
  return { moves, gas, seconds: arena.now() - started };
}

/** Takes a party's bonds back after confirmation and returns what it withdrew. */
export async function collect(arena: Arena, party: Party): Promise<bigint> {
  const signer = arena.signers[party.player];
  if (signer === undefined) throw new RangeError(`no player ${party.player}`);
  const account = Hex.toBytes(signer.address);
  for (const move of settlements(arena.model(), party.trace, account)) {
    const outcome = await arena.make(move, party.player);
    if (outcome.kind === "rejected") throw new HonestMoveRejected(move, outcome.reason);
  }
  const credit = arena.model().credit.get(Hex.key(account)) ?? 0n;
  if (credit > 0n) await arena.make({ kind: "withdraw", to: account }, party.player);
  return credit;
}

/** Has the moves paid that the deciding calls left out; each turn pays what the last one had no room for. */
export async function plunder(arena: Arena, party: Party): Promise<void> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const moves = spoils(arena.model(), party.trace);
    if (moves.length === 0) return;
    for (const move of moves) {
      const outcome = await arena.make(move, party.player);
      if (outcome.kind === "rejected") throw new HonestMoveRejected(move, outcome.reason);
    }
  }
}

export class HonestMoveRejected extends Error {
  override readonly name = "Match.HonestMoveRejected";
  readonly move: Move;
  readonly reason: string;
  constructor(move: Move, reason: string) {
    super(`expected the honest ${move.kind} to be accepted, got ${reason}`);
    this.move = move;
    this.reason = reason;
  }
}
