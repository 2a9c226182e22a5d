// What the inbox commits to for each batch. Field order is consensus. Twin: contracts/protocol/Batch.sol.
import { commit, tag } from "../primitives/commitment.ts";

export type Batch = {
  /** The accumulator of the batch before. */
  readonly previous: Uint8Array;
  readonly version: number;
  readonly codec: number;
  readonly firstBlock: bigint;
  readonly lastBlock: bigint;
  /** L1 time of the transaction that posted it: no block of the batch is later. */
  readonly postedAt: bigint;
  readonly originNumber: bigint;
  readonly originHash: Uint8Array;
  readonly bodyRoot: Uint8Array;
  readonly bodySize: number;
  /** Root over the hashes of the deposits [depositsFrom, depositsTo). */
  readonly depositsRoot: Uint8Array;
  readonly depositsFrom: bigint;
  readonly depositsTo: bigint;
};

const TAG_BATCH = tag("batch");
const TAG_GENESIS = tag("batch.genesis");

/** The accumulator after this batch. */
export function hash(batch: Batch): Uint8Array {
  return commit(
    TAG_BATCH,
    batch.previous,
    batch.version,
    batch.codec,
    batch.firstBlock,
    batch.lastBlock,
    batch.postedAt,
    batch.originNumber,
    batch.originHash,
    batch.bodyRoot,
    batch.bodySize,
    batch.depositsRoot,
    batch.depositsFrom,
    batch.depositsTo,
  );
}

/** The accumulator of batch 0, which holds no blocks but stands for the genesis state. */
export function genesisAccumulator(genesis: Uint8Array): Uint8Array {
  return commit(TAG_GENESIS, genesis);
}
