// Address 0x08: whether a product of BN254 pairings is one.
import * as Bn254 from "./bn254Encoding.ts";
import * as Mcl from "./mcl.ts";
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
  return Pairing.isOneWord(Mcl.bn254, input.length / PAIR_BYTES, (pair, g1, g2) => {
    const offset = pair * PAIR_BYTES;
    return Bn254.decodeG1(input, offset, g1) && Bn254.decodeG2(input, offset + Bn254.G1_BYTES, g2);
  });
}
