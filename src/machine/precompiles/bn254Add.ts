// Address 0x06: the sum of two points of BN254's G1.
import * as Bn254 from "./bn254Encoding.ts";
import * as Mcl from "./mcl.ts";

const PRICE = 150; // EIP-1108

/** The price, whatever the input. */
export function gasCost(): number {
  return PRICE;
}

/** The sum as 64 bytes; fails for what is not a point. */
export function run(input: Uint8Array): Uint8Array | undefined {
  const [sum, left, right] = Mcl.bn254.values;
  if (!Bn254.decodeG1(input, 0, left)) return undefined;
  if (!Bn254.decodeG1(input, Bn254.G1_BYTES, right)) return undefined;
  Mcl.bn254.g1.add(sum, left, right);
  return Bn254.encodeG1(sum);
}
