// Following L1: its log, once, in order, into the database; and back again when L1 reorganises.

import * as Batches from "../derivation/batches.ts";
import * as Deposits from "../derivation/deposits.ts";
import type { BatchEvent, DepositEvent } from "../derivation/l1Log.ts";
import { ContradictionError } from "../l1/contradiction.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Rlp from "../primitives/rlp.ts";
import type * as Deposit from "../protocol/deposit.ts";
import * as Database from "./database.ts";
import * as L1Tables from "./l1Tables.ts";
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
  /** The newest block that L1 calls final, or undefined where it names none. */
  readonly finalized: () => Promise<L1Head | undefined>;
  readonly hashOf: (number: bigint) => Promise<Uint8Array | undefined>;
  /** What inbox and portal logged in the blocks [from, to], in order. */
  readonly events: (from: bigint, to: bigint) => Promise<readonly L1Event[]>;
  /** Throws if whoever answers there is another chain by now. */
  readonly requireSameChain: () => Promise<void>;
};

/** How often in a row L1 has answered with a head below what was read. */
export type Patience = { looks: number };

/** After so many answers in a row the blocks above such a head are believed to be gone; nodes that lag catch up before. */
export const MOST_LOOKS = 30;
/** Blocks read between two writes, if L1 answers so many at once. */
const RANGE = 2_000n;
/** The last batch that fitted when one did not. */
const MISMATCH_AFTER = "mismatchAfter";

/**
 * Reads what L1 has logged since the last time, and forgets what L1 no longer has. `firstBlock` is where the contracts were
 * deployed. Throws BatchMismatchError if L1 left something out; what it may have left out is then read again. `onForgotten` is
 * called in the same turn as something is forgotten: no block may be looked at that rests on it. Throws ContradictionError if L1 does not
 * know a block below its own head: what it does not know is not for that another. While L1 lags behind what was read, nothing is.
 */
export async function follow(
  database: Database.Database,
  source: L1Source,
  genesisAccumulator: Uint8Array,
  firstBlock: bigint,
  onForgotten: () => void,
  patience: Patience,
): Promise<L1Head> {
  const forget = (number: bigint) => {
    Derive.forgetL1(database, number);
    onForgotten();
  };
  const head = await source.head();
  const last = L1Tables.blockUpTo(database, Number.MAX_SAFE_INTEGER);
  const newest = L1Tables.blockUpTo(database, Number(head.number));
  const found = await findAgreed(newest, database, source, head);
  const agreed = found ?? firstBlock - 1n;
  const isBehind = last !== undefined && newest?.number !== last.number;
  // Nothing speaks against what was read: another node behind the same address may have less.
  const mayLag = isBehind && (newest === undefined || found === BigInt(newest.number));
  patience.looks = mayLag ? patience.looks + 1 : 0;
  if (mayLag && patience.looks < MOST_LOOKS) return head;
  if (last !== undefined && agreed !== BigInt(last.number)) {
    await source.requireSameChain();
    forget(agreed);
  }

  let range = RANGE;
  let before: Uint8Array | undefined;
  let from = agreed + 1n;
  while (from <= head.number) {
    const to = from + range - 1n < head.number ? from + range - 1n : head.number;
    // Asked for before the events: if L1 reorganises in between, the next pass finds another hash, and reads them again.
    const hash = to === head.number ? head.hash : await source.hashOf(to);
    if (hash === undefined) return head;
    let events;
    try {
      events = await source.events(from, to);
    } catch (error) {
      // Full batches of so many blocks are more than most nodes answer.
      if (from === to) throw error;
      range = (to - from + 1n) / 2n;
      continue;
    }
    // If L1 has reorganised below since the part before, the next pass finds another hash at its end.
    if (before !== undefined && !(await hasHash(source, from - 1n, before))) return head;
    try {
      append(database, events, { number: Number(to), hash }, genesisAccumulator);
    } catch (error) {
      if (error instanceof Batches.BatchMismatchError) forget(lastProven(database, firstBlock));
      throw error;
    }
    before = hash;
    from = to + 1n;
  }
  return head;
}

async function hasHash(source: L1Source, number: bigint, hash: Uint8Array): Promise<boolean> {
  const current = await source.hashOf(number);
  return current !== undefined && Bytes.equals(current, hash);
}

function append(
  database: Database.Database,
  events: readonly L1Event[],
  { number, hash }: L1Tables.Block,
  genesisAccumulator: Uint8Array,
): void {
  Database.atomically(database, () => {
    for (const event of events) write(database, event, genesisAccumulator);
    L1Tables.putBlock(database, number, hash);
  });
}

/** The newest L1 block that was read and that L1 still has. */
async function findAgreed(
  newest: L1Tables.Block | undefined,
  database: Database.Database,
  source: L1Source,
  head: L1Head,
): Promise<bigint | undefined> {
  let read = newest;
  while (read !== undefined) {
    const block = BigInt(read.number);
    const current = block === head.number ? head.hash : await source.hashOf(block);
    if (current === undefined) {
      const reason = `L1 does not know block ${block}, though its head is block ${head.number}`;
      throw new ContradictionError("missing block", reason);
    }
    if (Bytes.equals(current, read.hash)) return block;
    read = L1Tables.blockUpTo(database, read.number - 1);
  }
  return undefined;
}

/**
 * The L1 block up to which nothing is missing. A node that is behind answers with fewer logs than there are. What is missing came after the last batch that fits, or, if that
 * does not help, after the last deposit that a batch has taken: a batch vouches for itself and for the deposits taken so far.
 */
function lastProven(database: Database.Database, firstBlock: bigint): bigint {
  const last = InboxRecords.lastBatch(database);
  const deposits = InboxRecords.batch(database, last)?.batch.depositsTo ?? 0n;
  const sinceBatch = InboxRecords.l1BlockOf(database, "batches", last) ?? firstBlock;
  const sinceDeposit = InboxRecords.l1BlockOf(database, "deposits", deposits - 1n) ?? firstBlock;
  const mark = Rlp.fromBigInt(last);
  const before = Database.meta(database, MISMATCH_AFTER);
  const isAgain = before !== undefined && Bytes.equals(before, mark);
  Database.putMeta(database, MISMATCH_AFTER, mark);
  const since = isAgain && sinceDeposit < sinceBatch ? sinceDeposit : sinceBatch;
  // What is kept has to end where a reading ended: the next one begins there.
  const end = L1Tables.blockUpTo(database, Number(since - 1n));
  return end === undefined ? firstBlock - 1n : BigInt(end.number);
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

/** The deposits by index, of which only those that the batch consumes are looked up. What it says of them is not checked yet. */
function depositsOf(database: Database.Database, { batch }: BatchEvent): Deposit.Deposit[] {
  const count = InboxRecords.depositCount(database);
  const deposits = new Array<Deposit.Deposit>(Number(count));
  const end = batch.depositsTo < count ? batch.depositsTo : count;
  for (let index = batch.depositsFrom; index < end; index++) {
    const deposit = InboxRecords.deposit(database, index);
    if (deposit !== undefined) deposits[Number(index)] = deposit;
  }
  return deposits;
}
