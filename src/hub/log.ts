// What a party keeps on disk about its channels: an append-only file of records, one for each group commit, each all
// or nothing. The file begins with its format and a random mark; a record is
//   mark 8, length of the body u32, sequence u64, CRC-32 of length, sequence and body u32, body:
//   puts, each key length u8, value length u32, key, value. An empty value removes the key.
// Only the last record can be unfinished, and nothing that depends on it was sent: whatever is wrong there is cut off.
// A broken record with a whole one after it was durable once, and may hold a signature that is out: that stops the party.
// The mark is random so that no peer can have bytes stored that look like a record.
import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import type { Disk } from "./disk.ts";

/** A value for a key; the empty value removes it. */
export type Put = { readonly key: Uint8Array; readonly value: Uint8Array };

export type Log = {
  readonly disk: Disk;
  readonly mark: Uint8Array;
  /** What is durable. */
  readonly values: Map<string, Put>;
  /** The sequence number of the next record. */
  sequence: bigint;
  /** Bytes of the file, and what they were when it held nothing but what is live. */
  size: number;
  compactSize: number;
  /** What the next record will hold, and the flush that will write it. */
  waiting: Put[];
  next: Promise<void> | undefined;
  last: Promise<void>;
  failure: unknown;
};

const FORMAT = new TextEncoder().encode("TRIBLOG1");
const MARK_LENGTH = 8;
const FILE_HEADER_LENGTH = FORMAT.length + MARK_LENGTH;
const RECORD_HEADER_LENGTH = MARK_LENGTH + 16;
const PUT_HEADER_LENGTH = 5;
export const MAX_KEY_LENGTH = 255;
export const MAX_VALUE_LENGTH = 1 << 20;
/** The file is written anew when it is this large, and this many times larger than what is live. */
const COMPACT_FROM = 8 << 20;
const COMPACT_RATIO = 4;

/**
 * Reads the log, cuts a torn tail off, and stands ready; throws NotALogError, CorruptError or BrokenBeginningError. What is read may stand in the
 * system's memory alone, after a process that was killed or a flush that failed: it is written anew before anything
 * depends on it.
 */
export async function open(disk: Disk): Promise<Log> {
  const file = await disk.read();
  const found = recover(file);
  const mark = found?.mark ?? new Uint8Array(randomBytes(MARK_LENGTH));
  await disk.replace(found === undefined ? Bytes.concat(FORMAT, mark) : file.slice(0, found.end));
  const values = found?.values ?? new Map<string, Put>();
  const sequence = found?.sequence ?? 0n;
  return {
    ...{ disk, mark, values, sequence },
    size: found?.end ?? FILE_HEADER_LENGTH,
    compactSize: compacted(mark, values, sequence).length,
    waiting: [],
    next: undefined,
    last: Promise.resolve(),
    failure: undefined,
  };
}

/** The durable values, in no order. */
export function puts(log: Log): readonly Put[] {
  return [...log.values.values()];
}

/**
 * Makes the puts durable, with all that came while the disk was busy, in the order in which they came. Rejects with
 * RefusedError when the disk fails, now or since the log was opened: what is on disk is then not known.
 */
export function commit(log: Log, puts: readonly Put[]): Promise<void> {
  puts.forEach(check);
  log.waiting.push(...puts);
  log.next ??= log.last.then(() => {
    log.next = undefined;
    const flushed = flush(log);
    log.last = flushed.catch(() => undefined);
    return flushed;
  });
  return log.next;
}

async function flush(log: Log): Promise<void> {
  if (log.failure !== undefined) throw new RefusedError(log.failure);
  const puts = log.waiting;
  log.waiting = [];
  try {
    const record = encodeRecord(log.mark, log.sequence, puts);
    log.disk.append(record);
    await log.disk.flush();
    log.sequence += 1n;
    log.size += record.length;
    for (const put of puts) apply(log.values, put);
    if (log.size > Math.max(COMPACT_FROM, COMPACT_RATIO * log.compactSize)) await compact(log);
  } catch (error) {
    log.failure = error;
    throw new RefusedError(error);
  }
}

