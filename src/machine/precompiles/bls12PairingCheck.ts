// Address 0x0f: whether a product of BLS12-381 pairings is one.
import { bls12_381 } from "@noble/curves/bls12-381.js";
import * as Bls12 from "./bls12Encoding.ts";
import * as Pairing from "./pairing.ts";

const PRICE = 37_700; // EIP-2537
const PRICE_PER_PAIR = 32_600; // EIP-2537
const PAIR_BYTES = Bls12.G1_BYTES + Bls12.G2_BYTES;

/** The price of the whole pairs in the input. */
export function gasCost(input: Uint8Array): number {
  return PRICE + PRICE_PER_PAIR * Math.floor(input.length / PAIR_BYTES);
}

/** The word 1 or 0; fails for no pair, a partial pair or a point outside its subgroup. */
export function run(input: Uint8Array): Uint8Array | undefined {
  if (input.length === 0 || input.length % PAIR_BYTES !== 0) return undefined;
  const pairs: Pairing.Pair[] = [];
  for (let offset = 0; offset < input.length; offset += PAIR_BYTES) {
    const g1 = Bls12.decodeG1(input, offset);
    const g2 = Bls12.decodeG2(input, offset + Bls12.G1_BYTES);
    if (g1 === undefined || g2 === undefined) return undefined;
    if (!g1.isTorsionFree() || !g2.isTorsionFree()) return undefined;
    pairs.push({ g1, g2 });
  }
  return Pairing.isOneWord(bls12_381, pairs);
}
