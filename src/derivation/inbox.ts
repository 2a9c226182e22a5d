// Everything that L1 has said so far, in order: what blocks are derived from. A record never changes; more of
// the log gives a longer one.
import type * as Batch from "../protocol/batch.ts";
import type * as Deposit from "../protocol/deposit.ts";
import * as Batches from "./batches.ts";
import * as Deposits from "./deposits.ts";
import type { BatchEvent, L1Event } from "./l1Log.ts";

export type L1Record = {
  /** The hash of batch 0, which stands for the genesis state. */
  readonly genesisAccumulator: Uint8Array;
  readonly portal: Uint8Array;
  /** Batch n is at n - 1. */
  readonly batches: readonly BatchEvent[];
  readonly deposits: readonly Deposit.Deposit[];
};

/** The record before anything happened. */
export function create(genesisAccumulator: Uint8Array, portal: Uint8Array): L1Record {
  return { genesisAccumulator, portal, batches: [], deposits: [] };
}

/** The record with the next part of the log. */
export function extend(record: L1Record, log: readonly L1Event[]): L1Record {
  const batches = [...record.batches];
  const deposits = [...record.deposits];
  for (const event of log) {
    if (event.type === "deposit") {
      deposits.push(Deposits.toDeposit(event, BigInt(deposits.length)));
    } else {
      Batches.check(event, predecessorOf(record, batches), deposits);
      batches.push(event);
    }
  }
  return { ...record, batches, deposits };
}

/** The record as it was before an L1 block: what a reorganisation of L1 leaves of it. */
export function before(record: L1Record, l1Block: bigint): L1Record {
  return {
    ...record,
    batches: record.batches.filter((event) => event.l1Block < l1Block),
    deposits: record.deposits.filter((deposit) => deposit.l1Block < l1Block),
  };
}

/** The number of the last block that the record gives. */
export function lastBlock(record: L1Record): bigint {
  return record.batches.at(-1)?.batch.lastBlock ?? 0n;
}

/** Where batches and deposits are found by their numbers; each throws for one that is not there. */
export type Source = {
  readonly portal: Uint8Array;
  readonly batchCount: () => bigint;
  readonly batchAt: (batch: bigint) => Pick<BatchEvent, "batch" | "body" | "originHeader">;
  readonly depositAt: (index: bigint) => Deposit.Deposit;
};

/** What L1 has said as a machine reads it: an `Inbox` of src/machine. */
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

/** The record as a machine reads it. */
export function toInbox(record: L1Record) {
  return inboxOf({
    portal: record.portal,
    batchCount: () => BigInt(record.batches.length),
    batchAt: (batch) => batchAt(record, batch),
    depositAt: (index) => depositAt(record, index),
  });
}

function predecessorOf(record: L1Record, batches: readonly BatchEvent[]): Batches.Predecessor {
  const latest = batches.at(-1);
  if (latest !== undefined) return Batches.toPredecessor(latest);
  return { index: 0n, accumulator: record.genesisAccumulator, lastBlock: 0n, depositsTo: 0n };
}

function batchAt(record: L1Record, batch: bigint): BatchEvent {
  const event = record.batches[Number(batch) - 1];
  if (event === undefined) throw new UnknownBatchError(batch, BigInt(record.batches.length));
  return event;
}

function depositAt(record: L1Record, index: bigint): Deposit.Deposit {
  const deposit = record.deposits[Number(index)];
  if (deposit === undefined) throw new UnknownDepositError(index, BigInt(record.deposits.length));
  return deposit;
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

export class UnknownBatchError extends RangeError {
  override readonly name = "L1Record.UnknownBatchError";
  readonly batch: bigint;
  readonly count: bigint;
  constructor(batch: bigint, count: bigint) {
    super(`expected a batch from 1 to ${count}, got ${batch}`);
    this.batch = batch;
    this.count = count;
  }
}

export class UnknownDepositError extends RangeError {
  override readonly name = "L1Record.UnknownDepositError";
  readonly index: bigint;
  readonly count: bigint;
  constructor(index: bigint, count: bigint) {
    super(`expected one of ${count} deposits that a batch has consumed, got ${index}`);
    this.index = index;
    this.count = count;
  }
}
