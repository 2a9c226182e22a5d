// The state between two blocks, live: what `BlockDone` commits to, with all that the next block needs.
import * as PersistentTree from "../merkle/persistentTree.ts";
import type * as BlockDone from "../protocol/blockDone.ts";
import type * as BlockHeader from "../protocol/blockHeader.ts";
import type * as World from "./world.ts";

export type Tip = BlockDone.BlockDone & {
  readonly header: BlockHeader.BlockHeader;
  readonly state: World.State;
  /** The 256 latest block hashes, that of block n at n mod 256. */
  readonly ring: PersistentTree.PersistentTree;
};

/** How many block hashes the ring holds (BLOCKHASH). */
export const RING_SIZE = 256;

/** The ring with the hash of one more block. */
export function addToRing(
  ring: PersistentTree.PersistentTree,
  number: bigint,
  hash: Uint8Array,
): PersistentTree.PersistentTree {
  return PersistentTree.set(ring, ringIndex(number), hash);
}

/** Where the ring holds the hash of a block. */
export function ringIndex(number: bigint): number {
  return Number(number % BigInt(RING_SIZE));
}
