// Batches that are made and not yet read back from L1: what they will say, and the blocks in them.

import type * as BlockBuilder from "../machine/blockBuilder.ts";
import type * as Inbox from "../machine/inbox.ts";
import * as Chain from "../node/chain.ts";
import * as Database from "../node/database.ts";
import * as InboxRecords from "../node/inboxRecords.ts";
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Rlp from "../primitives/rlp.ts";
import * as Body from "../protocol/body.ts";
import * as Deposit from "../protocol/deposit.ts";

export type BatchDraft = BlockBuilder.Draft & {
  readonly firstBlock: bigint;
  /** One less than the first while there are no blocks. */
  readonly lastBlock: bigint;
  /** No more blocks go in; it is posted, or waits to be. */
  readonly isClosed: boolean;
  readonly openedAtMs: number;
};

const key = (index: bigint) => `draft:${index}`;

/** Keeps what cannot be found out again from the draft's blocks. */
export function save(database: Database.Database, draft: BatchDraft): void {
  const integers = [draft.originNumber, draft.depositsFrom, draft.depositsTo, draft.firstBlock];
  const encoded = [...integers.map(Rlp.fromBigInt), draft.originHash, draft.originHeader];
  Database.putMeta(database, key(draft.index), Rlp.encode(encoded));
}

/** Forgets the draft of a batch, which stands on L1 now or never will. */
export function forget(database: Database.Database, index: bigint): void {
  Database.deleteMeta(database, key(index));
}

/** The drafts of the blocks that the chain holds beyond what was read from L1, oldest first; all of them closed. */
export function restore(chain: Chain.Chain): BatchDraft[] {
  const { database } = chain;
  const drafts: BatchDraft[] = [];
  for (let index = InboxRecords.lastBatch(database) + 1n; ; index++) {
    const encoded = Database.meta(database, key(index));
    if (encoded === undefined) return drafts;
    const fields = Rlp.decodeList(encoded);
    const bytesOf = (field: number) => Rlp.toBytes(fields[field]);
    const integer = (field: number) => Rlp.toBigInt(bytesOf(field));
    const firstBlock = integer(3);
    const blocks = blocksOf(chain, index, firstBlock);
    if (blocks.length === 0) return drafts;
    drafts.push({
      index,
      originNumber: integer(0),
      originHash: bytesOf(4),
      originHeader: bytesOf(5),
      depositsFrom: integer(1),
      depositsTo: integer(2),
      firstBlock,
      lastBlock: firstBlock + BigInt(blocks.length) - 1n,
      body: Body.encode(blocks),
      isClosed: true,
      openedAtMs: 0,
    });
  }
}

function blocksOf(chain: Chain.Chain, index: bigint, firstBlock: bigint): Body.BodyBlock[] {
  const blocks: Body.BodyBlock[] = [];
  for (let number = firstBlock; ; number++) {
    const block = Chain.blockByNumber(chain, number);
    if (block?.done.batch !== index) return blocks;
    const transactions = Database.transactionsOf(chain.database, Number(number))
      .map(({ encoded }) => encoded)
      .filter(([type]) => type !== Deposit.TRANSACTION_TYPE);
    blocks.push({ timestamp: block.header.timestamp, transactions });
  }
}

/** Whether the posted batch is this draft: then the blocks made with it are its blocks. */
export function isPostedAs(draft: BatchDraft, { batch, body }: InboxRecords.PostedBatch): boolean {
  return (
    batch.firstBlock === draft.firstBlock &&
    batch.lastBlock === draft.lastBlock &&
    batch.depositsTo === draft.depositsTo &&
    Bytes.equals(batch.originHash, draft.originHash) &&
    Bytes.equals(body, draft.body)
  );
}

/** The inbox with the drafts behind it, as the builder of the next block reads it. */
export function over(inbox: Inbox.Inbox, drafts: readonly BatchDraft[]): Inbox.Inbox {
  const draftOf = (batch: bigint) => drafts.find(({ index }) => index === batch);
  return { ...inbox, lastBlock: (batch) => draftOf(batch)?.lastBlock ?? inbox.lastBlock(batch) };
}

/** The inbox as it will be once the draft is posted at `postedAt`, for deriving its blocks again. */
export function asPosted(inbox: Inbox.Inbox, draft: BatchDraft, postedAt: bigint): Inbox.Inbox {
  const zero = new Uint8Array(32);
  const batch = {
    ...{ previous: zero, version: 0, codec: 0, postedAt, depositsRoot: zero },
    ...{ firstBlock: draft.firstBlock, lastBlock: draft.lastBlock },
    ...{ originNumber: draft.originNumber, originHash: draft.originHash },
    ...{ bodyRoot: Body.root(draft.body), bodySize: draft.body.length },
    ...{ depositsFrom: draft.depositsFrom, depositsTo: draft.depositsTo },
  };
  assert(draft.isClosed, "a draft that still grows is not posted");
  const isDraft = (index: bigint) => index === draft.index;
  return {
    ...inbox,
    lastBlock: (index) => (isDraft(index) ? draft.lastBlock : inbox.lastBlock(index)),
    batch: (index) => (isDraft(index) ? batch : inbox.batch(index)),
    body: (index) => (isDraft(index) ? draft.body : inbox.body(index)),
    originHeader: (index) => (isDraft(index) ? draft.originHeader : inbox.originHeader(index)),
  };
}
