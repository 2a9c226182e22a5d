// Batches in their order. The inbox has checked what it commits to, so what does not fit here was read
// wrongly: an event is missing, or is of another chain.
import * as MerkleTree from "../merkle/merkleTree.ts";
import * as Bytes from "../primitives/bytes.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as Batch from "../protocol/batch.ts";
import * as Body from "../protocol/body.ts";
import * as Deposit from "../protocol/deposit.ts";
import { MAX_BLOCKS_PER_BATCH, MAX_BODY_BYTES } from "../protocol/limits.ts";
import type { BatchEvent } from "./l1Log.ts";

/** What a batch follows on. */
export type Predecessor = {
  readonly index: bigint;
  readonly accumulator: Uint8Array;
  readonly lastBlock: bigint;
  readonly depositsTo: bigint;
};

/** What the next batch follows on. */
export function toPredecessor(event: BatchEvent): Predecessor {
  const { index, accumulator, batch } = event;
  return { index, accumulator, lastBlock: batch.lastBlock, depositsTo: batch.depositsTo };
}

/** Throws BatchMismatchError unless the event is the batch after the predecessor and all its parts are what it commits to. */
export function check(
  event: BatchEvent,
  predecessor: Predecessor,
  deposits: readonly Deposit.Deposit[],
): void {
  const { index, batch, body } = event;
  const expect = (field: string, holds: boolean): void => {
    if (!holds) throw new BatchMismatchError(index, field);
  };
  expect("index", index === predecessor.index + 1n);
  expect("previous", Bytes.equals(batch.previous, predecessor.accumulator));
  expect("accumulator", Bytes.equals(Batch.hash(batch), event.accumulator));
  expect("firstBlock", batch.firstBlock === predecessor.lastBlock + 1n);
  const blocks = batch.lastBlock - batch.firstBlock + 1n;
  expect("lastBlock", blocks >= 1n && blocks <= MAX_BLOCKS_PER_BATCH);
  expect("bodySize", batch.bodySize === body.length && body.length <= MAX_BODY_BYTES);
  expect("bodyRoot", Bytes.equals(batch.bodyRoot, Body.root(body)));
  expect("originHash", Bytes.equals(batch.originHash, keccak256(event.originHeader)));
  expect("depositsFrom", batch.depositsFrom === predecessor.depositsTo);
  expect("depositsTo", batch.depositsTo <= BigInt(deposits.length));
  expect("depositsRoot", Bytes.equals(batch.depositsRoot, depositsRoot(batch, deposits)));
}

function depositsRoot(batch: Batch.Batch, deposits: readonly Deposit.Deposit[]): Uint8Array {
  const consumed = deposits.slice(Number(batch.depositsFrom), Number(batch.depositsTo));
  if (consumed.length === 0) return new Uint8Array(32);
  return MerkleTree.rootOf(consumed.map(Deposit.hash), MerkleTree.heightFor(consumed.length));
}

export class BatchMismatchError extends Error {
  override readonly name = "Batches.BatchMismatchError";
  readonly index: bigint;
  readonly field: string;
  constructor(index: bigint, field: string) {
    super(`expected batch ${index} to follow on what is known, but its ${field} does not`);
    this.index = index;
    this.field = field;
  }
}
