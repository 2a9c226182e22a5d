// The state between two blocks. Twin: contracts/protocol/BlockDone.sol; field order is consensus.
import { commit, tag } from "../primitives/commitment.ts";

export type BlockDone = {
  readonly number: bigint;
  readonly outputRoot: Uint8Array;
  readonly headerHash: Uint8Array;
  // Root of the 256 latest block hashes, which BLOCKHASH reads.
  readonly ringRoot: Uint8Array;
  // Where the next block starts in the inbox: batch, byte in its body, deposits taken so far.
  readonly batch: bigint;
  readonly byteOffset: bigint;
  readonly deposits: bigint;
};

export const TAG_BLOCK_DONE = tag("blockDone");

/** The commitment to the state between two blocks. */
export function hash(done: BlockDone): Uint8Array {
  return commit(
    TAG_BLOCK_DONE,
    done.number,
    done.outputRoot,
    done.headerHash,
    done.ringRoot,
    done.batch,
    done.byteOffset,
    done.deposits,
  );
}
