// Address 0x0c: a sum of multiples of points of BLS12-381's G1.
import * as Discount from "./bls12Discount.ts";
import * as Bls12 from "./bls12Encoding.ts";
import * as Mcl from "./mcl.ts";

const PRICE_PER_PAIR = 12_000; // EIP-2537
const PAIR_BYTES = Bls12.G1_BYTES + 32;

/** The discounted price of the whole pairs in the input. */
export function gasCost(input: Uint8Array): number {
  const pairs = Math.floor(input.length / PAIR_BYTES);
  return Discount.price(PRICE_PER_PAIR, pairs, Discount.G1);
}

/** The sum as 128 bytes; fails for no pair, a partial pair or a point outside the subgroup. */
export function run(input: Uint8Array): Uint8Array | undefined {
  if (input.length === 0 || input.length % PAIR_BYTES !== 0) return undefined;
  const { bls12 } = Mcl;
  const pairs = input.length / PAIR_BYTES;
  const sum = Mcl.sumOfMultiples(bls12, bls12.g1, pairs, (pair, point, scalar) => {
    const offset = pair * PAIR_BYTES;
    if (!Bls12.decodeG1(input, offset, point)) return false;
    if (bls12.g1.isInSubgroup(point) !== 1) return false;
    const start = offset + Bls12.G1_BYTES;
    Mcl.writeScalar(bls12, scalar, input.subarray(start, start + 32));
    return true;
  });
  return sum === undefined ? undefined : Bls12.encodeG1(sum);
}
