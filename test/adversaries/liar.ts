// The liar: claims a false state and answers every move by its own trace, to the step that nobody can prove.
// It wants its claim confirmed, or the truth held up. What stops it is the rule that a rival pair always has one rival
// child pair (fact 1 of docs/dispute.md): its answers lead down to its first false step, and the prover refuses that.
import type * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { claimId } from "./strategy.ts";
import type { Strategy } from "./strategy.ts";

/** Claims, and answers everything at once. */
export const liar: Strategy = (game, trace) => answers(game, trace);

/** The same, but falls silent once it has made so many moves. */
export function silentAfter(moves: number): Strategy {
  let made = 0;
  return (game, trace) => {
    const now = answers(game, trace).slice(0, moves - made);
    made += now.length;
    return now;
  };
}

/** What a claim's party would do, without the proofs that a lie cannot give. */
export function answers(game: Game.Game, trace: ClaimTrace): Move[] {
  const isClaimed = game.claims.has(Hex.key(claimId(game.config, trace)));
  const moves = isClaimed ? nextMoves(game, trace) : [proposal(trace)];
  return moves.filter(({ kind }) => kind !== "prove");
}
