// Address 0x100: whether a P-256 signature of a hash holds (EIP-7951).
import { p256 } from "@noble/curves/nist.js";
import * as Bytes from "../../primitives/bytes.ts";
import * as Word from "./word.ts";

const PRICE = 6_900;
const INPUT_BYTES = 160;

const { Fp, Fn } = p256.Point;
const { a, b } = p256.Point.CURVE();

/** The price, whatever the input. */
export function gasCost(): number {
  return PRICE;
}

/** The word 1, or empty output: whatever is wrong with the input, the call succeeds. */
export function run(input: Uint8Array): Uint8Array {
  return input.length === INPUT_BYTES && holds(input) ? Word.of(1n) : Bytes.EMPTY;
}

function holds(input: Uint8Array): boolean {
  const signature = input.subarray(32, 96);
  if (!Fn.isValidNot0(Word.at(input, 32)) || !Fn.isValidNot0(Word.at(input, 64))) return false;

  const x = Word.at(input, 96);
  const y = Word.at(input, 128);
  if (!Fp.isValid(x) || !Fp.isValid(y)) return false;
  if (Fp.sqr(y) !== Fp.add(Fp.mul(Fp.add(Fp.sqr(x), a), x), b)) return false;

  const publicKey = p256.Point.fromAffine({ x, y }).toBytes(false);
  return p256.verify(signature, input.subarray(0, 32), publicKey, { lowS: false, prehash: false });
}
