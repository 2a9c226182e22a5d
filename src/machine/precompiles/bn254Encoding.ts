// Points of the BN254 curve as bytes (EIP-196, EIP-197): 32-byte coordinates, imaginary part first,
// all zeros for the point at infinity.
import { bn254 } from "@noble/curves/bn254.js";
import * as Bytes from "../../primitives/bytes.ts";
import * as Word from "./word.ts";

export type G1 = typeof bn254.G1.Point.ZERO;
export type G2 = typeof bn254.G2.Point.ZERO;

export const G1_BYTES = 64;
export const G2_BYTES = 128;

const { Fp, Fp2 } = bn254.fields;
const g1B = 3n;
const g2B = bn254.G2.Point.CURVE().b;

/** The point at `offset`, if its coordinates are canonical and on the curve. */
export function decodeG1(input: Uint8Array, offset: number): G1 | undefined {
  const x = Word.at(input, offset);
  const y = Word.at(input, offset + 32);
  if (x >= Fp.ORDER || y >= Fp.ORDER) return undefined;
  if (x === 0n && y === 0n) return bn254.G1.Point.ZERO;
  if (Fp.sqr(y) !== Fp.add(Fp.mul(Fp.sqr(x), x), g1B)) return undefined;
  return bn254.G1.Point.fromAffine({ x, y });
}

/** The point at `offset`, if canonical, on the twisted curve and of the group's order. */
export function decodeG2(input: Uint8Array, offset: number): G2 | undefined {
  const x = { c0: Word.at(input, offset + 32), c1: Word.at(input, offset) };
  const y = { c0: Word.at(input, offset + 96), c1: Word.at(input, offset + 64) };
  if (!Fp2.isValid(x) || !Fp2.isValid(y)) return undefined;
  if (Fp2.is0(x) && Fp2.is0(y)) return bn254.G2.Point.ZERO;
  if (!Fp2.eql(Fp2.sqr(y), Fp2.add(Fp2.mul(Fp2.sqr(x), x), g2B))) return undefined;
  const point = bn254.G2.Point.fromAffine({ x, y });
  return point.isTorsionFree() ? point : undefined;
}

/** A point as its two coordinates. */
export function encodeG1(point: G1): Uint8Array {
  const { x, y } = point.toAffine();
  return Bytes.concat(Word.of(x), Word.of(y));
}
