// Address 0x11: the map from BLS12-381's quadratic extension to G2 (RFC 9380's SSWU map and
// isogeny, then cofactor clearing).
import { assert } from "../../primitives/assert.ts";
import * as Bls12 from "./bls12Encoding.ts";
import * as Mcl from "./mcl.ts";

const PRICE = 23_800; // EIP-2537

/** The price, whatever the input. */
export function gasCost(): number {
  return PRICE;
}

/** The point as 256 bytes; fails for what is not one field element. */
export function run(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== Bls12.FP2_BYTES) return undefined;
  const [point, element] = Mcl.bls12.values;
  if (!Bls12.decodeFp2(input, 0, element)) return undefined;
  const failure = Mcl.bls12.module._mclBnFp2_mapToG2(point, element);
  assert(failure === 0, "every element is mapped");
  return Bls12.encodeG2(point);
}
