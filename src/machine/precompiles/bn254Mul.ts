// Address 0x07: a point of BN254's G1 times any 256-bit number.
import * as Bytes from "../../primitives/bytes.ts";
import * as Bn254 from "./bn254Encoding.ts";
import * as Mcl from "./mcl.ts";

const PRICE = 6_000; // EIP-1108

/** The price, whatever the input. */
export function gasCost(): number {
  return PRICE;
}

/** The product as 64 bytes; fails for what is not a point. */
export function run(input: Uint8Array): Uint8Array | undefined {
  // All of the curve is the subgroup, so the scalar counts modulo its order for every point.
  const product = Mcl.sumOfMultiples(Mcl.bn254, Mcl.bn254.g1, 1, (_, point, scalar) => {
    if (!Bn254.decodeG1(input, 0, point)) return false;
    Mcl.writeScalar(Mcl.bn254, scalar, Bytes.slicePadded(input, Bn254.G1_BYTES, 32));
    return true;
  });
  return product === undefined ? undefined : Bn254.encodeG1(product);
}
