// Address 0x03: RIPEMD-160, left-padded to a word.
import { ripemd160 } from "@noble/hashes/legacy.js";
import * as Price from "./price.ts";

/** The price: 600 and 120 for each word. */
export function gasCost(input: Uint8Array): number {
  return Price.perWord(600, 120, input.length);
}

/** The 20-byte hash behind 12 zero bytes. */
export function run(input: Uint8Array): Uint8Array {
  const output = new Uint8Array(32);
  output.set(ripemd160(input), 12);
  return output;
}