/** Writes the file anew with nothing but what is live. */
export async function compact(log: Log): Promise<void> {
  const file = compacted(log.mark, log.values, log.sequence);
  await log.disk.replace(file);
  log.sequence += 1n;
  log.size = file.length;
  log.compactSize = file.length;
}

type Recovered = {
  readonly mark: Uint8Array;
  readonly values: Map<string, Put>;
  readonly sequence: bigint;
  readonly end: number;
};

/**
 * What a file holds: its live values, the next sequence number, where its last whole record ends. None if it never began.
 * Throws NotALogError, CorruptError or BrokenBeginningError.
 */
export function recover(file: Uint8Array): Recovered | undefined {
  if (!Bytes.equals(file.subarray(0, FORMAT.length), FORMAT.subarray(0, file.length)))
    throw new NotALogError(file.slice(0, FORMAT.length));
  if (file.length < FILE_HEADER_LENGTH) return undefined;
  const mark = file.slice(FORMAT.length, FILE_HEADER_LENGTH);
  const values = new Map<string, Put>();
  let end = FILE_HEADER_LENGTH;
  let sequence: bigint | undefined;
  for (;;) {
    const record = readRecord(file, mark, end);
    if (record === undefined || (sequence !== undefined && record.sequence !== sequence)) break;
    for (const put of record.puts) apply(values, put);
    sequence = record.sequence + 1n;
    end = record.end;
  }
  for (let position = end; position <= file.length - RECORD_HEADER_LENGTH; position++) {
    const later = readRecord(file, mark, position);
    if (later !== undefined) throw new CorruptError(end, later.sequence);
  }
  if (sequence === undefined) checkBeginning(file);
  return { mark, values, sequence: sequence ?? 0n, end };
}

/**
 * A file of which no record is whole has none, or had its first one torn. That has number zero: a higher one stands there
 * only where the file was written anew, as a whole; and one that is whole by a mark of its own had its mark in the header.
 */
function checkBeginning(file: Uint8Array): void {
  const bodyStart = FILE_HEADER_LENGTH + RECORD_HEADER_LENGTH;
  if (file.length < bodyStart) return;
  const mark = file.subarray(FILE_HEADER_LENGTH, FILE_HEADER_LENGTH + MARK_LENGTH);
  const whole = readRecord(file, mark, FILE_HEADER_LENGTH);
  const view = new DataView(file.buffer, file.byteOffset + FILE_HEADER_LENGTH);
  const sequence = view.getBigUint64(MARK_LENGTH + 4);
  if (whole !== undefined || sequence !== 0n) throw new BrokenBeginningError(sequence);
}

function compacted(
  mark: Uint8Array,
  values: ReadonlyMap<string, Put>,
  sequence: bigint,
): Uint8Array {
  return Bytes.concat(FORMAT, mark, encodeRecord(mark, sequence, [...values.values()]));
}

function encodeRecord(mark: Uint8Array, sequence: bigint, puts: readonly Put[]): Uint8Array {
  const length = puts.reduce(
    (sum, { key, value }) => sum + PUT_HEADER_LENGTH + key.length + value.length,
    0,
  );
  const record = new Uint8Array(RECORD_HEADER_LENGTH + length);
  const view = new DataView(record.buffer);
  record.set(mark);
  view.setUint32(MARK_LENGTH, length);
  view.setBigUint64(MARK_LENGTH + 4, sequence);
  let position = RECORD_HEADER_LENGTH;
  for (const { key, value } of puts) {
    view.setUint8(position, key.length);
    view.setUint32(position + 1, value.length);
    record.set(key, position + PUT_HEADER_LENGTH);
    record.set(value, position + PUT_HEADER_LENGTH + key.length);
    position += PUT_HEADER_LENGTH + key.length + value.length;
  }
  const head = record.subarray(MARK_LENGTH, MARK_LENGTH + 12);
  const body = record.subarray(RECORD_HEADER_LENGTH);
  view.setUint32(MARK_LENGTH + 12, crc32(body, crc32(head)));
  return record;
}

