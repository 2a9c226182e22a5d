// A block in the making: candidates are offered one at a time, each is taken or refused with its reason, and
// what was taken is the bytes that give the same block again. The batch it will lie in is not posted yet.
import * as Bytes from "../primitives/bytes.ts";
import type * as Batch from "../protocol/batch.ts";
import * as Body from "../protocol/body.ts";
import { MAX_BODY_BYTES, MAX_ENTRIES, MAX_TRANSACTION_BYTES } from "../protocol/limits.ts";
import { assert } from "../primitives/assert.ts";
import * as Block from "./block.ts";
import type * as Context from "./context.ts";
import type * as Inbox from "./inbox.ts";
import type * as Machine from "./machine.ts";
import * as Phase from "./phase.ts";
import type * as Tip from "./tip.ts";

/** What the sequencer decides of a batch before it is posted. */
export type Draft = {
  /** The batch's number: one more than the latest posted. */
  readonly index: bigint;
  readonly originNumber: bigint;
  readonly originHash: Uint8Array;
  readonly originHeader: Uint8Array;
  readonly depositsFrom: bigint;
  readonly depositsTo: bigint;
  /** The blocks that are already in it, as bytes of the body. */
  readonly body: Uint8Array;
};

export type BlockBuilder = {
  readonly machine: Machine.Machine;
  readonly bytes: DraftBytes;
  /** Where the block's head lies in the body. */
  readonly head: number;
  readonly deposits: number;
  readonly results: Machine.Result[];
};

/** What became of a candidate. */
export type Offer =
  | { readonly type: "taken"; readonly result: Machine.Result }
  | { readonly type: "refused"; readonly reason: string };

/** A finished block, and the body of the batch up to and with it. */
export type Sealed = Block.ExecutedBlock & { readonly body: Uint8Array };

type DraftBytes = { readonly buffer: Uint8Array; length: number };

const NOT_YET = 2n ** 64n - 1n;
const UNKNOWN = new Uint8Array(32);

/** Begins a block after a tip, with its system calls and the deposits it must take; throws BodyFullError. */
export function create(
  tip: Tip.Tip,
  context: Context.Context,
  inbox: Inbox.Inbox,
  draft: Draft,
  timestamp: bigint,
): BlockBuilder {
  const bytes: DraftBytes = { buffer: new Uint8Array(MAX_BODY_BYTES), length: 0 };
  const head = draft.body.length;
  if (head + Body.BLOCK_HEAD_BYTES > MAX_BODY_BYTES) throw new BodyFullError(head);
  append(bytes, draft.body);
  append(bytes, Bytes.fromBigInt(timestamp, Body.TIMESTAMP_BYTES));
  append(bytes, Bytes.fromNumber(0, Body.SIZE_BYTES));

  const machine = Block.after(tip, context, withDraft(inbox, draft, bytes));
  const results: Machine.Result[] = [];
  Block.begin(machine);
  while (machine.phase === Phase.ENTRY && mayTakeDeposit(machine)) {
    const result = Block.takeEntry(machine);
    if (result !== null) results.push(result);
  }
  return { machine, bytes, head, deposits: results.length, results };
}

/** Runs a candidate. A refused one leaves no trace. */
export function offer(builder: BlockBuilder, encoded: Uint8Array): Offer {
  const { machine, bytes, results } = builder;
  const { block } = machine;
  if (encoded.length > MAX_TRANSACTION_BYTES)
    return { type: "refused", reason: "transaction too long" };
  if (block.entries >= MAX_ENTRIES) return { type: "refused", reason: "entries" };
  const lengthBefore = bytes.length;
  if (lengthBefore + Body.ENTRY_HEAD_BYTES + encoded.length > MAX_BODY_BYTES)
    return { type: "refused", reason: "body size" };

  append(bytes, Bytes.fromNumber(encoded.length, Body.ENTRY_HEAD_BYTES));
  append(bytes, encoded);
  machine.block = { ...block, blockEnd: BigInt(bytes.length) };
  const result = Block.takeEntry(machine);
  if (result !== null) {
    results.push(result);
    return { type: "taken", result };
  }

  const { refusal } = machine;
  assert(refusal !== null, "an entry is taken or refused");
  bytes.length = lengthBefore;
  machine.block = block;
  return { type: "refused", reason: refusal };
}

/** Ends the block. The builder is of no use afterwards. */
export function seal(builder: BlockBuilder): Sealed {
  const { machine, bytes, head, deposits, results } = builder;
  Block.takeEntry(machine);
  const { done, block } = machine;
  assert(done !== null, "nothing is left to take");

  const body = bytes.buffer.slice(0, bytes.length);
  const size = bytes.length - head - Body.BLOCK_HEAD_BYTES;
  body.set(Bytes.fromNumber(size, Body.SIZE_BYTES), head + Body.TIMESTAMP_BYTES);
  return { tip: done, block, results, depositCount: deposits, refusals: [], body };
}

function mayTakeDeposit({ block }: Machine.Machine): boolean {
  return block.deposits < block.depositsEnd && block.entries < MAX_ENTRIES;
}

function append(bytes: DraftBytes, more: Uint8Array): void {
  bytes.buffer.set(more, bytes.length);
  bytes.length += more.length;
}

// The posted batches, and behind them the draft, which has no end yet.
function withDraft(inbox: Inbox.Inbox, draft: Draft, bytes: DraftBytes): Inbox.Inbox {
  return {
    ...inbox,
    lastBlock: (batch) => (batch === draft.index ? NOT_YET : inbox.lastBlock(batch)),
    batch: (batch) => (batch === draft.index ? batchOf(draft, bytes) : inbox.batch(batch)),
    body: (batch) => (batch === draft.index ? bytes.buffer : inbox.body(batch)),
    originHeader: (batch) =>
      batch === draft.index ? draft.originHeader : inbox.originHeader(batch),
  };
}

// No header of a block depends on what is not known yet.
function batchOf(draft: Draft, bytes: DraftBytes): Batch.Batch {
  return {
    previous: UNKNOWN,
    version: 0,
    codec: 0,
    firstBlock: 0n,
    lastBlock: NOT_YET,
    postedAt: NOT_YET,
    originNumber: draft.originNumber,
    originHash: draft.originHash,
    bodyRoot: UNKNOWN,
    bodySize: bytes.length,
    depositsRoot: UNKNOWN,
    depositsFrom: draft.depositsFrom,
    depositsTo: draft.depositsTo,
  };
}

export class BodyFullError extends RangeError {
  override readonly name = "BlockBuilder.BodyFullError";
  readonly length: number;
  constructor(length: number) {
    super(`expected room for another block in a body, got ${length} bytes`);
    this.length = length;
  }
}
