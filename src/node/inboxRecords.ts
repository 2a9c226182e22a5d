// What the node has read of the inbox and the portal, as the machine asks for it.

import { inboxOf } from "../derivation/inbox.ts";
import type * as Inbox from "../machine/inbox.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Rlp from "../primitives/rlp.ts";
import type * as Batch from "../protocol/batch.ts";
import type * as Deposit from "../protocol/deposit.ts";
import type * as Database from "./database.ts";
import * as L1Tables from "./l1Tables.ts";

/** A batch as posted, with its bytes and the L1 header it names. */
export type PostedBatch = {
  readonly number: bigint;
  readonly accumulator: Uint8Array;
  readonly batch: Batch.Batch;
  readonly body: Uint8Array;
  /** RLP of the origin's header. */
  readonly originHeader: Uint8Array;
};

const REMEMBERED = 64;

/** Keeps a batch that was posted in `l1Block`; batches are kept in order, from 1 on (0 is genesis). */
export function putBatch(
  database: Database.Database,
  l1Block: number,
  { number, accumulator, batch, body, originHeader }: PostedBatch,
): void {
  const integers = [
    BigInt(batch.version),
    BigInt(batch.codec),
    batch.firstBlock,
    batch.lastBlock,
    batch.postedAt,
    batch.originNumber,
    BigInt(batch.bodySize),
    batch.depositsFrom,
    batch.depositsTo,
  ];
  const { previous, originHash, bodyRoot, depositsRoot } = batch;
  const words = [previous, originHash, bodyRoot, depositsRoot, accumulator];
  const encoded = Rlp.encode([integers.map(Rlp.fromBigInt), words, body, originHeader]);
  L1Tables.putRecord(database, "batches", Number(number), l1Block, encoded);
}

/** A batch that was posted, or undefined. */
export function batch(database: Database.Database, number: bigint): PostedBatch | undefined {
  const encoded = L1Tables.record(database, "batches", Number(number));
  return encoded === undefined ? undefined : decodeBatch(number, encoded);
}

function decodeBatch(number: bigint, encoded: Uint8Array): PostedBatch {
  const [integerItems, wordItems, body, originHeader] = Rlp.decodeList(encoded);
  const integers = Rlp.toList(integerItems);
  const words = Rlp.toList(wordItems);
  const integer = (index: number) => Rlp.toBigInt(Rlp.toBytes(integers[index]));
  const word = (index: number) => Rlp.toBytes(words[index]);
  return {
    number,
    accumulator: word(4),
    batch: {
      previous: word(0),
      version: Number(integer(0)),
      codec: Number(integer(1)),
      firstBlock: integer(2),
      lastBlock: integer(3),
      postedAt: integer(4),
      originNumber: integer(5),
      originHash: word(1),
      bodyRoot: word(2),
      bodySize: Number(integer(6)),
      depositsRoot: word(3),
      depositsFrom: integer(7),
      depositsTo: integer(8),
    },
    body: Rlp.toBytes(body),
    originHeader: Rlp.toBytes(originHeader),
  };
}

/** Keeps a deposit that was made in its own L1 block; deposits are kept in order, from 0 on. */
export function putDeposit(
  database: Database.Database,
  deposit: Deposit.Deposit,
  alias: Uint8Array,
): void {
  const encoded = Rlp.encode([
    Rlp.fromBigInt(deposit.l1Time),
    deposit.from,
    deposit.isCreation ? Bytes.EMPTY : deposit.to,
    Rlp.fromBigInt(deposit.mint),
    Rlp.fromBigInt(deposit.value),
    Rlp.fromBigInt(deposit.gasLimit),
    deposit.data,
    Rlp.fromBigInt(deposit.l1Block),
    alias,
  ]);
  const { index, l1Block } = deposit;
  L1Tables.putRecord(database, "deposits", Number(index), Number(l1Block), encoded);
}

/** A deposit that was made, or undefined. */
export function deposit(database: Database.Database, index: bigint): Deposit.Deposit | undefined {
  const encoded = L1Tables.record(database, "deposits", Number(index));
  if (encoded === undefined) return undefined;
  const fields = Rlp.decodeList(encoded);
  const bytesOf = (field: number) => Rlp.toBytes(fields[field]);
  const integer = (field: number) => Rlp.toBigInt(bytesOf(field));
  const to = bytesOf(2);
  const isCreation = to.length === 0;
  return {
    index,
    l1Block: integer(7),
    l1Time: integer(0),
    from: bytesOf(1),
    isCreation,
    to: isCreation ? new Uint8Array(20) : to,
    mint: integer(3),
    value: integer(4),
    gasLimit: integer(5),
    data: bytesOf(6),
  };
}

/** The hash under which OP-stack clients look a deposit up. */
export function aliasOf(database: Database.Database, index: bigint): Uint8Array | undefined {
  const encoded = L1Tables.record(database, "deposits", Number(index));
  return encoded === undefined ? undefined : Rlp.toBytes(Rlp.decodeList(encoded)[8]);
}

/** The number of the last batch that was posted; 0 if none was. */
export function lastBatch(database: Database.Database): bigint {
  return BigInt(L1Tables.countRecords(database, "batches"));
}

/** The L1 block of a batch or a deposit, or undefined if it was not read. */
export function l1BlockOf(
  database: Database.Database,
  table: L1Tables.Table,
  number: bigint,
): bigint | undefined {
  const l1Block = L1Tables.blockOfRecord(database, table, Number(number));
  return l1Block === undefined ? undefined : BigInt(l1Block);
}

/** How many deposits were made. */
export function depositCount(database: Database.Database): bigint {
  return BigInt(L1Tables.countRecords(database, "deposits"));
}

/** The inbox as the machine reads it; reading throws MissingBatchError or MissingDepositError for what L1 did not log yet. */
export function inbox(database: Database.Database, portal: Uint8Array): Inbox.Inbox {
  const remembered = new Map<bigint, PostedBatch>();
  let truncations = database.l1Truncations;
  const posted = (number: bigint): PostedBatch => {
    // Another batch may have taken the number meanwhile.
    if (truncations !== database.l1Truncations) remembered.clear();
    truncations = database.l1Truncations;
    const known = remembered.get(number);
    if (known !== undefined) return known;
    const found = batch(database, number);
    if (found === undefined) throw new MissingBatchError(number);
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(number, found);
    return found;
  };
  return inboxOf({
    portal,
    batchCount: () => lastBatch(database),
    batchAt: posted,
    depositAt: (index) => {
      const found = deposit(database, index);
      if (found === undefined) throw new MissingDepositError(index);
      return found;
    },
  });
}

export class MissingBatchError extends Error {
  override readonly name = "InboxRecords.MissingBatchError";
  readonly number: bigint;
  constructor(number: bigint) {
    super(`batch ${number} has not been read from L1`);
    this.number = number;
  }
}

export class MissingDepositError extends Error {
  override readonly name = "InboxRecords.MissingDepositError";
  readonly index: bigint;
  constructor(index: bigint) {
    super(`deposit ${index} has not been read from L1 in a batch`);
    this.index = index;
  }
}
