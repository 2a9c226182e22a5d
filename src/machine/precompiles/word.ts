// The 32-byte words of a precompile's input, which zeros follow for as long as a precompile reads.
import * as Bytes from "../../primitives/bytes.ts";

/** The big-endian number at `offset`. */
export function at(input: Uint8Array, offset: number): bigint {
  return Bytes.toBigInt(Bytes.slicePadded(input, offset, 32));
}

/** A number as one word. */
export function of(value: bigint): Uint8Array {
  return Bytes.fromBigInt(value, 32);
}
