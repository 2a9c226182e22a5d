// The official RLP tests: items and their encodings, and bytes that are or are not one.
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Rlp from "../../src/primitives/rlp.ts";
import type { Verdict } from "./verdict.ts";

type Value = string | number | readonly Value[];

export type RlpTest = { readonly in: Value; readonly out: string };

/** The verdict on one test. */
export function judge(test: RlpTest): Verdict[] {
  const encoding = Hex.toBytes(test.out.startsWith("0x") ? test.out : `0x${test.out}`);
  const isValid = test.in !== "INVALID";
  if (decodes(encoding) !== isValid)
    return [{ name: "decoding", failure: isValid ? "expected an item" : "expected none" }];
  if (test.in === "VALID" || test.in === "INVALID") return [{ name: "decoding", failure: null }];

  const found = Rlp.encode(toItem(test.in));
  const failure = Bytes.equals(found, encoding)
    ? null
    : `expected ${test.out}, got ${Hex.fromBytes(found)}`;
  return [{ name: "encoding", failure }];
}

function decodes(encoding: Uint8Array): boolean {
  try {
    Rlp.decode(encoding);
    return true;
  } catch (error) {
    if (error instanceof Error && error.name.startsWith("Rlp.")) return false;
    throw error;
  }
}

// The vectors write integers as numbers or "#decimal", everything else as text.
function toItem(value: Value): Rlp.Item {
  if (typeof value === "number") return Rlp.fromBigInt(BigInt(value));
  if (typeof value !== "string") return value.map(toItem);
  return value.startsWith("#")
    ? Rlp.fromBigInt(BigInt(value.slice(1)))
    : new TextEncoder().encode(value);
}
