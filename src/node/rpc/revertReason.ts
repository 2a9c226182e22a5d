// What a revert says in words: Error(string) and Panic(uint256), which Solidity encodes as calls of functions of these names.

import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";

const ERROR_SELECTOR = "0x08c379a0";
const PANIC_SELECTOR = "0x4e487b71";

/** Panic codes (Solidity documentation, "Panic via assert and Error via require"), in geth's words. */
const PANICS: Readonly<Record<string, string>> = {
  "0x0": "generic panic",
  "0x1": "assert(false)",
  "0x11": "arithmetic underflow or overflow",
  "0x12": "division or modulo by zero",
  "0x21": "enum overflow",
  "0x22": "invalid encoded storage byte array accessed",
  "0x31": "out-of-bounds array access; popping on an empty array",
  "0x32": "out-of-bounds access of an array or bytesN",
  "0x41": "out of memory",
  "0x51": "uninitialized function",
};

/** The text of revert data, or undefined if it has none that every client shows. */
export function of(output: Uint8Array): string | undefined {
  if (output.length < 4) return undefined;
  const parameters = output.subarray(4);
  switch (Hex.fromBytes(output.subarray(0, 4))) {
    case ERROR_SELECTOR:
      return textOf(parameters);
    case PANIC_SELECTOR:
      return parameters.length < 32 ? undefined : panicOf(parameters.subarray(0, 32));
    default:
      return undefined;
  }
}

// One string: where it begins, its length, its bytes.
function textOf(parameters: Uint8Array): string | undefined {
  if (parameters.length < 64) return undefined;
  const length = Bytes.toBigInt(parameters.subarray(32, 64));
  if (length > BigInt(parameters.length - 64)) return undefined;
  return new TextDecoder().decode(parameters.subarray(64, 64 + Number(length)));
}

function panicOf(word: Uint8Array): string {
  const code = Hex.fromBigInt(Bytes.toBigInt(word));
  return PANICS[code] ?? `unknown panic code: ${code}`;
}
