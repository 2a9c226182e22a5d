// Address 0x11: the map from BLS12-381's quadratic extension to G2 (RFC 9380's SSWU map and
// isogeny, then cofactor clearing).
import { bls12_381 } from "@noble/curves/bls12-381.js";
import * as Bls12 from "./bls12Encoding.ts";

const PRICE = 23_800; // EIP-2537

/** The price, whatever the input. */
export function gasCost(): number {
  return PRICE;
}

/** The point as 256 bytes; fails for what is not one field element. */
export function run(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== Bls12.FP2_BYTES) return undefined;
  const element = Bls12.decodeFp2(input, 0);
  if (element === undefined) return undefined;
  const { x, y } = bls12_381.G2.mapToCurve([element.c0, element.c1]);
  return Bls12.encodeG2(bls12_381.G2.Point.fromAffine({ x, y }));
}
