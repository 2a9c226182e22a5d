// Address 0x07: a point of BN254's G1 times any 256-bit number.
import { bn254 } from "@noble/curves/bn254.js";
import * as Bn254 from "./bn254Encoding.ts";
import * as Word from "./word.ts";

const PRICE = 6_000; // EIP-1108

/** The price, whatever the input. */
export function gasCost(): number {
  return PRICE;
}

/** The product as 64 bytes; fails for what is not a point. */
export function run(input: Uint8Array): Uint8Array | undefined {
  const point = Bn254.decodeG1(input, 0);
  if (point === undefined) return undefined;
  const scalar = Word.at(input, Bn254.G1_BYTES) % bn254.fields.Fr.ORDER;
  return Bn254.encodeG1(point.multiplyUnsafe(scalar));
}
