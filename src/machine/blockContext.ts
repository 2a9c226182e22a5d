// The block that is being built. Field order is consensus; a Block never changes.
// Twin: contracts/machine/BlockContext.sol.
import { commit, tag } from "../primitives/commitment.ts";
import * as PersistentTree from "../merkle/persistentTree.ts";
import * as Witness from "../merkle/witness.ts";

export const TAG_BLOCK = tag("block");

export type Block = {
  readonly number: bigint;
  readonly timestamp: bigint;
  readonly gasLimit: bigint;
  readonly baseFee: bigint;
  readonly blobBaseFee: bigint;
  readonly coinbase: bigint;
  readonly prevRandao: Uint8Array;
  readonly parentBeaconRoot: Uint8Array;
  readonly parentHash: Uint8Array;
  /** The 256 latest block hashes, that of block n at n mod 256. */
  readonly ring: PersistentTree.PersistentTree;
  readonly gasUsed: bigint;
  readonly entries: number;
  readonly transactions: number;
  /** The hashes of the transactions and receipts so far. */
  readonly transactionsTree: PersistentTree.PersistentTree;
  readonly receiptsTree: PersistentTree.PersistentTree;
  /** The batch, the next byte and the first byte behind the block in its body. */
  readonly batch: bigint;
  readonly byteOffset: bigint;
  readonly blockEnd: bigint;
  readonly bodyRoot: Uint8Array;
  readonly deposits: bigint;
  readonly depositsEnd: bigint;
  readonly originNumber: bigint;
  readonly originTimestamp: bigint;
  readonly originBaseFee: bigint;
  readonly originHash: Uint8Array;
};

const hashes = new WeakMap<Block, Uint8Array>();

/** The commitment to the block. */
export function hash(block: Block): Uint8Array {
  const known = hashes.get(block);
  if (known !== undefined) return known;
  const committed = commit(
    TAG_BLOCK,
    block.number,
    block.timestamp,
    block.gasLimit,
    block.baseFee,
    block.blobBaseFee,
    block.coinbase,
    block.prevRandao,
    block.parentBeaconRoot,
    block.parentHash,
    PersistentTree.root(block.ring),
    block.gasUsed,
    block.entries,
    block.transactions,
    PersistentTree.root(block.transactionsTree),
    PersistentTree.root(block.receiptsTree),
    block.batch,
    block.byteOffset,
    block.blockEnd,
    block.bodyRoot,
    block.deposits,
    block.depositsEnd,
    block.originNumber,
    block.originTimestamp,
    block.originBaseFee,
    block.originHash,
  );
  hashes.set(block, committed);
  return committed;
}

/** Puts the fields of the block into the witness, if there is one. */
export function open(block: Block, witness: Witness.WitnessWriter | null): void {
  if (witness === null) return;
  Witness.writeUint64(witness, block.number);
  Witness.writeUint64(witness, block.timestamp);
  Witness.writeUint64(witness, block.gasLimit);
  Witness.writeUint256(witness, block.baseFee);
  Witness.writeUint256(witness, block.blobBaseFee);
  Witness.writeUint160(witness, block.coinbase);
  Witness.writeBytes32(witness, block.prevRandao);
  Witness.writeBytes32(witness, block.parentBeaconRoot);
  Witness.writeBytes32(witness, block.parentHash);
  Witness.writeBytes32(witness, PersistentTree.root(block.ring));
  Witness.writeUint64(witness, block.gasUsed);
  Witness.writeUint32(witness, block.entries);
  Witness.writeUint32(witness, block.transactions);
  Witness.writeBytes32(witness, PersistentTree.root(block.transactionsTree));
  Witness.writeBytes32(witness, PersistentTree.root(block.receiptsTree));
  Witness.writeUint64(witness, block.batch);
  Witness.writeUint64(witness, block.byteOffset);
  Witness.writeUint64(witness, block.blockEnd);
  Witness.writeBytes32(witness, block.bodyRoot);
  Witness.writeUint64(witness, block.deposits);
  Witness.writeUint64(witness, block.depositsEnd);
  Witness.writeUint64(witness, block.originNumber);
  Witness.writeUint64(witness, block.originTimestamp);
  Witness.writeUint256(witness, block.originBaseFee);
  Witness.writeBytes32(witness, block.originHash);
}
