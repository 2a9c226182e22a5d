// Address 0x0d: the sum of two points on BLS12-381's twisted curve, in the subgroup or not.
import * as Bls12 from "./bls12Encoding.ts";
import * as Mcl from "./mcl.ts";

const PRICE = 600; // EIP-2537

/** The price, whatever the input. */
export function gasCost(): number {
  return PRICE;
}

/** The sum as 256 bytes; fails for what is not two points. */
export function run(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== 2 * Bls12.G2_BYTES) return undefined;
  const [sum, left, right] = Mcl.bls12.values;
  if (!Bls12.decodeG2(input, 0, left)) return undefined;
  if (!Bls12.decodeG2(input, Bls12.G2_BYTES, right)) return undefined;
  Mcl.bls12.g2.add(sum, left, right);
  return Bls12.encodeG2(sum);
}
