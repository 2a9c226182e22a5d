// Instructions that keep this machine busy for the longest time for their gas, each in a loop that does little else.
import * as Opcode from "../../src/machine/opcode.ts";
import { assemble, call } from "../../test/parity/program.ts";
import { LIBRARY } from "../../test/parity/stage.ts";
import * as Programs from "./programs.ts";

export type Loop = {
  readonly name: string;
  /** What is repeated; it leaves the stack as it was. */
  readonly unit: Uint8Array;
  readonly library?: Uint8Array;
};

const TOP = 2n ** 256n - 1n;
const HALF = 2n ** 255n;
const MAX_INITCODE = 49_152n;
const CALL_GAS = 5_000n;
const UNROLLED = 64;

const popped = (opcode: number, ...operands: readonly bigint[]) =>
  assemble(call(opcode, ...operands), Opcode.POP);

/** A library that uses memory and takes all of it back. */
const reverting = assemble(call(Opcode.MSTORE, 0n, 1n), call(Opcode.REVERT, 0n, 0n));

/** The slowest that were found among all instructions, with operands of every kind, by running each so. */
export const loops: readonly Loop[] = [
  { name: "CLZ", unit: popped(Opcode.CLZ, TOP) },
  { name: "PREVRANDAO", unit: assemble(Opcode.PREVRANDAO, Opcode.POP) },
  { name: "ORIGIN", unit: assemble(Opcode.ORIGIN, Opcode.POP) },
  { name: "TSTORE, a new slot each", unit: assemble(Opcode.GAS, Opcode.GAS, Opcode.TSTORE) },
  { name: "EXP, 32 bytes", unit: popped(Opcode.EXP, TOP - 2n, TOP) },
  { name: "EXP, one byte", unit: popped(Opcode.EXP, TOP - 2n, 255n) },
  { name: "MULMOD", unit: popped(Opcode.MULMOD, TOP, TOP - 3n, HALF + 7n) },
  { name: "ADDMOD", unit: popped(Opcode.ADDMOD, TOP, TOP - 3n, HALF + 7n) },
  { name: "SDIV", unit: popped(Opcode.SDIV, TOP - 5n, 2n ** 129n + 7n) },
  { name: "MOD", unit: popped(Opcode.MOD, TOP - 5n, 2n ** 129n + 7n) },
  { name: "MCOPY, a byte", unit: call(Opcode.MCOPY, 33n, 1n, 1n) },
  { name: "MCOPY, 32 bytes", unit: call(Opcode.MCOPY, 32n, 1n, 32n) },
  { name: "CODECOPY, a byte", unit: call(Opcode.CODECOPY, 0n, 1n, 1n) },
  { name: "CALLDATACOPY, 32 bytes", unit: call(Opcode.CALLDATACOPY, 0n, 1n, 32n) },
  { name: "MSTORE", unit: call(Opcode.MSTORE, 1n, TOP) },
  { name: "MLOAD", unit: popped(Opcode.MLOAD, 1n) },
  { name: "KECCAK256, no bytes", unit: popped(Opcode.KECCAK256, 0n, 0n) },
  { name: "KECCAK256, 32 bytes", unit: popped(Opcode.KECCAK256, 0n, 32n) },
  { name: "LOG0, no bytes", unit: call(Opcode.LOG0, 0n, 0n) },
  {
    name: "CALL that reverts",
    unit: popped(Opcode.CALL, CALL_GAS, LIBRARY, 0n, 0n, 0n, 0n, 0n),
    library: reverting,
  },
  {
    name: "STATICCALL that reverts",
    unit: popped(Opcode.STATICCALL, CALL_GAS, LIBRARY, 0n, 0n, 0n, 0n),
    library: reverting,
  },
  { name: "CREATE, 49,152 bytes", unit: popped(Opcode.CREATE, 0n, 0n, MAX_INITCODE) },
];

/** A program that repeats the unit, many times in a row for each of its rounds. */
export function program(unit: Uint8Array, rounds: bigint): Uint8Array {
  return Programs.loop(rounds, [], Array<Uint8Array>(UNROLLED).fill(unit));
}
