// The adversary kit: how an attacker of the dispute game is written down. A strategy is a function; to add one, write a
// file like `liar.ts` beside this one, say at its head what it wants and which rule stops it, and let it loose in a bout
// (`bout.ts`), on the model of the rules alone (`modelRing`) or on the contract and the model at once (`chainRing`).
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";

/** What an adversary knows of time, in seconds of L1. */
export type Clock = { readonly now: bigint; readonly nextTurn: bigint };

/**
 * The moves of one turn, in order: they stand in their L1 block before those of the honest party, who has yet to see them.
 * The trace is the adversary's own: a whole false claim with every block and step behind it.
 */
export type Strategy = (game: Game.Game, trace: ClaimTrace, clock: Clock) => readonly Move[];

/** A strategy with a key and a lie. */
export type Adversary = {
  readonly player: number;
  readonly trace: ClaimTrace;
  readonly strategy: Strategy;
};

/** The id of the claim that a trace makes. */
export function claimId(config: Game.Config, { parent, blocks }: ClaimTrace): Uint8Array {
  const cohort = Bisection.cohortId(Game.claimPosition(config, parent));
  return Bisection.nodeId(cohort, blocks.subtree(config.blockHeight, 0));
}
