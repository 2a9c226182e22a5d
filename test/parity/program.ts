// Programs for parity tests: bytecode from a list of opcodes, bytes and integers to push.
import * as Opcode from "../../src/machine/opcode.ts";
import * as Bytes from "../../src/primitives/bytes.ts";

/** An integer is pushed, an opcode stands as it is, bytes stand as they are. */
export type Item = bigint | number | Uint8Array;

/** The bytecode of the items. */
export function assemble(...items: readonly Item[]): Uint8Array {
  return Bytes.concat(...items.map(encode));
}

/** The instruction that pushes an integer, with as little data as will do. */
export function push(value: bigint): Uint8Array {
  if (value === 0n) return Uint8Array.of(Opcode.PUSH0);
  const size = Math.ceil(value.toString(16).length / 2);
  return Bytes.concat(Uint8Array.of(Opcode.PUSH0 + size), Bytes.fromBigInt(value, size));
}

/** An instruction with its operands, the first operand first. */
export function call(opcode: number, ...operands: readonly bigint[]): Uint8Array {
  return assemble(...operands.toReversed(), opcode);
}

function encode(item: Item): Uint8Array {
  if (typeof item === "bigint") return push(item);
  return typeof item === "number" ? Uint8Array.of(item) : item;
}
