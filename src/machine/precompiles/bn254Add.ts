// Address 0x06: the sum of two points of BN254's G1.
import * as Bn254 from "./bn254Encoding.ts";

const PRICE = 150; // EIP-1108

/** The price, whatever the input. */
export function gasCost(): number {
  return PRICE;
}

/** The sum as 64 bytes; fails for what is not a point. */
export function run(input: Uint8Array): Uint8Array | undefined {
  const left = Bn254.decodeG1(input, 0);
  const right = Bn254.decodeG1(input, Bn254.G1_BYTES);
  if (left === undefined || right === undefined) return undefined;
  return Bn254.encodeG1(left.add(right));
}
