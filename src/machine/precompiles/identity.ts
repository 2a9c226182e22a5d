// Address 0x04: the input itself.
import * as Price from "./price.ts";

/** The price: 15 and 3 for each word. */
export function gasCost(input: Uint8Array): number {
  return Price.perWord(15, 3, input.length);
}

/** A copy of the input. */
export function run(input: Uint8Array): Uint8Array {
  return input.slice();
}
