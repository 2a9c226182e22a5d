// Points of the BN254 curve as bytes (EIP-196, EIP-197): 32-byte coordinates, imaginary part first,
// all zeros for the point at infinity.
import * as Bytes from "../../primitives/bytes.ts";
import * as Mcl from "./mcl.ts";

export const G1_BYTES = 64;
export const G2_BYTES = 128;

const WORD_BYTES = 32;

/** Puts the point at `offset` at a place; whether its coordinates are canonical and on the curve. */
export function decodeG1(input: Uint8Array, offset: number, at: Mcl.Pointer): boolean {
  return Mcl.writePoint(Mcl.bn254, Mcl.bn254.g1, at, words(input, offset, 0, 1));
}

/** Puts the point at `offset` at a place; whether it is canonical, on the twisted curve and of the group's order. */
export function decodeG2(input: Uint8Array, offset: number, at: Mcl.Pointer): boolean {
  const { g2 } = Mcl.bn254;
  if (!Mcl.writePoint(Mcl.bn254, g2, at, words(input, offset, 1, 0, 3, 2))) return false;
  return g2.isInSubgroup(at) === 1;
}

/** A point as its two coordinates. */
export function encodeG1(at: Mcl.Pointer): Uint8Array {
  return Bytes.concat(...Mcl.readPoint(Mcl.bn254, Mcl.bn254.g1, at));
}

function words(input: Uint8Array, offset: number, ...places: number[]): Uint8Array[] {
  return places.map((place) => Bytes.slicePadded(input, offset + place * WORD_BYTES, WORD_BYTES));
}
