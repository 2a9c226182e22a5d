// Byte strings: plain Uint8Array values, joined, compared and read as big-endian integers.

// Words of 32 bytes are what the machine converts most: four limbs through one shared view.
const word = new Uint8Array(32);
const wordView = new DataView(word.buffer);
const MAX_LIMB = 2n ** 64n - 1n;

/** The byte string of length zero. */
export const EMPTY = new Uint8Array(0);

/** Joins byte strings, in order, into a new one. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.length;
  }
  return joined;
}

/** Whether two byte strings hold the same bytes. */
export function equals(left: Uint8Array, right: Uint8Array): boolean {
  if (left === right) return true;
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

/** Orders byte strings lexicographically: negative, zero or positive. */
export function compare(left: Uint8Array, right: Uint8Array): number {
  return Buffer.compare(left, right);
}

/** Whether every byte is zero. */
export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/** Writes a non-negative integer as exactly `length` big-endian bytes; throws IntegerTooLargeError. */
export function fromBigInt(value: bigint, length: number): Uint8Array {
  if (length <= 32) return fromShort(value, length);
  const bytes = new Uint8Array(length);
  let rest = value;
  let position = length;
  while (rest > 0n && position > 0) {
    let limb = Number(BigInt.asUintN(32, rest));
    rest >>= 32n;
    for (let i = 0; i < 4 && position > 0; i++) {
      bytes[--position] = limb;
      limb >>>= 8;
    }
    if (limb !== 0) throw new IntegerTooLargeError(value, length);
  }
  if (rest !== 0n) throw new IntegerTooLargeError(value, length);
  return bytes;
}

/** How many bytes a non-negative integer has without leading zeros; zero has none. */
export function lengthOf(value: bigint): number {
  if (value <= MAX_LIMB) return lengthOfLimb(value);
  if (value >> 256n !== 0n) return Math.ceil(value.toString(16).length / 2);
  let rest = value >> 64n;
  let length = 8;
  for (; rest > MAX_LIMB; rest >>= 64n) length += 8;
  return length + lengthOfLimb(rest);
}

/** Writes a safe integer as exactly `length` big-endian bytes; throws NotAnIntegerError or IntegerTooLargeError. */
export function fromNumber(value: number, length: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new NotAnIntegerError(value);
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let position = length - 1; position >= 0 && rest > 0; position--) {
    bytes[position] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  if (rest !== 0) throw new IntegerTooLargeError(BigInt(value), length);
  return bytes;
}

/** Whether the integer is one of 32 bytes. */
export function isWord(value: bigint): boolean {
  return value >= 0n && (value <= MAX_LIMB || value >> 256n === 0n);
}

/** Writes an integer below 2^256 as the 32 big-endian bytes from a position on. */
export function writeWord(view: DataView, position: number, value: bigint): void {
  if (value <= MAX_LIMB) {
    view.setBigUint64(position, 0n);
    view.setBigUint64(position + 8, 0n);
    view.setBigUint64(position + 16, 0n);
  } else {
    // What is set is the value modulo 2^64.
    view.setBigUint64(position, value >> 192n);
    view.setBigUint64(position + 8, value >> 128n);
    view.setBigUint64(position + 16, value >> 64n);
  }
  view.setBigUint64(position + 24, value);
}

/** Reads the 32 bytes from a position on as a big-endian integer. */
export function readWord(view: DataView, position: number): bigint {
  const high = view.getBigUint64(position);
  const upper = view.getBigUint64(position + 8);
  const middle = view.getBigUint64(position + 16);
  const low = view.getBigUint64(position + 24);
  if (high === 0n && upper === 0n) return middle === 0n ? low : (middle << 64n) | low;
  return (((high << 64n) | upper) << 128n) | (middle << 64n) | low;
}

/** Reads bytes as one big-endian integer; the empty byte string is zero. */
export function toBigInt(bytes: Uint8Array): bigint {
  if (bytes.length <= 32) return toWord(bytes);
  return BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")}`);
}

/** Reads bytes as one big-endian integer; throws NotAnIntegerError for one that is no safe JavaScript number. */
export function toNumber(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte;
  if (!Number.isSafeInteger(value)) throw new NotAnIntegerError(value);
  return value;
}

/** The bytes in [start, start + length), where everything past the end reads as zero. */
export function slicePadded(bytes: Uint8Array, start: number, length: number): Uint8Array {
  const slice = new Uint8Array(length);
  slice.set(bytes.subarray(start, start + length));
  return slice;
}

/** The bytes extended with zeros on the left to exactly `length`; throws BytesTooLongError. */
export function padLeft(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length > length) throw new BytesTooLongError(bytes.length, length);
  const padded = new Uint8Array(length);
  padded.set(bytes, length - bytes.length);
  return padded;
}

/** The bytes extended with zeros on the right to exactly `length`; throws BytesTooLongError. */
export function padRight(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length > length) throw new BytesTooLongError(bytes.length, length);
  const padded = new Uint8Array(length);
  padded.set(bytes);
  return padded;
}

function fromShort(value: bigint, length: number): Uint8Array {
  if (!isWord(value)) throw new IntegerTooLargeError(value, length);
  writeWord(wordView, 0, value);
  for (let i = 0; i < 32 - length; i++)
    if (word[i] !== 0) throw new IntegerTooLargeError(value, length);
  return word.slice(32 - length);
}

function lengthOfLimb(limb: bigint): number {
  const high = Number(limb >> 32n);
  return high === 0 ? lengthOf32Bits(Number(limb)) : 4 + lengthOf32Bits(high);
}

function lengthOf32Bits(value: number): number {
  return (39 - Math.clz32(value)) >> 3;
}

function toWord(bytes: Uint8Array): bigint {
  const start = 32 - bytes.length;
  word.fill(0, 0, start);
  word.set(bytes, start);
  return readWord(wordView, 0);
}

export class IntegerTooLargeError extends RangeError {
  override readonly name = "Bytes.IntegerTooLargeError";
  readonly value: bigint;
  readonly length: number;
  constructor(value: bigint, length: number) {
    super(`expected a non-negative integer of at most ${length} bytes, got ${value}`);
    this.value = value;
    this.length = length;
  }
}

export class NotAnIntegerError extends RangeError {
  override readonly name = "Bytes.NotAnIntegerError";
  readonly value: number;
  constructor(value: number) {
    super(`expected a non-negative safe integer, got ${value}`);
    this.value = value;
  }
}

export class BytesTooLongError extends RangeError {
  override readonly name = "Bytes.BytesTooLongError";
  readonly actual: number;
  readonly maximum: number;
  constructor(actual: number, maximum: number) {
    super(`expected at most ${maximum} bytes, got ${actual}`);
    this.actual = actual;
    this.maximum = maximum;
  }
}
