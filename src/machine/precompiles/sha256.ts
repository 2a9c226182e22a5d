// Address 0x02: SHA-256.
import { hash } from "node:crypto";
import * as Price from "./price.ts";

/** The price: 60 and 12 for each word. */
export function gasCost(input: Uint8Array): number {
  return Price.perWord(60, 12, input.length);
}

/** The 32-byte hash. */
export function run(input: Uint8Array): Uint8Array {
  return Uint8Array.from(hash("sha256", input, "buffer"));
}
