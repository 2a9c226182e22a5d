// Blocks that the inbox counts as owed to deposits: one for each that was taken, less the blocks since (ADR 0011). Where they
// are owed for a window the inbox is open to anyone; empty blocks pay them off, and cost nothing.
import type * as Chain from "../node/chain.ts";
import type * as Database from "../node/database.ts";
import * as InboxRecords from "../node/inboxRecords.ts";
import type { BatchDraft } from "./drafts.ts";

export type OwedBlocks = {
  /** What is owed after the last batch that was counted, and where it ended. */
  owed: bigint;
  batch: bigint;
  lastBlock: bigint;
  depositsTo: bigint;
  truncations: number;
  /** The time of L1 when something was first seen to be owed. */
  since: bigint | undefined;
};

/** Well below any window: users send transactions, and with them come blocks, long before. */
export const PAY_AFTER_SECONDS = 3_600n;
/** What was owed longer ago than so many batches has been paid. */
const BATCHES_COUNTED = 1_000n;

/** Nothing was counted yet. */
export function create(): OwedBlocks {
  return { owed: 0n, batch: 0n, lastBlock: 0n, depositsTo: 0n, truncations: -1, since: undefined };
}

/** Whether it is time to make blocks for nothing but what is owed. */
export function isDue(
  count: OwedBlocks,
  { database, tip }: Chain.Chain,
  lastDraft: BatchDraft | undefined,
  l1Time: bigint,
): boolean {
  update(count, database);
  const taken = (lastDraft?.depositsTo ?? count.depositsTo) - count.depositsTo;
  const owed = count.owed + taken - (tip.number - count.lastBlock);
  if (owed <= 0n) {
    count.since = undefined;
    return false;
  }
  count.since ??= l1Time;
  return l1Time - count.since >= PAY_AFTER_SECONDS;
}

function update(count: OwedBlocks, database: Database.Database): void {
  const last = InboxRecords.lastBatch(database);
  if (count.truncations !== database.l1Truncations) {
    const first = last > BATCHES_COUNTED ? last - BATCHES_COUNTED : 0n;
    const before = InboxRecords.batch(database, first)?.batch;
    count.owed = 0n;
    count.batch = first;
    count.lastBlock = before?.lastBlock ?? 0n;
    count.depositsTo = before?.depositsTo ?? 0n;
    count.truncations = database.l1Truncations;
  }
  while (count.batch < last) {
    count.batch += 1n;
    const posted = InboxRecords.batch(database, count.batch);
    if (posted === undefined) throw new InboxRecords.MissingBatchError(count.batch);
    const { firstBlock, lastBlock, depositsFrom, depositsTo } = posted.batch;
    const owed = count.owed + (depositsTo - depositsFrom) - (lastBlock - firstBlock + 1n);
    count.owed = owed > 0n ? owed : 0n;
    count.lastBlock = lastBlock;
    count.depositsTo = depositsTo;
  }
}
