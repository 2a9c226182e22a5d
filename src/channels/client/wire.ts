// Bytes from a peer or a disk, read field by field: big-endian, of fixed width, nothing left over, one encoding each.
import * as Bytes from "../../primitives/bytes.ts";
import { Rejected } from "./rejected.ts";

export type Reader = { readonly bytes: Uint8Array; position: number };

/** A reader at the beginning of the bytes. */
export function reader(bytes: Uint8Array): Reader {
  return { bytes, position: 0 };
}

/** Exactly so many bytes. */
export function take(from: Reader, length: number): Uint8Array {
  const end = from.position + length;
  if (end > from.bytes.length) throw new Rejected("truncated", [end, from.bytes.length]);
  const taken = from.bytes.slice(from.position, end);
  from.position = end;
  return taken;
}

/** An unsigned integer of so many bytes, at most six. */
export function number(from: Reader, length: number): number {
  return Bytes.toNumber(take(from, length));
}

/** An unsigned integer of so many bytes. */
export function integer(from: Reader, length: number): bigint {
  return Bytes.toBigInt(take(from, length));
}

/** A signed integer, in two's complement. */
export function signed(from: Reader, length: number): bigint {
  return BigInt.asIntN(8 * length, integer(from, length));
}

/** One byte that is 0 or 1. */
export function flag(from: Reader): boolean {
  return below(from, 2, "flag") === 1;
}

/** One byte below a limit. */
export function below(from: Reader, limit: number, what: string): number {
  const value = number(from, 1);
  if (value >= limit) throw new Rejected("out-of-range", [what, limit - 1, value]);
  return value;
}

/** A list with its length in one byte. */
export function list<T>(from: Reader, maximum: number, what: string, read: () => T): T[] {
  const count = number(from, 1);
  if (count > maximum) throw new Rejected("too-many", [what, maximum, count]);
  return Array.from({ length: count }, read);
}

/** Bytes with their length in two bytes. */
export function blob(from: Reader, maximum: number, what: string): Uint8Array {
  const length = number(from, 2);
  if (length > maximum) throw new Rejected("too-long", [what, maximum, length]);
  return take(from, length);
}

/** All that is left. */
export function rest(from: Reader): Uint8Array {
  return take(from, from.bytes.length - from.position);
}

/** Nothing may be left. */
export function end(from: Reader): void {
  const left = from.bytes.length - from.position;
  if (left > 0) throw new Rejected("trailing-bytes", [left]);
}

/** One byte. */
export function byte(value: number): Uint8Array {
  return Bytes.fromNumber(value, 1);
}

/** A signed integer in two's complement. */
export function fromSigned(value: bigint, length: number): Uint8Array {
  return Bytes.fromBigInt(BigInt.asUintN(8 * length, value), length);
}

/** A list with its length in one byte. */
export function fromList<T>(items: readonly T[], write: (item: T) => Uint8Array): Uint8Array {
  return Bytes.concat(byte(items.length), ...items.map(write));
}

/** Bytes with their length in two bytes. */
export function fromBlob(bytes: Uint8Array): Uint8Array {
  return Bytes.concat(Bytes.fromNumber(bytes.length, 2), bytes);
}
