// Recursive length prefix (Yellow Paper, appendix B): the canonical form only, in both directions.
import * as Bytes from "./bytes.ts";

/** A byte string or a list of items. */
export type Item = Uint8Array | readonly Item[];

const SHORT_STRING = 0x80;
const LONG_STRING = 0xb7;
const SHORT_LIST = 0xc0;
const LONG_LIST = 0xf7;
const MAX_SHORT_LENGTH = 55;

/** Encodes a byte string or a nested list of them. */
export function encode(item: Item): Uint8Array {
  const encoded = new Uint8Array(encodedLength(item));
  write(item, encoded, 0);
  return encoded;
}

/** Writes the encoding of the item into the target, which has room for it, and gives the position behind it. */
export function write(item: Item, target: Uint8Array, position: number): number {
  if (item instanceof Uint8Array) {
    if (item.length === 1 && byteAt(item, 0) < SHORT_STRING) {
      target[position] = byteAt(item, 0);
      return position + 1;
    }
    const start = writeHeader(SHORT_STRING, item.length, target, position);
    target.set(item, start);
    return start + item.length;
  }
  let next = writeListHeader(payloadLength(item), target, position);
  for (const child of item) next = write(child, target, next);
  return next;
}

/** Writes what stands before the items of a list, which take so many bytes, and gives the position behind it. */
export function writeListHeader(length: number, target: Uint8Array, position: number): number {
  return writeHeader(SHORT_LIST, length, target, position);
}

/** Puts items that are already encoded into one list. */
export function encodeList(encodedItems: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const item of encodedItems) length += item.length;
  const encoded = new Uint8Array(listLength(length));
  let position = writeListHeader(length, encoded, 0);
  for (const item of encodedItems) {
    // Most of a branch's children are one byte, and a call takes ten times as long as that byte.
    if (item.length === 1) encoded[position] = byteAt(item, 0);
    else encoded.set(item, position);
    position += item.length;
  }
  return encoded;
}

/** The number of bytes that `encode` gives for the item. */
export function encodedLength(item: Item): number {
  if (item instanceof Uint8Array) {
    if (item.length === 1 && byteAt(item, 0) < SHORT_STRING) return 1;
    return headerLength(item.length) + item.length;
  }
  return listLength(payloadLength(item));
}

/** The number of bytes of a list whose encoded items take so many. */
export function listLength(length: number): number {
  return headerLength(length) + length;
}

/** The byte string that stands for an integer: minimal big-endian, zero is empty. */
export function fromBigInt(value: bigint): Uint8Array {
  if (value === 0n) return Bytes.EMPTY;
  return Bytes.fromBigInt(value, Bytes.lengthOf(value));
}

/** The integer that a byte string stands for; a leading zero is not canonical: IntegerLeadingZeroError. */
export function toBigInt(bytes: Uint8Array): bigint {
  if (bytes.length > 0 && bytes[0] === 0) throw new IntegerLeadingZeroError(bytes.length);
  return Bytes.toBigInt(bytes);
}

/** Decodes exactly one item; byte strings are views into the input. Throws TrailingBytesError, or as `readHeader` does. */
export function decode(bytes: Uint8Array): Item {
  const first = readHeader(bytes, 0, bytes.length);
  if (first.end !== bytes.length) throw new TrailingBytesError(first.end, bytes.length);
  if (!first.isList) return bytes.subarray(first.start, first.end);

  // A stack of open lists instead of recursion: nesting in foreign bytes may be thousands deep.
  const root: Item[] = [];
  const openLists = [{ items: root, end: first.end }];
  let position = first.start;
  for (let list = openLists.at(-1); list !== undefined; list = openLists.at(-1)) {
    if (position === list.end) {
      openLists.pop();
      continue;
    }
    const header = readHeader(bytes, position, list.end);
    if (header.isList) {
      const items: Item[] = [];
      list.items.push(items);
      openLists.push({ items, end: header.end });
      position = header.start;
    } else {
      list.items.push(bytes.subarray(header.start, header.end));
      position = header.end;
    }
  }
  return root;
}

/** Decodes exactly one item that must be a list. */
export function decodeList(bytes: Uint8Array): readonly Item[] {
  return toList(decode(bytes));
}

/** The item as a byte string; throws ExpectedStringError. */
export function toBytes(item: Item | undefined): Uint8Array {
  if (!(item instanceof Uint8Array)) throw new ExpectedStringError();
  return item;
}

/** The item as a list; throws ExpectedListError. */
export function toList(item: Item | undefined): readonly Item[] {
  if (item === undefined || item instanceof Uint8Array) throw new ExpectedListError();
  return item;
}

/** Where one item's payload lies. */
export type Header = { readonly isList: boolean; readonly start: number; readonly end: number };

