// How the trees over the steps of a block are built: by the hashes of the dispute.
import * as Bisection from "../dispute/bisection.ts";
import type * as Chunk from "../machine/chunk.ts";

/** The shape of the trees of level 1. */
export function treeShape(height: number): Chunk.TreeShape {
  const { leafHash, innerHash } = Bisection;
  return { height, leafHash, innerHash };
}
