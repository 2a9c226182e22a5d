// The precompiles on elliptic curves by @noble/curves: slow, and made by others than what the machine runs.
import type { BlsCurvePair } from "@noble/curves/abstract/bls.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bn254 } from "@noble/curves/bn254.js";
import { p256 } from "@noble/curves/nist.js";
import { sha256 } from "@noble/hashes/sha2.js";
import * as Word from "../../../src/machine/precompiles/word.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import { setup } from "./curveInputs.ts";
import * as Points from "./noblePoints.ts";

type Run = (input: Uint8Array) => Uint8Array | undefined;
type Pair = { readonly g1: Points.G1; readonly g2: Points.G2 };

/** What each of them answers, by its address. */
export const runs: ReadonlyMap<bigint, Run> = new Map<bigint, Run>([
  [0x06n, bnAdd],
  [0x07n, bnMul],
  [0x08n, bnPairing],
  [0x0an, pointEvaluation],
  [0x0bn, blsG1Add],
  [0x0cn, blsG1Msm],
  [0x0dn, blsG2Add],
  [0x0en, blsG2Msm],
  [0x0fn, blsPairing],
  [0x10n, blsMapFpToG1],
  [0x11n, blsMapFp2ToG2],
  [0x100n, p256Verify],
]);

function bnAdd(input: Uint8Array): Uint8Array | undefined {
  const left = Points.decodeBnG1(input, 0);
  const right = Points.decodeBnG1(input, 64);
  if (left === undefined || right === undefined) return undefined;
  return Points.encodeBnG1(left.add(right));
}

function bnMul(input: Uint8Array): Uint8Array | undefined {
  const point = Points.decodeBnG1(input, 0);
  if (point === undefined) return undefined;
  return Points.encodeBnG1(point.multiplyUnsafe(Word.at(input, 64) % bn254.fields.Fr.ORDER));
}

function bnPairing(input: Uint8Array): Uint8Array | undefined {
  if (input.length % 192 !== 0) return undefined;
  const pairs: Pair[] = [];
  for (let offset = 0; offset < input.length; offset += 192) {
    const g1 = Points.decodeBnG1(input, offset);
    const g2 = Points.decodeBnG2(input, offset + 64);
    if (g1 === undefined || g2 === undefined) return undefined;
    pairs.push({ g1, g2 });
  }
  return isOneWord(bn254, pairs);
}

// The proof's equation in the group that holds its secret only as a point: e(C - y, 1) = e(proof, tau - z).
function pointEvaluation(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== 192) return undefined;
  const { Fr } = bls12_381.fields;
  const [z, y] = [Word.at(input, 32), Word.at(input, 64)];
  const version = Bytes.concat(Uint8Array.of(1), sha256(input.subarray(96, 144)).subarray(1));
  if (!Bytes.equals(input.subarray(0, 32), version) || z >= Fr.ORDER || y >= Fr.ORDER)
    return undefined;
  const commitment = Points.decompressBlsG1(input.subarray(96, 144));
  const proof = Points.decompressBlsG1(input.subarray(144));
  if (commitment === undefined || proof === undefined) return undefined;
  const tau = bls12_381.G2.Point.fromBytes(Hex.toBytes(setup.g2_monomial[1] ?? ""));
  const left = commitment.subtract(bls12_381.G1.Point.BASE.multiplyUnsafe(y));
  const right = tau.subtract(bls12_381.G2.Point.BASE.multiplyUnsafe(z));
  const terms = [
    { g1: left, g2: bls12_381.G2.Point.BASE },
    { g1: proof.negate(), g2: right },
  ];
  if (Bytes.isZero(isOneWord(bls12_381, terms))) return undefined;
  return Bytes.concat(Word.of(4_096n), Word.of(Fr.ORDER));
}

function blsG1Add(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== 256) return undefined;
  const left = Points.decodeBlsG1(input, 0);
  const right = Points.decodeBlsG1(input, 128);
  if (left === undefined || right === undefined) return undefined;
  return Points.encodeBlsG1(left.add(right));
}

function blsG2Add(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== 512) return undefined;
  const left = Points.decodeBlsG2(input, 0);
  const right = Points.decodeBlsG2(input, 256);
  if (left === undefined || right === undefined) return undefined;
  return Points.encodeBlsG2(left.add(right));
}

