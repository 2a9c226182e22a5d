// Address 0x10: the map from BLS12-381's base field to G1 (RFC 9380's SSWU map and isogeny, then
// cofactor clearing).
import { bls12_381 } from "@noble/curves/bls12-381.js";
import * as Bls12 from "./bls12Encoding.ts";

const PRICE = 5_500; // EIP-2537

/** The price, whatever the input. */
export function gasCost(): number {
  return PRICE;
}

/** The point as 128 bytes; fails for what is not one field element. */
export function run(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== Bls12.FP_BYTES) return undefined;
  const element = Bls12.decodeFp(input, 0);
  if (element === undefined) return undefined;
  return Bls12.encodeG1(bls12_381.G1.Point.fromAffine(map(element)));
}

/** The library's types ask for a list of one number here, its code for the bare number. */
function map(element: bigint): { x: bigint; y: bigint } {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- Reflect.apply answers any
  const point: { x: bigint; y: bigint } = Reflect.apply(bls12_381.G1.mapToCurve, bls12_381.G1, [
    element,
  ]);
  return { x: point.x, y: point.y };
}
