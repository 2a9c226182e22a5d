// The layout of a witness: integers big-endian in their own size, byte strings behind a 3-byte length,
// nothing between. Whatever is read is untrusted. Twin: contracts/merkle/Witness.sol, which only reads.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";

/** A read position in a byte stream. */
export type Witness = { readonly bytes: Uint8Array; position: number };

/** A byte stream under construction. */
export type WitnessWriter = { buffer: Uint8Array; length: number };

/** A witness at its first byte. */
export function open(bytes: Uint8Array): Witness {
  return { bytes, position: 0 };
}

/** How many bytes are still unread. */
export function remaining(witness: Witness): number {
  return witness.bytes.length - witness.position;
}

/** Reads an integer of one byte. */
export function readUint8(witness: Witness): number {
  return Bytes.toNumber(readBytesOf(witness, 1));
}

/** Reads an integer of two bytes. */
export function readUint16(witness: Witness): number {
  return Bytes.toNumber(readBytesOf(witness, 2));
}

/** Reads an integer of three bytes. */
export function readUint24(witness: Witness): number {
  return Bytes.toNumber(readBytesOf(witness, 3));
}

/** Reads an integer of four bytes. */
export function readUint32(witness: Witness): number {
  return Bytes.toNumber(readBytesOf(witness, 4));
}

/** Reads an integer of eight bytes. */
export function readUint64(witness: Witness): bigint {
  return Bytes.toBigInt(readBytesOf(witness, 8));
}

/** Reads an integer of 32 bytes. */
export function readUint256(witness: Witness): bigint {
  return Bytes.toBigInt(readBytesOf(witness, 32));
}

/** Reads a word of 32 bytes. */
export function readBytes32(witness: Witness): Uint8Array {
  return readBytesOf(witness, 32);
}

/** Reads the 20 bytes of an address. */
export function readAddress(witness: Witness): Uint8Array {
  return readBytesOf(witness, 20);
}

/** Reads a byte string behind its 3-byte length. */
export function readBytes(witness: Witness): Uint8Array {
  return readBytesOf(witness, readUint24(witness));
}

/** Reads a byte string whose length the caller knows; it is a view into the witness. Throws WitnessTooShortError. */
export function readBytesOf(witness: Witness, length: number): Uint8Array {
  const left = remaining(witness);
  if (length > left) throw new WitnessTooShortError(length, left);
  const position = witness.position;
  witness.position = position + length;
  return witness.bytes.subarray(position, position + length);
}

/** Reads so many 32-byte words. */
export function readWords(witness: Witness, count: number): Uint8Array[] {
  const words = readBytesOf(witness, count * 32);
  return Array.from({ length: count }, (_, i) => words.subarray(i * 32, i * 32 + 32));
}

/** Throws TrailingWitnessError unless every byte was read. */
export function finish(witness: Witness): void {
  if (remaining(witness) !== 0) throw new TrailingWitnessError(remaining(witness));
}

/** An empty stream to write to. */
export function create(): WitnessWriter {
  return { buffer: new Uint8Array(256), length: 0 };
}

/** A copy of what was written. */
export function toBytes(writer: WitnessWriter): Uint8Array {
  return writer.buffer.slice(0, writer.length);
}

/** Writes an integer of one byte. */
export function writeUint8(writer: WitnessWriter, value: number): void {
  writeBytesOf(writer, Bytes.fromNumber(value, 1));
}

/** Writes an integer of two bytes. */
export function writeUint16(writer: WitnessWriter, value: number): void {
  writeBytesOf(writer, Bytes.fromNumber(value, 2));
}

/** Writes an integer of three bytes. */
export function writeUint24(writer: WitnessWriter, value: number): void {
  writeBytesOf(writer, Bytes.fromNumber(value, 3));
}

/** Writes an integer of four bytes. */
export function writeUint32(writer: WitnessWriter, value: number): void {
  writeBytesOf(writer, Bytes.fromNumber(value, 4));
}

/** Writes an integer of eight bytes. */
export function writeUint64(writer: WitnessWriter, value: bigint): void {
  writeBytesOf(writer, Bytes.fromBigInt(value, 8));
}

/** Writes an integer of 32 bytes. */
export function writeUint256(writer: WitnessWriter, value: bigint): void {
  writeBytesOf(writer, Bytes.fromBigInt(value, 32));
}

/** Writes a word of 32 bytes. */
export function writeBytes32(writer: WitnessWriter, value: Uint8Array): void {
  assert(value.length === 32, "a word is 32 bytes");
  writeBytesOf(writer, value);
}

/** Writes the 20 bytes of an address. */
export function writeAddress(writer: WitnessWriter, value: Uint8Array): void {
  assert(value.length === 20, "an address is 20 bytes");
  writeBytesOf(writer, value);
}

/** Writes an address that is held as an integer. */
export function writeUint160(writer: WitnessWriter, value: bigint): void {
  writeBytesOf(writer, Bytes.fromBigInt(value, 20));
}

/** Writes a byte string behind its 3-byte length. */
export function writeBytes(writer: WitnessWriter, value: Uint8Array): void {
  writeUint24(writer, value.length);
  writeBytesOf(writer, value);
}

/** Writes a byte string whose length the reader knows. */
export function writeBytesOf(writer: WitnessWriter, value: Uint8Array): void {
  const length = writer.length + value.length;
  if (length > writer.buffer.length) {
    const larger = new Uint8Array(Math.max(length, writer.buffer.length * 2));
    larger.set(writer.buffer.subarray(0, writer.length));
    writer.buffer = larger;
  }
  writer.buffer.set(value, writer.length);
  writer.length = length;
}

/** Writes 32-byte words. */
export function writeWords(writer: WitnessWriter, words: readonly Uint8Array[]): void {
  for (const word of words) writeBytes32(writer, word);
}

export class WitnessTooShortError extends Error {
  override readonly name = "Witness.WitnessTooShortError";
  readonly needed: number;
  readonly remaining: number;
  constructor(needed: number, remaining: number) {
    super(`expected ${needed} more bytes of witness, got ${remaining}`);
    this.needed = needed;
    this.remaining = remaining;
  }
}

export class TrailingWitnessError extends Error {
  override readonly name = "Witness.TrailingWitnessError";
  readonly remaining: number;
  constructor(remaining: number) {
    super(`expected the end of the witness, got ${remaining} more bytes`);
    this.remaining = remaining;
  }
}
