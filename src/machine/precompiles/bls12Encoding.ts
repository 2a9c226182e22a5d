// Points of BLS12-381 as bytes (EIP-2537): 64-byte coordinates, real part
// first, all zeros for the point at infinity. Being in the subgroup is the caller's question:
// the additions do not ask it.
import { bls12_381 } from "@noble/curves/bls12-381.js";
import type { Fp2 as Fp2Element } from "@noble/curves/abstract/tower.js";
import * as Bytes from "../../primitives/bytes.ts";

export type G1 = typeof bls12_381.G1.Point.ZERO;
export type G2 = typeof bls12_381.G2.Point.ZERO;

export const FP_BYTES = 64;
export const FP2_BYTES = 128;
export const G1_BYTES = 128;
export const G2_BYTES = 256;

const { Fp, Fp2 } = bls12_381.fields;
const g1B = bls12_381.G1.Point.CURVE().b;
const g2B = bls12_381.G2.Point.CURVE().b;

/** The field element at `offset`, if canonical. */
export function decodeFp(input: Uint8Array, offset: number): bigint | undefined {
  const value = Bytes.toBigInt(input.subarray(offset, offset + FP_BYTES));
  return value < Fp.ORDER ? value : undefined;
}

/** The element of the quadratic extension at `offset`, if canonical. */
export function decodeFp2(input: Uint8Array, offset: number): Fp2Element | undefined {
  const c0 = decodeFp(input, offset);
  const c1 = decodeFp(input, offset + FP_BYTES);
  return c0 === undefined || c1 === undefined ? undefined : { c0, c1 };
}

/** The point at `offset`, if canonical and on the curve. */
export function decodeG1(input: Uint8Array, offset: number): G1 | undefined {
  const x = decodeFp(input, offset);
  const y = decodeFp(input, offset + FP_BYTES);
  if (x === undefined || y === undefined) return undefined;
  if (x === 0n && y === 0n) return bls12_381.G1.Point.ZERO;
  if (Fp.sqr(y) !== Fp.add(Fp.mul(Fp.sqr(x), x), g1B)) return undefined;
  return bls12_381.G1.Point.fromAffine({ x, y });
}

/** The point at `offset`, if canonical and on the twisted curve. */
export function decodeG2(input: Uint8Array, offset: number): G2 | undefined {
  const x = decodeFp2(input, offset);
  const y = decodeFp2(input, offset + FP2_BYTES);
  if (x === undefined || y === undefined) return undefined;
  if (Fp2.is0(x) && Fp2.is0(y)) return bls12_381.G2.Point.ZERO;
  if (!Fp2.eql(Fp2.sqr(y), Fp2.add(Fp2.mul(Fp2.sqr(x), x), g2B))) return undefined;
  return bls12_381.G2.Point.fromAffine({ x, y });
}

/** A point of G1 as its two coordinates. */
export function encodeG1(point: G1): Uint8Array {
  const { x, y } = point.toAffine();
  return Bytes.concat(Bytes.fromBigInt(x, FP_BYTES), Bytes.fromBigInt(y, FP_BYTES));
}

/** A point of G2 as its two coordinates. */
export function encodeG2(point: G2): Uint8Array {
  const { x, y } = point.toAffine();
  return Bytes.concat(
    ...[x.c0, x.c1, y.c0, y.c1].map((coordinate) => Bytes.fromBigInt(coordinate, FP_BYTES)),
  );
}
