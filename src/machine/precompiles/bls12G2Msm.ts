// Address 0x0e: a sum of multiples of points of BLS12-381's G2.
import { pippenger } from "@noble/curves/abstract/curve.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import * as Discount from "./bls12Discount.ts";
import * as Bls12 from "./bls12Encoding.ts";
import * as Word from "./word.ts";

const PRICE_PER_PAIR = 22_500; // EIP-2537
const PAIR_BYTES = Bls12.G2_BYTES + 32;

/** The discounted price of the whole pairs in the input. */
export function gasCost(input: Uint8Array): number {
  const pairs = Math.floor(input.length / PAIR_BYTES);
  return Discount.price(PRICE_PER_PAIR, pairs, Discount.G2);
}

/** The sum as 256 bytes; fails for no pair, a partial pair or a point outside the subgroup. */
export function run(input: Uint8Array): Uint8Array | undefined {
  if (input.length === 0 || input.length % PAIR_BYTES !== 0) return undefined;
  const points: Bls12.G2[] = [];
  const scalars: bigint[] = [];
  for (let offset = 0; offset < input.length; offset += PAIR_BYTES) {
    const point = Bls12.decodeG2(input, offset);
    if (point === undefined || !point.isTorsionFree()) return undefined;
    points.push(point);
    scalars.push(Word.at(input, offset + Bls12.G2_BYTES) % bls12_381.fields.Fr.ORDER);
  }
  return Bls12.encodeG2(pippenger(bls12_381.G2.Point, points, scalars));
}
