// Points of the pairing curves as bytes, by another implementation of them than the one that is tested.
import type { Fp2 as Fp2Element } from "@noble/curves/abstract/tower.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bn254 } from "@noble/curves/bn254.js";
import * as Word from "../../../src/machine/precompiles/word.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";

export type G1 = typeof bls12_381.G1.Point.ZERO;
export type G2 = typeof bls12_381.G2.Point.ZERO;

export const BLS_FP_BYTES = 64;
const BLS_G1_BYTES = 128;

/** The field element of BLS12-381 at `offset`, if canonical. */
export function decodeBlsFp(input: Uint8Array, offset: number): bigint | undefined {
  const value = Bytes.toBigInt(input.subarray(offset, offset + BLS_FP_BYTES));
  return value < bls12_381.fields.Fp.ORDER ? value : undefined;
}

/** The element of BLS12-381's quadratic extension at `offset`, if canonical. */
export function decodeBlsFp2(input: Uint8Array, offset: number): Fp2Element | undefined {
  const c0 = decodeBlsFp(input, offset);
  const c1 = decodeBlsFp(input, offset + BLS_FP_BYTES);
  return c0 === undefined || c1 === undefined ? undefined : { c0, c1 };
}

/** The point of BLS12-381's curve at `offset`, if canonical and on the curve. */
export function decodeBlsG1(input: Uint8Array, offset: number): G1 | undefined {
  const { Fp } = bls12_381.fields;
  const x = decodeBlsFp(input, offset);
  const y = decodeBlsFp(input, offset + BLS_FP_BYTES);
  if (x === undefined || y === undefined) return undefined;
  if (x === 0n && y === 0n) return bls12_381.G1.Point.ZERO;
  const square = Fp.add(Fp.mul(Fp.sqr(x), x), bls12_381.G1.Point.CURVE().b);
  return Fp.sqr(y) === square ? bls12_381.G1.Point.fromAffine({ x, y }) : undefined;
}

/** The point of BLS12-381's twisted curve at `offset`, if canonical and on the curve. */
export function decodeBlsG2(input: Uint8Array, offset: number): G2 | undefined {
  const { Fp2 } = bls12_381.fields;
  const x = decodeBlsFp2(input, offset);
  const y = decodeBlsFp2(input, offset + BLS_G1_BYTES);
  if (x === undefined || y === undefined) return undefined;
  if (Fp2.is0(x) && Fp2.is0(y)) return bls12_381.G2.Point.ZERO;
  const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), bls12_381.G2.Point.CURVE().b);
  return Fp2.eql(Fp2.sqr(y), square) ? bls12_381.G2.Point.fromAffine({ x, y }) : undefined;
}

/** A point of BLS12-381's curve as its two coordinates. */
export function encodeBlsG1(point: G1): Uint8Array {
  const { x, y } = point.toAffine();
  return Bytes.concat(Bytes.fromBigInt(x, BLS_FP_BYTES), Bytes.fromBigInt(y, BLS_FP_BYTES));
}

/** A point of BLS12-381's twisted curve as its two coordinates, real parts first. */
export function encodeBlsG2(point: G2): Uint8Array {
  const { x, y } = point.toAffine();
  return Bytes.concat(
    ...[x.c0, x.c1, y.c0, y.c1].map((coordinate) => Bytes.fromBigInt(coordinate, BLS_FP_BYTES)),
  );
}

/** The point of BN254's curve at `offset`, if canonical and on the curve. */
export function decodeBnG1(input: Uint8Array, offset: number): G1 | undefined {
  const { Fp } = bn254.fields;
  const x = Word.at(input, offset);
  const y = Word.at(input, offset + 32);
  if (x >= Fp.ORDER || y >= Fp.ORDER) return undefined;
  if (x === 0n && y === 0n) return bn254.G1.Point.ZERO;
  if (Fp.sqr(y) !== Fp.add(Fp.mul(Fp.sqr(x), x), 3n)) return undefined;
  return bn254.G1.Point.fromAffine({ x, y });
}

/** The point of BN254's twisted curve at `offset`, if canonical, on the curve and of the group's order. */
export function decodeBnG2(input: Uint8Array, offset: number): G2 | undefined {
  const { Fp2 } = bn254.fields;
  const x = { c0: Word.at(input, offset + 32), c1: Word.at(input, offset) };
  const y = { c0: Word.at(input, offset + 96), c1: Word.at(input, offset + 64) };
  if (!Fp2.isValid(x) || !Fp2.isValid(y)) return undefined;
  if (Fp2.is0(x) && Fp2.is0(y)) return bn254.G2.Point.ZERO;
  const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), bn254.G2.Point.CURVE().b);
  if (!Fp2.eql(Fp2.sqr(y), square)) return undefined;
  const point = bn254.G2.Point.fromAffine({ x, y });
  return point.isTorsionFree() ? point : undefined;
}

/** A point of BN254's curve as its two coordinates. */
export function encodeBnG1(point: G1): Uint8Array {
  const { x, y } = point.toAffine();
  return Bytes.concat(Word.of(x), Word.of(y));
}

/** A point of BN254's twisted curve as its two coordinates, imaginary parts first. */
export function encodeBnG2(point: G2): Uint8Array {
  const { x, y } = point.toAffine();
  return Bytes.concat(...[x.c1, x.c0, y.c1, y.c0].map(Word.of));
}

/** The point of BLS12-381's G1 of a 48-byte form, if canonical and in the subgroup. */
export function decompressBlsG1(encoded: Uint8Array): G1 | undefined {
  const { Fp } = bls12_381.fields;
  const value = Bytes.toBigInt(encoded);
  const flags = value >> 381n;
  const x = value & ((1n << 381n) - 1n);
  if (flags === 6n && x === 0n) return bls12_381.G1.Point.ZERO;
  if ((flags !== 4n && flags !== 5n) || x >= Fp.ORDER) return undefined;
  const square = Fp.add(Fp.mul(Fp.sqr(x), x), bls12_381.G1.Point.CURVE().b);
  const root = Fp.pow(square, (Fp.ORDER + 1n) / 4n);
  if (Fp.sqr(root) !== square) return undefined;
  const y = root > Fp.ORDER / 2n === (flags === 5n) ? root : Fp.neg(root);
  const point = bls12_381.G1.Point.fromAffine({ x, y });
  return point.isTorsionFree() ? point : undefined;
}
