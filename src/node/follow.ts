// Following L1: its log, once, in order, into the database; and back again when L1 reorganises.

import * as Batches from "../derivation/batches.ts";
import * as Deposits from "../derivation/deposits.ts";
import type { BatchEvent, DepositEvent } from "../derivation/l1Log.ts";
import * as Bytes from "../primitives/bytes.ts";
import type * as Deposit from "../protocol/deposit.ts";
import * as Database from "./database.ts";
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

export type Followed = {
  readonly head: L1Head;
  /** Whether something that had been read is no longer in L1. */
  readonly isReorg: boolean;
};

/** Blocks read between two writes. */
const RANGE = 2_000n;

/** Reads what L1 has logged since the last time. `firstBlock` is where the contracts were deployed. */
export async function follow(
  database: Database.Database,
  source: L1Source,
  genesisAccumulator: Uint8Array,
  firstBlock: bigint,
): Promise<Followed> {
  const head = await source.head();
  const [last] = Database.l1BlocksDescending(database);
  const agreed = await findAgreed(database, source, head);
  const isReorg = last !== undefined && agreed !== BigInt(last.number);
  if (isReorg)
    Database.atomically(database, () =>
      Database.truncateL1(database, Number(agreed ?? firstBlock - 1n)),
    );

  for (let from = (agreed ?? firstBlock - 1n) + 1n; from <= head.number; from += RANGE) {
    const to = from + RANGE - 1n < head.number ? from + RANGE - 1n : head.number;
    const events = await source.events(from, to);
    const hash = to === head.number ? head.hash : await source.hashOf(to);
    // L1 reorganised while it was read: the next pass finds out.
    if (hash === undefined) return { head, isReorg };
    Database.atomically(database, () => {
      for (const event of events) write(database, event, genesisAccumulator);
      Database.putL1Block(database, Number(to), hash);
    });
  }
  return { head, isReorg };
}

/** The newest L1 block that was read and that L1 still has. */
async function findAgreed(
  database: Database.Database,
  source: L1Source,
  head: L1Head,
): Promise<bigint | undefined> {
  for (const { number, hash } of Database.l1BlocksDescending(database)) {
    const block = BigInt(number);
    if (block > head.number) continue;
    const current = block === head.number ? head.hash : await source.hashOf(block);
    if (current !== undefined && Bytes.equals(current, hash)) return block;
  }
  return undefined;
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
