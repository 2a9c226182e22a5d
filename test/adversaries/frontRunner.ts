// The front-runner: sees what the honest party is about to send, and sends it first in its own name, until it stops.
// It wants honest moves to fail, honest bonds to be taken twice, or the truth to be left half defended. What stops it:
// moves are addressed by content (R12). A move that is made is made for everyone, a bonded one that is there already
// reverts before it takes a bond, and the honest party goes on from wherever the front-runner stopped.
import { nextMoves } from "../../src/dispute/nextMoves.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import { answers } from "./liar.ts";
import type { Strategy } from "./strategy.ts";

/** Makes so many honest moves, each before the honest party does, and all of its lie's. */
export function frontRunner(truth: ClaimTrace, moves: number): Strategy {
  let made = 0;
  return (game, trace) => {
    const stolen = nextMoves(game, truth).slice(0, moves - made);
    made += stolen.length;
    return [...stolen, ...answers(game, trace)];
  };
}
