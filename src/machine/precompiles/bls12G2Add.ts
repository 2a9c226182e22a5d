// Address 0x0d: the sum of two points on BLS12-381's twisted curve, in the subgroup or not.
import * as Bls12 from "./bls12Encoding.ts";

const PRICE = 600; // EIP-2537

/** The price, whatever the input. */
export function gasCost(): number {
  return PRICE;
}

/** The sum as 256 bytes; fails for what is not two points. */
export function run(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== 2 * Bls12.G2_BYTES) return undefined;
  const left = Bls12.decodeG2(input, 0);
  const right = Bls12.decodeG2(input, Bls12.G2_BYTES);
  if (left === undefined || right === undefined) return undefined;
  return Bls12.encodeG2(left.add(right));
}
