// Random bytecode that does something: every snippet leaves the stack as it found it, so that programs run
// on to their end instead of halting at once.
import * as Opcode from "../../src/machine/opcode.ts";
import { assemble, call, type Item } from "../parity/program.ts";
import type { Random } from "./seededRandom.ts";

const BINARY = [
  Opcode.ADD,
  Opcode.MUL,
  Opcode.SUB,
  Opcode.DIV,
  Opcode.SDIV,
  Opcode.MOD,
  Opcode.SMOD,
  Opcode.EXP,
  Opcode.SIGNEXTEND,
  Opcode.LT,
  Opcode.GT,
  Opcode.SLT,
  Opcode.SGT,
  Opcode.EQ,
  Opcode.AND,
  Opcode.OR,
  Opcode.XOR,
  Opcode.BYTE,
  Opcode.SHL,
  Opcode.SHR,
  Opcode.SAR,
];
const UNARY = [Opcode.ISZERO, Opcode.NOT, Opcode.CLZ];
const TERNARY = [Opcode.ADDMOD, Opcode.MULMOD];
const NULLARY = [
  Opcode.ADDRESS,
  Opcode.ORIGIN,
  Opcode.CALLER,
  Opcode.CALLVALUE,
  Opcode.CALLDATASIZE,
  Opcode.CODESIZE,
  Opcode.GASPRICE,
  Opcode.RETURNDATASIZE,
  Opcode.COINBASE,
  Opcode.TIMESTAMP,
  Opcode.NUMBER,
  Opcode.PREVRANDAO,
  Opcode.GASLIMIT,
  Opcode.CHAINID,
  Opcode.SELFBALANCE,
  Opcode.BASEFEE,
  Opcode.BLOBBASEFEE,
  Opcode.PC,
  Opcode.MSIZE,
  Opcode.GAS,
];
const OF_ACCOUNT = [Opcode.BALANCE, Opcode.EXTCODESIZE, Opcode.EXTCODEHASH];
const LOGS = [Opcode.LOG0, Opcode.LOG1, Opcode.LOG2, Opcode.LOG3, Opcode.LOG4];
const STORE = Opcode.SSTORE;

/** A program that names the given addresses in its calls. */
export function program(random: Random, addresses: readonly bigint[]): Uint8Array {
  const snippets = Array.from({ length: 2 + random.below(12) }, () => snippet(random, addresses));
  return assemble(...snippets, ending(random, addresses));
}

function snippet(random: Random, addresses: readonly bigint[]): Uint8Array {
  const slot = BigInt(random.below(3));
  switch (random.below(14)) {
    case 0:
    case 1:
      return keep(slot, call(random.pick(BINARY), random.word(), random.word()));
    case 2:
      return keep(slot, call(random.pick(TERNARY), random.word(), random.word(), random.word()));
    case 3:
      return keep(slot, call(random.pick(UNARY), random.word()));
    case 4:
      return keep(slot, Uint8Array.of(random.pick(NULLARY)));
    case 5:
      return call(STORE, slot, BigInt(random.below(3)));
    case 6:
      return keep(slot, call(random.pick(OF_ACCOUNT), random.pick(addresses)));
    case 7:
      return transient(random, slot);
    case 8:
      return memory(random, slot);
    case 9:
      return log(random);
    case 10:
    case 11:
      return message(random, addresses, slot);
    case 12:
      return creation(random, slot);
    default:
      return copy(random, addresses);
  }
}

// Stores one result under a slot, so that the state root depends on it.
function keep(slot: bigint, result: Uint8Array): Uint8Array {
  return assemble(result, slot, STORE);
}

function transient(random: Random, slot: bigint): Uint8Array {
  return assemble(
    call(Opcode.TSTORE, slot, BigInt(random.below(3))),
    keep(slot, call(Opcode.TLOAD, BigInt(random.below(3)))),
  );
}

function memory(random: Random, slot: bigint): Uint8Array {
  const [offset, size] = range(random);
  return assemble(
    call(random.pick([Opcode.MSTORE, Opcode.MSTORE8]), range(random)[0], random.word()),
    call(Opcode.MCOPY, range(random)[0], offset, size),
    keep(slot, random.oneIn(2) ? call(Opcode.MLOAD, offset) : call(Opcode.KECCAK256, offset, size)),
  );
}

function log(random: Random): Uint8Array {
  const opcode = random.pick(LOGS);
  const topics = Array.from({ length: opcode - Opcode.LOG0 }, () => random.word());
  return call(opcode, ...range(random), ...topics);
}

function copy(random: Random, addresses: readonly bigint[]): Uint8Array {
  const [dest, size] = range(random);
  const offset = random.oneIn(8) ? random.word() : BigInt(random.below(64));
  switch (random.below(4)) {
    case 0:
      return call(Opcode.CALLDATACOPY, dest, offset, size);
    case 1:
      return call(Opcode.CODECOPY, dest, offset, size);
    case 2:
      return call(Opcode.EXTCODECOPY, random.pick(addresses), dest, offset, size);
    default:
      // Whole, since reading past the end halts.
      return assemble(Opcode.RETURNDATASIZE, 0n, dest, Opcode.RETURNDATACOPY);
  }
}

function message(random: Random, addresses: readonly bigint[], slot: bigint): Uint8Array {
  const address = random.pick(addresses);
  const gas = random.oneIn(4) ? random.word() : BigInt(random.below(60_000));
  const buffers = [...range(random), ...range(random)];
  const value = random.oneIn(3) ? BigInt(random.below(5)) : 0n;
  const kind = random.pick([
    Opcode.CALL,
    Opcode.CALL,
    Opcode.CALLCODE,
    Opcode.DELEGATECALL,
    Opcode.STATICCALL,
  ]);
  const hasValue = kind === Opcode.CALL || kind === Opcode.CALLCODE;
  const operands = hasValue ? [gas, address, value, ...buffers] : [gas, address, ...buffers];
  return keep(slot, call(kind, ...operands));
}

// Initcode that returns a piece of its own memory, or what happens to stand there.
function creation(random: Random, slot: bigint): Uint8Array {
  const size = BigInt(random.below(8));
  const initCode = assemble(
    call(Opcode.MSTORE, 0n, random.word()),
    call(random.pick([Opcode.RETURN, Opcode.RETURN, Opcode.REVERT]), 0n, size),
  );
  const word = BigInt(`0x${Buffer.from(initCode).toString("hex").padEnd(64, "0").slice(0, 64)}`);
  const length = BigInt(Math.min(32, initCode.length));
  const value = BigInt(random.below(2));
  const operands = random.oneIn(2)
    ? call(Opcode.CREATE, value, 0n, length)
    : call(Opcode.CREATE2, value, 0n, length, BigInt(random.below(2)));
  return assemble(call(Opcode.MSTORE, 0n, word), keep(slot, operands));
}

function ending(random: Random, addresses: readonly bigint[]): Item {
  switch (random.below(7)) {
    case 0:
      return call(Opcode.REVERT, ...range(random));
    case 1:
      return call(Opcode.SELFDESTRUCT, random.pick(addresses));
    case 2:
      return Opcode.INVALID;
    case 3:
      return call(Opcode.JUMP, BigInt(random.below(200)));
    case 4:
      return Opcode.STOP;
    default:
      return call(Opcode.RETURN, ...range(random));
  }
}

function range(random: Random): [bigint, bigint] {
  return [
    BigInt(random.below(100)),
    BigInt(random.oneIn(20) ? random.below(4_000) : random.below(80)),
  ];
}