type LogRecord = {
  readonly sequence: bigint;
  readonly puts: readonly Put[];
  readonly end: number;
};

function readRecord(file: Uint8Array, mark: Uint8Array, start: number): LogRecord | undefined {
  const bodyStart = start + RECORD_HEADER_LENGTH;
  if (bodyStart > file.length) return undefined;
  if (!Bytes.equals(file.subarray(start, start + MARK_LENGTH), mark)) return undefined;
  const view = new DataView(file.buffer, file.byteOffset + start, RECORD_HEADER_LENGTH);
  const end = bodyStart + view.getUint32(MARK_LENGTH);
  if (end > file.length) return undefined;
  const head = file.subarray(start + MARK_LENGTH, start + MARK_LENGTH + 12);
  const body = file.subarray(bodyStart, end);
  if (crc32(body, crc32(head)) !== view.getUint32(MARK_LENGTH + 12)) return undefined;
  return { sequence: view.getBigUint64(MARK_LENGTH + 4), puts: readPuts(body), end };
}

function readPuts(body: Uint8Array): Put[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const puts: Put[] = [];
  for (let position = 0; position < body.length;) {
    const keyStart = position + PUT_HEADER_LENGTH;
    const valueStart = keyStart + view.getUint8(position);
    const end = valueStart + view.getUint32(position + 1);
    puts.push({ key: body.slice(keyStart, valueStart), value: body.slice(valueStart, end) });
    position = end;
  }
  return puts;
}

function apply(values: Map<string, Put>, put: Put): void {
  if (put.value.length === 0) values.delete(Hex.key(put.key));
  else values.set(Hex.key(put.key), put);
}

function check({ key, value }: Put): void {
  if (key.length > MAX_KEY_LENGTH) throw new TooLongError("key", MAX_KEY_LENGTH, key.length);
  if (value.length > MAX_VALUE_LENGTH)
    throw new TooLongError("value", MAX_VALUE_LENGTH, value.length);
}

/** The disk failed, so nothing more is signed until the log has been opened anew. */
export class RefusedError extends Error {
  override readonly name = "Log.RefusedError";
  constructor(cause: unknown) {
    super("the disk failed: nothing is signed before the log has been opened anew", { cause });
  }
}

/** A record that was durable is broken: a later one is whole. */
export class CorruptError extends Error {
  override readonly name = "Log.CorruptError";
  readonly position: number;
  readonly laterSequence: bigint;
  constructor(position: number, laterSequence: bigint) {
    super(
      `the record at byte ${position} is broken, but record ${laterSequence} after it is whole`,
    );
    this.position = position;
    this.laterSequence = laterSequence;
  }
}

/** The file's mark, or the record with which it was written anew, is broken: it was durable as a whole. */
export class BrokenBeginningError extends Error {
  override readonly name = "Log.BrokenBeginningError";
  readonly sequence: bigint;
  constructor(sequence: bigint) {
    super(`the beginning of the log is broken: record ${sequence} stood there as a whole`);
    this.sequence = sequence;
  }
}

export class NotALogError extends Error {
  override readonly name = "Log.NotALogError";
  readonly beginning: Uint8Array;
  constructor(beginning: Uint8Array) {
    super(`expected a log of this format, got a file that begins with ${Hex.fromBytes(beginning)}`);
    this.beginning = beginning;
  }
}

export class TooLongError extends RangeError {
  override readonly name = "Log.TooLongError";
  readonly part: "key" | "value";
  readonly maximum: number;
  readonly actual: number;
  constructor(part: "key" | "value", maximum: number, actual: number) {
    super(`expected a ${part} of at most ${maximum} bytes, got ${actual}`);
    this.part = part;
    this.maximum = maximum;
    this.actual = actual;
  }
}
