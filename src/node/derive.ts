// Deriving blocks from the batches that were read: what any node does, with or without a sequencer.

import * as Block from "../machine/block.ts";
import type * as Inbox from "../machine/inbox.ts";
import * as Rlp from "../primitives/rlp.ts";
import * as Chain from "./chain.ts";
import * as Database from "./database.ts";
import * as L1Tables from "./l1Tables.ts";
import * as Execution from "./execution.ts";
import * as InboxRecords from "./inboxRecords.ts";
import type { BlockRecord } from "./record.ts";

export type Derivation = {
  readonly chain: Chain.Chain;
  readonly inbox: Inbox.Inbox;
  readonly onBlock: (block: BlockRecord) => void;
  /** Whether the blocks the node already has are exactly those of the batch. */
  readonly isOwn: (batch: InboxRecords.PostedBatch) => boolean;
  /** Forgets the blocks above `number`, because L1 says otherwise. */
  readonly truncate: (number: bigint) => void;
  /** Waited for after each block, in which other work is done. */
  readonly rest: () => Promise<void>;
};

const DERIVED = "derived";
const CUT_BACK_DUE = "cutBackDue";

/** The number of the last batch whose blocks the chain holds. */
export function lastDerived(database: Database.Database): bigint {
  const value = Database.meta(database, DERIVED);
  return value === undefined ? 0n : Rlp.toBigInt(value);
}

/** The number of the last block that stands on L1. */
export function lastSafe(database: Database.Database): bigint {
  const derived = lastDerived(database);
  return InboxRecords.batch(database, derived)?.batch.lastBlock ?? 0n;
}

/** The number of the last block that was derived from a batch in L1 blocks up to `l1Block`. */
export function lastWithin(database: Database.Database, l1Block: bigint): bigint {
  const posted = BigInt(L1Tables.lastRecord(database, "batches", Number(l1Block)) ?? 0);
  const derived = lastDerived(database);
  const last = posted < derived ? posted : derived;
  return InboxRecords.batch(database, last)?.batch.lastBlock ?? 0n;
}

/**
 * Forgets what was read from L1 blocks above `number`, and that it was derived. Whatever happens next, the blocks stay due to be cut
 * back: L1 may have other batches in place of these before anybody looks at how many there are.
 */
export function forgetL1(database: Database.Database, number: bigint): void {
  Database.atomically(database, () => {
    L1Tables.truncate(database, Number(number));
    const last = InboxRecords.lastBatch(database);
    if (lastDerived(database) > last) putDerived(database, last);
    Database.putMeta(database, CUT_BACK_DUE, new Uint8Array([1]));
  });
}

/** Whether something was forgotten of which blocks may still be there. */
export function isCutBackDue(database: Database.Database): boolean {
  return Database.meta(database, CUT_BACK_DUE) !== undefined;
}

/** Goes back to the last block that was derived from what L1 still had. */
export function cutBack({ chain, truncate }: Derivation): void {
  const { database } = chain;
  const safe = lastSafe(database);
  if (chain.tip.number > safe) truncate(safe);
  Database.deleteMeta(database, CUT_BACK_DUE);
}

/** Derives every batch that was read and not yet derived; stops between blocks when aborted. */
export async function derive(derivation: Derivation, signal: AbortSignal): Promise<void> {
  const { database } = derivation.chain;
  for (;;) {
    const posted = InboxRecords.batch(database, lastDerived(database) + 1n);
    if (posted === undefined) return;
    if (!derivation.isOwn(posted)) await deriveBatch(derivation, posted, signal);
    putDerived(database, posted.number);
  }
}

async function deriveBatch(
  derivation: Derivation,
  { batch, body }: InboxRecords.PostedBatch,
  signal: AbortSignal,
): Promise<void> {
  const { chain, inbox, onBlock, truncate, rest } = derivation;
  const before = batch.firstBlock - 1n;
  if (chain.tip.number > before) truncate(before);
  while (chain.tip.number < batch.lastBlock) {
    signal.throwIfAborted();
    const { tip } = chain;
    const executed = Block.execute(tip, chain.context, inbox);
    const start = tip.number === before ? 0n : tip.byteOffset;
    const entries = Execution.takenEntries(executed, body, start);
    const aliasOf = (index: bigint) => InboxRecords.aliasOf(chain.database, index);
    Chain.append(chain, Execution.toNewBlock(executed, inbox, entries, aliasOf));
    onBlock(chain.head);
    await rest();
  }
}

function putDerived(database: Database.Database, batch: bigint): void {
  Database.putMeta(database, DERIVED, Rlp.fromBigInt(batch));
}
