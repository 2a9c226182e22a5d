// The bytes of the log in which acknowledged transactions lie: its format and a random mark, then a record for each group
// that was flushed at once, all of it or nothing. A record is
//   mark 8, length of the body u32, CRC-32 of length and body u32, body: transactions, each length u32, bytes.
// A group is written once the one before is durable, so only the last record can be unfinished: whatever is wrong there was
// never acknowledged and is cut off. A broken record with a whole one after it held transactions that were acknowledged:
// that stops the sequencer. The mark is random so that nobody can send a transaction that looks like a record.
import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";

/** What a log holds, and where its last whole record ends. */
export type Recovered = {
  readonly mark: Uint8Array;
  readonly transactions: readonly Uint8Array[];
  readonly end: number;
};

const FORMAT = new TextEncoder().encode("TRIBPEN1");
const MARK_LENGTH = 8;
const LENGTH_BYTES = 4;
const BODY_START = MARK_LENGTH + LENGTH_BYTES + 4;
export const HEADER_LENGTH = FORMAT.length + MARK_LENGTH;

/** A log without records. */
export function begin(mark: Uint8Array): Uint8Array {
  return Bytes.concat(FORMAT, mark);
}

/** A random mark, which tells the records of one file from those of another. */
export function newMark(): Uint8Array {
  return new Uint8Array(randomBytes(MARK_LENGTH));
}

/** The record of a group of transactions. */
export function encodeRecord(mark: Uint8Array, transactions: readonly Uint8Array[]): Uint8Array {
  const length = transactions.reduce((sum, one) => sum + LENGTH_BYTES + one.length, 0);
  const record = new Uint8Array(BODY_START + length);
  const view = new DataView(record.buffer);
  record.set(mark);
  view.setUint32(MARK_LENGTH, length);
  let position = BODY_START;
  for (const transaction of transactions) {
    view.setUint32(position, transaction.length);
    record.set(transaction, position + LENGTH_BYTES);
    position += LENGTH_BYTES + transaction.length;
  }
  view.setUint32(MARK_LENGTH + LENGTH_BYTES, checksum(record));
  return record;
}

/** Reads a log; none if its beginning was never written whole. Throws NotALogError or CorruptError. */
export function recover(file: Uint8Array): Recovered | undefined {
  if (!Bytes.equals(file.subarray(0, FORMAT.length), FORMAT.subarray(0, file.length)))
    throw new NotALogError(file.slice(0, FORMAT.length));
  if (file.length < HEADER_LENGTH) return undefined;
  const mark = file.slice(FORMAT.length, HEADER_LENGTH);
  const transactions: Uint8Array[] = [];
  let end = HEADER_LENGTH;
  for (;;) {
    const record = wholeRecord(file, mark, end);
    if (record === undefined) break;
    for (const transaction of readTransactions(record)) transactions.push(transaction);
    end += record.length;
  }
  for (let position = end + 1; position + BODY_START <= file.length; position++) {
    if (wholeRecord(file, mark, position) !== undefined) throw new CorruptError(end, position);
  }
  return { mark, transactions, end };
}

function wholeRecord(file: Uint8Array, mark: Uint8Array, start: number): Uint8Array | undefined {
  if (start + BODY_START > file.length) return undefined;
  if (!Bytes.equals(file.subarray(start, start + MARK_LENGTH), mark)) return undefined;
  const view = new DataView(file.buffer, file.byteOffset + start, BODY_START);
  const end = start + BODY_START + view.getUint32(MARK_LENGTH);
  if (end > file.length) return undefined;
  const record = file.subarray(start, end);
  return checksum(record) === view.getUint32(MARK_LENGTH + LENGTH_BYTES) ? record : undefined;
}

function readTransactions(record: Uint8Array): Uint8Array[] {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const transactions: Uint8Array[] = [];
  for (let position = BODY_START; position < record.length;) {
    const start = position + LENGTH_BYTES;
    position = start + view.getUint32(position);
    transactions.push(record.slice(start, position));
  }
  return transactions;
}

function checksum(record: Uint8Array): number {
  const length = record.subarray(MARK_LENGTH, MARK_LENGTH + LENGTH_BYTES);
  return crc32(record.subarray(BODY_START), crc32(length));
}

export class NotALogError extends Error {
  override readonly name = "PendingLog.NotALogError";
  readonly beginning: Uint8Array;
  constructor(beginning: Uint8Array) {
    super(
      `expected a log of transactions that wait, got a file that begins with ${Hex.fromBytes(beginning)}`,
    );
    this.beginning = beginning;
  }
}

/** A record that was durable is broken: a later one is whole. */
export class CorruptError extends Error {
  override readonly name = "PendingLog.CorruptError";
  readonly position: number;
  readonly later: number;
  constructor(position: number, later: number) {
    super(
      `the log of transactions that wait is broken at byte ${position}, but whole at byte ${later}`,
    );
    this.position = position;
    this.later = later;
  }
}
