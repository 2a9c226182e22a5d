// The self-disputer: claims the truth and a lie, and plays both sides to the end. It wants the truth held up for free, or
// to be paid for moves that it made against itself. What stops it: half of every lost bond is burned (R11), and movers are
// paid out of the other half.
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { answers } from "./liar.ts";
import { claimId } from "./strategy.ts";
import type { Strategy } from "./strategy.ts";

/** Plays for its lie and for the truth. */
export function selfDisputer(truth: ClaimTrace): Strategy {
  return (game, trace) => {
    const isClaimed = game.claims.has(Hex.key(claimId(game.config, truth)));
    const own = isClaimed ? nextMoves(game, truth) : [proposal(truth)];
    return [...own, ...answers(game, trace)];
  };
}
