// The frenemy: agrees with every block of the truth, opens the disputed one with steps of its own, and stops wherever that
// hurts most. It wants the honest tree of steps to lose its bond, or the true leaf to lose time to a tree that nobody
// defends. What stops it: a leaf takes the best of its trees, a false tree has rivals like any other node, and a bond
// comes back to the tree whose own clock has run, not to the one that was there first.
import * as Bytes from "../../src/primitives/bytes.ts";
import { nextMoves } from "../../src/dispute/nextMoves.ts";
import type { Strategy } from "./strategy.ts";

/** Helps with the blocks, opens its own steps, and bisects them down to a height, 0 being all the way. */
export function frenemy(stopAt: number): Strategy {
  return (game, trace) =>
    nextMoves(game, trace).filter((move) => {
      if (move.kind === "refine") return true;
      if (move.kind !== "bisect") return false;
      return move.position.level === 0 || move.position.height > stopAt;
    });
}

/** Opens nothing but its own steps, as soon as there is a rival block to open. */
export const intruder: Strategy = (game, trace) =>
  nextMoves(game, trace).filter(
    (move) => move.kind === "refine" && Bytes.equals(move.leaf.origin, trace.parent),
  );
