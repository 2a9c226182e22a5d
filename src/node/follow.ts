// Following L1: its log, once, in order, into the database; and back again when L1 reorganises.

import * as Batches from "../derivation/batches.ts";
import * as Deposits from "../derivation/deposits.ts";
import type { BatchEvent, DepositEvent } from "../derivation/l1Log.ts";
import * as Bytes from "../primitives/bytes.ts";
import type * as Deposit from "../protocol/deposit.ts";
import * as Database from "./database.ts";
import * as Derive from "./derive.ts";
import * as InboxRecords from "./inboxRecords.ts";

export type L1Head = {
  readonly number: bigint;
  readonly hash: Uint8Array;
  readonly timestamp: bigint;
};

/** A deposit with the hash under which OP-stack clients look it up. */
export type AliasedDepositEvent = DepositEvent & { readonly alias: Uint8Array };

export type L1Event = AliasedDepositEvent | BatchEvent;

/** What is read of L1. */
export type L1Source = {
  /** The block up to which L1 is trusted not to change soon. */
  readonly head: () => Promise<L1Head>;
  readonly hashOf: (number: bigint) => Promise<Uint8Array | undefined>;
  /** What inbox and portal logged in the blocks [from, to], in order. */
  readonly events: (from: bigint, to: bigint) => Promise<readonly L1Event[]>;
};

/** Blocks read between two writes. */
const RANGE = 2_000n;

/**
 * Reads what L1 has logged since the last time, and forgets what L1 no longer has. `firstBlock` is where the contracts were
 * deployed. Throws BatchMismatchError if L1 left something out; what it may have left out is then read again.
 */
export async function follow(
  database: Database.Database,
  source: L1Source,
  genesisAccumulator: Uint8Array,
  firstBlock: bigint,
): Promise<L1Head> {
  const head = await source.head();
  const last = Database.l1BlockUpTo(database, Number.MAX_SAFE_INTEGER);
  const agreed = (await findAgreed(database, source, head)) ?? firstBlock - 1n;
  if (last !== undefined && agreed !== BigInt(last.number)) Derive.forgetL1(database, agreed);

  for (let from = agreed + 1n; from <= head.number; from += RANGE) {
    const to = from + RANGE - 1n < head.number ? from + RANGE - 1n : head.number;
    // Asked for before the events: if L1 reorganises in between, the next pass finds another hash, and reads them again.
    const hash = to === head.number ? head.hash : await source.hashOf(to);
    if (hash === undefined) return head;
    const events = await source.events(from, to);
    try {
      Database.atomically(database, () => {
        for (const event of events) write(database, event, genesisAccumulator);
        Database.putL1Block(database, Number(to), hash);
      });
    } catch (error) {
      if (error instanceof Batches.BatchMismatchError) forgetUnproven(database, firstBlock);
      throw error;
    }
  }
  return head;
}

/** The newest L1 block that was read and that L1 still has. */
async function findAgreed(
  database: Database.Database,
  source: L1Source,
  head: L1Head,
): Promise<bigint | undefined> {
  let read = Database.l1BlockUpTo(database, Number(head.number));
  while (read !== undefined) {
    const block = BigInt(read.number);
    const current = block === head.number ? head.hash : await source.hashOf(block);
    if (current !== undefined && Bytes.equals(current, read.hash)) return block;
    read = Database.l1BlockUpTo(database, read.number - 1);
  }
  return undefined;
}

/**
 * A node that is behind answers with fewer logs than there are. The last batch that fits vouches for itself and for the deposits
 * that it and those before it took; what is younger than either is read again.
 */
function forgetUnproven(database: Database.Database, firstBlock: bigint): void {
  const batch = InboxRecords.lastBatch(database);
  const deposits = InboxRecords.batch(database, batch)?.batch.depositsTo ?? 0n;
  const proven = [
    InboxRecords.l1BlockOf(database, "batches", batch),
    InboxRecords.l1BlockOf(database, "deposits", deposits - 1n),
  ].map((l1Block) => l1Block ?? firstBlock - 1n);
  Derive.forgetL1(database, proven.reduce((left, right) => (left < right ? left : right)) - 1n);
}

function write(database: Database.Database, event: L1Event, genesisAccumulator: Uint8Array): void {
  if (event.type === "deposit") {
    const deposit = Deposits.toDeposit(event, InboxRecords.depositCount(database));
    InboxRecords.putDeposit(database, deposit, event.alias);
    return;
  }
  Batches.check(event, predecessor(database, genesisAccumulator), depositsOf(database, event));
  const { batch, body, originHeader, index, accumulator } = event;
  const posted = { number: index, accumulator, batch, body, originHeader };
  InboxRecords.putBatch(database, Number(event.l1Block), posted);
}

function predecessor(
  database: Database.Database,
  genesisAccumulator: Uint8Array,
): Batches.Predecessor {
  const index = InboxRecords.lastBatch(database);
  const posted = InboxRecords.batch(database, index);
  if (posted === undefined) {
    return { index: 0n, accumulator: genesisAccumulator, lastBlock: 0n, depositsTo: 0n };
  }
  const { accumulator, batch } = posted;
  return { index, accumulator, lastBlock: batch.lastBlock, depositsTo: batch.depositsTo };
}

/** The deposits by index, of which only those that the batch consumes are looked up. */
function depositsOf(database: Database.Database, { batch }: BatchEvent): Deposit.Deposit[] {
  const deposits = new Array<Deposit.Deposit>(Number(InboxRecords.depositCount(database)));
  for (let index = batch.depositsFrom; index < batch.depositsTo; index++) {
    const deposit = InboxRecords.deposit(database, index);
    if (deposit !== undefined) deposits[Number(index)] = deposit;
  }
  return deposits;
}
