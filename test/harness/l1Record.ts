// Everything that an L1 of tests has said so far, in order. A record never changes; more of the log gives a longer one.
import * as Batches from "../../src/derivation/batches.ts";
import * as Deposits from "../../src/derivation/deposits.ts";
import * as Inbox from "../../src/derivation/inbox.ts";
import type { BatchEvent, L1Event } from "../../src/derivation/l1Log.ts";
import type * as Deposit from "../../src/protocol/deposit.ts";

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

/** The number of the last block that the record gives. */
export function lastBlock(record: L1Record): bigint {
  return record.batches.at(-1)?.batch.lastBlock ?? 0n;
}

/** The record as a machine reads it. */
export function toInbox(record: L1Record) {
  return Inbox.inboxOf({
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
  if (event === undefined) throw new RangeError(`there is no batch ${batch}`);
  return event;
}

function depositAt(record: L1Record, index: bigint): Deposit.Deposit {
  const deposit = record.deposits[Number(index)];
  if (deposit === undefined) throw new RangeError(`there is no deposit ${index}`);
  return deposit;
}
