// Points of BLS12-381 as bytes (EIP-2537): 64-byte coordinates, real part
// first, all zeros for the point at infinity. Being in the subgroup is the caller's question:
// the additions do not ask it.
import * as Bytes from "../../primitives/bytes.ts";
import * as Mcl from "./mcl.ts";

export const FP_BYTES = 64;
export const FP2_BYTES = 128;
export const G1_BYTES = 128;
export const G2_BYTES = 256;

const { bls12 } = Mcl;
const PADDING = new Uint8Array(FP_BYTES - bls12.modulus.length);

/** Puts the field element at `offset` at a place; whether it is canonical. */
export function decodeFp(input: Uint8Array, offset: number, at: Mcl.Pointer): boolean {
  const [element] = elements(input, offset, 1);
  return element !== undefined && Mcl.writeElement(bls12, at, element);
}

/** Puts the element of the quadratic extension at `offset` at a place; whether it is canonical. */
export function decodeFp2(input: Uint8Array, offset: number, at: Mcl.Pointer): boolean {
  return decodeFp(input, offset, at) && decodeFp(input, offset + FP_BYTES, at + Mcl.FP_SIZE);
}

/** Puts the point at `offset` at a place; whether it is canonical and on the curve. */
export function decodeG1(input: Uint8Array, offset: number, at: Mcl.Pointer): boolean {
  const coordinates = elements(input, offset, 2);
  return coordinates.length === 2 && Mcl.writePoint(bls12, bls12.g1, at, coordinates);
}

/** Puts the point at `offset` at a place; whether it is canonical and on the twisted curve. */
export function decodeG2(input: Uint8Array, offset: number, at: Mcl.Pointer): boolean {
  const coordinates = elements(input, offset, 4);
  return coordinates.length === 4 && Mcl.writePoint(bls12, bls12.g2, at, coordinates);
}

/** A point of G1 as its two coordinates. */
export function encodeG1(at: Mcl.Pointer): Uint8Array {
  return encode(Mcl.readPoint(bls12, bls12.g1, at));
}

/** A point of G2 as its two coordinates. */
export function encodeG2(at: Mcl.Pointer): Uint8Array {
  return encode(Mcl.readPoint(bls12, bls12.g2, at));
}

/** The 48 bytes of each element from `offset` on; none, if one does not begin with 16 zeros. */
function elements(input: Uint8Array, offset: number, count: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = offset; at < offset + count * FP_BYTES; at += FP_BYTES) {
    if (!Bytes.isZero(input.subarray(at, at + PADDING.length))) return [];
    found.push(input.subarray(at + PADDING.length, at + FP_BYTES));
  }
  return found;
}

function encode(coordinates: readonly Uint8Array[]): Uint8Array {
  return Bytes.concat(...coordinates.flatMap((coordinate) => [PADDING, coordinate]));
}