function blsG1Msm(input: Uint8Array): Uint8Array | undefined {
  if (input.length === 0 || input.length % 160 !== 0) return undefined;
  let sum = bls12_381.G1.Point.ZERO;
  for (let offset = 0; offset < input.length; offset += 160) {
    const point = Points.decodeBlsG1(input, offset);
    if (point === undefined || !point.isTorsionFree()) return undefined;
    const scalar = Word.at(input, offset + 128) % bls12_381.fields.Fr.ORDER;
    sum = sum.add(point.multiplyUnsafe(scalar));
  }
  return Points.encodeBlsG1(sum);
}

function blsG2Msm(input: Uint8Array): Uint8Array | undefined {
  if (input.length === 0 || input.length % 288 !== 0) return undefined;
  let sum = bls12_381.G2.Point.ZERO;
  for (let offset = 0; offset < input.length; offset += 288) {
    const point = Points.decodeBlsG2(input, offset);
    if (point === undefined || !point.isTorsionFree()) return undefined;
    const scalar = Word.at(input, offset + 256) % bls12_381.fields.Fr.ORDER;
    sum = sum.add(point.multiplyUnsafe(scalar));
  }
  return Points.encodeBlsG2(sum);
}

function blsPairing(input: Uint8Array): Uint8Array | undefined {
  if (input.length === 0 || input.length % 384 !== 0) return undefined;
  const pairs: Pair[] = [];
  for (let offset = 0; offset < input.length; offset += 384) {
    const g1 = Points.decodeBlsG1(input, offset);
    const g2 = Points.decodeBlsG2(input, offset + 128);
    if (g1 === undefined || g2 === undefined) return undefined;
    if (!g1.isTorsionFree() || !g2.isTorsionFree()) return undefined;
    pairs.push({ g1, g2 });
  }
  return isOneWord(bls12_381, pairs);
}

function blsMapFpToG1(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== 64) return undefined;
  const element = Points.decodeBlsFp(input, 0);
  if (element === undefined) return undefined;
  // The library's types ask for a list of one number here, its code for the bare number.
  const point: { x: bigint; y: bigint } = Reflect.apply(bls12_381.G1.mapToCurve, bls12_381.G1, [
    element,
  ]);
  return Points.encodeBlsG1(bls12_381.G1.Point.fromAffine({ x: point.x, y: point.y }));
}

function blsMapFp2ToG2(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== 128) return undefined;
  const element = Points.decodeBlsFp2(input, 0);
  if (element === undefined) return undefined;
  const { x, y } = bls12_381.G2.mapToCurve([element.c0, element.c1]);
  return Points.encodeBlsG2(bls12_381.G2.Point.fromAffine({ x, y }));
}

function p256Verify(input: Uint8Array): Uint8Array {
  const { Fp, Fn } = p256.Point;
  if (input.length !== 160) return Bytes.EMPTY;
  if (!Fn.isValidNot0(Word.at(input, 32)) || !Fn.isValidNot0(Word.at(input, 64)))
    return Bytes.EMPTY;
  const [x, y] = [Word.at(input, 96), Word.at(input, 128)];
  if (!Fp.isValid(x) || !Fp.isValid(y)) return Bytes.EMPTY;
  const { a, b } = p256.Point.CURVE();
  if (Fp.sqr(y) !== Fp.add(Fp.mul(Fp.add(Fp.sqr(x), a), x), b)) return Bytes.EMPTY;
  const key = p256.Point.fromAffine({ x, y }).toBytes(false);
  const options = { lowS: false, prehash: false };
  const holds = p256.verify(input.subarray(32, 96), input.subarray(0, 32), key, options);
  return holds ? Word.of(1n) : Bytes.EMPTY;
}

function isOneWord(curve: BlsCurvePair, pairs: readonly Pair[]): Uint8Array {
  const terms: Parameters<BlsCurvePair["millerLoopBatch"]>[0] = [];
  for (const { g1, g2 } of pairs) {
    if (g1.is0() || g2.is0()) continue;
    const { x, y } = g1.toAffine();
    terms.push([curve.utils.calcPairingPrecomputes(g2), x, y]);
  }
  const { Fp12 } = curve.fields;
  const isOne = Fp12.eql(Fp12.finalExponentiate(curve.millerLoopBatch(terms)), Fp12.ONE);
  return Word.of(isOne ? 1n : 0n);
}
