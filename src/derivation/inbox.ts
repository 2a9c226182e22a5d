// What L1 has said so far as a machine reads it, over whatever keeps batches and deposits.
import type * as Batch from "../protocol/batch.ts";
import type * as Deposit from "../protocol/deposit.ts";
import type { BatchEvent } from "./l1Log.ts";

/** Where batches and deposits are found by their numbers; each throws for one that is not there. */
export type Source = {
  readonly portal: Uint8Array;
  readonly batchCount: () => bigint;
  readonly batchAt: (batch: bigint) => Pick<BatchEvent, "batch" | "body" | "originHeader">;
  readonly depositAt: (index: bigint) => Deposit.Deposit;
};

/** An `Inbox` of src/machine; `batchOfDeposit` throws UnknownDepositError for a deposit that waits. */
export function inboxOf(source: Source) {
  const { portal, batchAt, depositAt } = source;
  return {
    portal,
    lastBlock: (batch: bigint): bigint => (batch === 0n ? 0n : batchAt(batch).batch.lastBlock),
    batch: (batch: bigint): Batch.Batch => batchAt(batch).batch,
    body: (batch: bigint): Uint8Array => batchAt(batch).body,
    originHeader: (batch: bigint): Uint8Array => batchAt(batch).originHeader,
    deposit: depositAt,
    batchOfDeposit: (index: bigint): bigint => batchOfDeposit(source, index),
  };
}

// Batches consume deposits in order: the first one that reaches behind the index holds it.
function batchOfDeposit({ batchCount, batchAt }: Source, index: bigint): bigint {
  const last = batchCount();
  let low = 1n;
  let high = last + 1n;
  while (low < high) {
    const middle = (low + high) / 2n;
    if (batchAt(middle).batch.depositsTo > index) high = middle;
    else low = middle + 1n;
  }
  if (low > last)
    throw new UnknownDepositError(index, last === 0n ? 0n : batchAt(last).batch.depositsTo);
  return low;
}

export class UnknownDepositError extends RangeError {
  override readonly name = "Inbox.UnknownDepositError";
  readonly index: bigint;
  readonly count: bigint;
  constructor(index: bigint, count: bigint) {
    super(`expected one of ${count} deposits that a batch has consumed, got ${index}`);
    this.index = index;
    this.count = count;
  }
}
