// Address 0x0f: whether a product of BLS12-381 pairings is one.
import * as Bls12 from "./bls12Encoding.ts";
import * as Mcl from "./mcl.ts";
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
  const { bls12 } = Mcl;
  return Pairing.isOneWord(bls12, input.length / PAIR_BYTES, (pair, g1, g2) => {
    const offset = pair * PAIR_BYTES;
    if (!Bls12.decodeG1(input, offset, g1)) return false;
    if (!Bls12.decodeG2(input, offset + Bls12.G1_BYTES, g2)) return false;
    return bls12.g1.isInSubgroup(g1) === 1 && bls12.g2.isInSubgroup(g2) === 1;
  });
}
