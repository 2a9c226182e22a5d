// The body of a batch: for each block its timestamp, the size of its entries, and the entries. Written
// here and read only by the machine, which gives every byte string a meaning.
import * as MerkleTree from "../merkle/merkleTree.ts";
import * as Bytes from "../primitives/bytes.ts";
import { keccak256 } from "../primitives/keccak.ts";
import { BODY_CHUNK_BYTES, BODY_TREE_HEIGHT, MAX_BODY_BYTES } from "./limits.ts";

/** A block as the sequencer puts it into a body. */
export type BodyBlock = {
  readonly timestamp: bigint;
  readonly transactions: readonly Uint8Array[];
};

export const TIMESTAMP_BYTES = 8;
export const SIZE_BYTES = 4;
/** What a block takes in a body beside its entries. */
export const BLOCK_HEAD_BYTES = TIMESTAMP_BYTES + SIZE_BYTES;
/** What an entry takes beside its transaction: a u24 length. */
export const ENTRY_HEAD_BYTES = 3;

/** The bytes from which the machine reads these blocks. */
export function encode(blocks: readonly BodyBlock[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { timestamp, transactions } of blocks) {
    const entries = transactions.map((transaction) =>
      Bytes.concat(Bytes.fromNumber(transaction.length, ENTRY_HEAD_BYTES), transaction),
    );
    const size = entries.reduce((sum, entry) => sum + entry.length, 0);
    parts.push(
      Bytes.fromBigInt(timestamp, TIMESTAMP_BYTES),
      Bytes.fromNumber(size, SIZE_BYTES),
      ...entries,
    );
  }
  return Bytes.concat(...parts);
}

/** The commitment to a body: a tree over the hashes of its pieces, the last one short. */
export function root(body: Uint8Array): Uint8Array {
  return MerkleTree.rootOf(pieces(body).map(keccak256), BODY_TREE_HEIGHT);
}

/** The pieces of a body that a step shows one by one; throws BodyTooLongError. */
export function pieces(body: Uint8Array): Uint8Array[] {
  if (body.length > MAX_BODY_BYTES) throw new BodyTooLongError(body.length);
  const count = Math.ceil(body.length / BODY_CHUNK_BYTES);
  return Array.from({ length: count }, (_, i) =>
    body.subarray(i * BODY_CHUNK_BYTES, (i + 1) * BODY_CHUNK_BYTES),
  );
}

export class BodyTooLongError extends RangeError {
  override readonly name = "Body.BodyTooLongError";
  readonly length: number;
  constructor(length: number) {
    super(`expected a body of at most ${MAX_BODY_BYTES} bytes, got ${length}`);
    this.length = length;
  }
}
