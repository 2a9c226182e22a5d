// The staller: gives every answer at the last moment at which it still counts. It wants the truth confirmed as late as
// possible, and false nodes to stand alone as long as possible. What stops it: time that the truth stood alone is never
// taken away (R7), so that all answers together can hold it up for one timeout and the latency of each answer.
import * as Game from "../../src/dispute/game.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Raise from "../../src/dispute/raise.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { answers } from "./liar.ts";
import { claimId } from "./strategy.ts";
import type { Strategy } from "./strategy.ts";

/** Waits until a rival would win before the next turn, and answers then. */
export const staller: Strategy = (game, trace, { now, nextTurn }) => {
  const own = Hex.key(claimId(game.config, trace));
  const later = { ...game, now: nextTurn + (nextTurn - now) };
  const isUrgent = Game.children(game, trace.parent)
    .filter(({ id }) => Hex.key(id) !== own)
    .map(({ id }) => Raise.trueTimer(later, DisputeTree.requireNode(game.tree, id)))
    .some((timer) => timer >= game.config.timeout);
  return isUrgent ? answers(game, trace) : [];
};
