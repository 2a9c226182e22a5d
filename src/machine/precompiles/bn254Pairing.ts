// Address 0x08: whether a product of BN254 pairings is one.
import { bn254 } from "@noble/curves/bn254.js";
import * as Bn254 from "./bn254Encoding.ts";
import * as Pairing from "./pairing.ts";

const PRICE = 45_000; // EIP-1108
const PRICE_PER_PAIR = 34_000; // EIP-1108
const PAIR_BYTES = Bn254.G1_BYTES + Bn254.G2_BYTES;

/** The price of the whole pairs in the input. */
export function gasCost(input: Uint8Array): number {
  return PRICE + PRICE_PER_PAIR * Math.floor(input.length / PAIR_BYTES);
}

/** The word 1 or 0; fails for a partial pair or a point outside its group. */
export function run(input: Uint8Array): Uint8Array | undefined {
  if (input.length % PAIR_BYTES !== 0) return undefined;
  const pairs: Pairing.Pair[] = [];
  for (let offset = 0; offset < input.length; offset += PAIR_BYTES) {
    const g1 = Bn254.decodeG1(input, offset);
    const g2 = Bn254.decodeG2(input, offset + Bn254.G1_BYTES);
    if (g1 === undefined || g2 === undefined) return undefined;
    pairs.push({ g1, g2 });
  }
  return Pairing.isOneWord(bn254, pairs);
}