/**
 * Reads the header at `position` of an item that must end at or before `limit`; throws TruncatedError, and WrappedByteError,
 * LengthLeadingZeroError or OverlongLengthError for what has a shorter encoding.
 */
export function readHeader(bytes: Uint8Array, position: number, limit: number): Header {
  if (position >= limit) throw new TruncatedError(position, 1, limit - position);
  const prefix = byteAt(bytes, position);
  if (prefix < SHORT_STRING) return { isList: false, start: position, end: position + 1 };

  const isList = prefix >= SHORT_LIST;
  const shortBase = isList ? SHORT_LIST : SHORT_STRING;
  if (prefix <= shortBase + MAX_SHORT_LENGTH) {
    const start = position + 1;
    const end = start + prefix - shortBase;
    if (end > limit) throw new TruncatedError(start, end - start, limit - start);
    if (!isList && end - start === 1 && byteAt(bytes, start) < SHORT_STRING)
      throw new WrappedByteError(position);
    return { isList, start, end };
  }

  const start = position + 1 + prefix - (isList ? LONG_LIST : LONG_STRING);
  if (start > limit)
    throw new TruncatedError(position + 1, start - position - 1, limit - position - 1);
  if (byteAt(bytes, position + 1) === 0) throw new LengthLeadingZeroError(position);
  let length = 0;
  for (let i = position + 1; i < start; i++) length = length * 256 + byteAt(bytes, i);
  if (length <= MAX_SHORT_LENGTH) throw new OverlongLengthError(position, length);
  if (length > limit - start) throw new TruncatedError(start, length, limit - start);
  return { isList, start, end: start + length };
}

function writeHeader(base: number, length: number, target: Uint8Array, position: number): number {
  if (length <= MAX_SHORT_LENGTH) {
    target[position] = base + length;
    return position + 1;
  }
  const lengthBytes = headerLength(length) - 1;
  target[position] = base + MAX_SHORT_LENGTH + lengthBytes;
  let rest = length;
  for (let i = lengthBytes; i > 0; i--) {
    target[position + i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return position + 1 + lengthBytes;
}

function headerLength(length: number): number {
  if (length <= MAX_SHORT_LENGTH) return 1;
  let lengthBytes = 1;
  for (let rest = length; rest >= 256; rest = Math.floor(rest / 256)) lengthBytes++;
  return 1 + lengthBytes;
}

function payloadLength(items: readonly Item[]): number {
  let length = 0;
  for (const item of items) length += encodedLength(item);
  return length;
}

function byteAt(bytes: Uint8Array, position: number): number {
  const byte = bytes[position];
  if (byte === undefined) throw new TruncatedError(position, 1, 0);
  return byte;
}

export class TruncatedError extends Error {
  override readonly name = "Rlp.TruncatedError";
  readonly position: number;
  readonly needed: number;
  readonly remaining: number;
  constructor(position: number, needed: number, remaining: number) {
    super(`expected ${needed} bytes at ${position}, got ${remaining}`);
    this.position = position;
    this.needed = needed;
    this.remaining = remaining;
  }
}

export class TrailingBytesError extends Error {
  override readonly name = "Rlp.TrailingBytesError";
  readonly end: number;
  readonly length: number;
  constructor(end: number, length: number) {
    super(`expected the item to end at ${length}, it ends at ${end}`);
    this.end = end;
    this.length = length;
  }
}

export class WrappedByteError extends Error {
  override readonly name = "Rlp.WrappedByteError";
  readonly position: number;
  constructor(position: number) {
    super(`the byte at ${position} stands for itself and takes no prefix`);
    this.position = position;
  }
}

export class LengthLeadingZeroError extends Error {
  override readonly name = "Rlp.LengthLeadingZeroError";
  readonly position: number;
  constructor(position: number) {
    super(`the length at ${position} starts with a zero byte`);
    this.position = position;
  }
}

export class OverlongLengthError extends Error {
  override readonly name = "Rlp.OverlongLengthError";
  readonly position: number;
  readonly length: number;
  constructor(position: number, length: number) {
    super(`expected the short form of length ${length} at ${position}`);
    this.position = position;
    this.length = length;
  }
}

export class IntegerLeadingZeroError extends Error {
  override readonly name = "Rlp.IntegerLeadingZeroError";
  readonly length: number;
  constructor(length: number) {
    super(`expected an integer without leading zeros, got ${length} bytes that start with zero`);
    this.length = length;
  }
}

export class ExpectedStringError extends Error {
  override readonly name = "Rlp.ExpectedStringError";
  constructor() {
    super("expected a byte string, got a list or nothing");
  }
}

export class ExpectedListError extends Error {
  override readonly name = "Rlp.ExpectedListError";
  constructor() {
    super("expected a list, got a byte string or nothing");
  }
}
