// The bytes of the instructions, and what each takes from and leaves on the stack.
// Twin: contracts/machine/Opcode.sol.
import type * as Context from "./context.ts";
import * as Stack from "./stack.ts";

export const STOP = 0x00;
export const ADD = 0x01;
export const MUL = 0x02;
export const SUB = 0x03;
export const DIV = 0x04;
export const SDIV = 0x05;
export const MOD = 0x06;
export const SMOD = 0x07;
export const ADDMOD = 0x08;
export const MULMOD = 0x09;
export const EXP = 0x0a;
export const SIGNEXTEND = 0x0b;
export const LT = 0x10;
export const GT = 0x11;
export const SLT = 0x12;
export const SGT = 0x13;
export const EQ = 0x14;
export const ISZERO = 0x15;
export const AND = 0x16;
export const OR = 0x17;
export const XOR = 0x18;
export const NOT = 0x19;
export const BYTE = 0x1a;
export const SHL = 0x1b;
export const SHR = 0x1c;
export const SAR = 0x1d;
export const CLZ = 0x1e;
export const KECCAK256 = 0x20;
export const ADDRESS = 0x30;
export const BALANCE = 0x31;
export const ORIGIN = 0x32;
export const CALLER = 0x33;
export const CALLVALUE = 0x34;
export const CALLDATALOAD = 0x35;
export const CALLDATASIZE = 0x36;
export const CALLDATACOPY = 0x37;
export const CODESIZE = 0x38;
export const CODECOPY = 0x39;
export const GASPRICE = 0x3a;
export const EXTCODESIZE = 0x3b;
export const EXTCODECOPY = 0x3c;
export const RETURNDATASIZE = 0x3d;
export const RETURNDATACOPY = 0x3e;
export const EXTCODEHASH = 0x3f;
export const BLOCKHASH = 0x40;
export const COINBASE = 0x41;
export const TIMESTAMP = 0x42;
export const NUMBER = 0x43;
export const PREVRANDAO = 0x44;
export const GASLIMIT = 0x45;
export const CHAINID = 0x46;
export const SELFBALANCE = 0x47;
export const BASEFEE = 0x48;
export const BLOBHASH = 0x49;
export const BLOBBASEFEE = 0x4a;
export const POP = 0x50;
export const MLOAD = 0x51;
export const MSTORE = 0x52;
export const MSTORE8 = 0x53;
export const SLOAD = 0x54;
export const SSTORE = 0x55;
export const JUMP = 0x56;
export const JUMPI = 0x57;
export const PC = 0x58;
export const MSIZE = 0x59;
export const GAS = 0x5a;
export const JUMPDEST = 0x5b;
export const TLOAD = 0x5c;
export const TSTORE = 0x5d;
export const MCOPY = 0x5e;
export const PUSH0 = 0x5f;
export const PUSH1 = 0x60;
export const PUSH32 = 0x7f;
export const DUP1 = 0x80;
export const DUP16 = 0x8f;
export const SWAP1 = 0x90;
export const SWAP16 = 0x9f;
export const LOG0 = 0xa0;
export const LOG1 = 0xa1;
export const LOG2 = 0xa2;
export const LOG3 = 0xa3;
export const LOG4 = 0xa4;
export const CREATE = 0xf0;
export const CALL = 0xf1;
export const CALLCODE = 0xf2;
export const RETURN = 0xf3;
export const DELEGATECALL = 0xf4;
export const CREATE2 = 0xf5;
export const STATICCALL = 0xfa;
export const REVERT = 0xfd;
export const INVALID = 0xfe;
export const SELFDESTRUCT = 0xff;

type Shape = readonly [opcode: number, name: string, pops: number, pushes: number];

const shapes: readonly Shape[] = [
  [STOP, "STOP", 0, 0],
  [ADD, "ADD", 2, 1],
  [MUL, "MUL", 2, 1],
  [SUB, "SUB", 2, 1],
  [DIV, "DIV", 2, 1],
  [SDIV, "SDIV", 2, 1],
  [MOD, "MOD", 2, 1],
  [SMOD, "SMOD", 2, 1],
  [ADDMOD, "ADDMOD", 3, 1],
  [MULMOD, "MULMOD", 3, 1],
  [EXP, "EXP", 2, 1],
  [SIGNEXTEND, "SIGNEXTEND", 2, 1],
  [LT, "LT", 2, 1],
  [GT, "GT", 2, 1],
  [SLT, "SLT", 2, 1],
  [SGT, "SGT", 2, 1],
  [EQ, "EQ", 2, 1],
  [ISZERO, "ISZERO", 1, 1],
  [AND, "AND", 2, 1],
  [OR, "OR", 2, 1],
  [XOR, "XOR", 2, 1],
  [NOT, "NOT", 1, 1],
  [BYTE, "BYTE", 2, 1],
  [SHL, "SHL", 2, 1],
  [SHR, "SHR", 2, 1],
  [SAR, "SAR", 2, 1],
  [CLZ, "CLZ", 1, 1],
  [KECCAK256, "KECCAK256", 2, 1],
  [ADDRESS, "ADDRESS", 0, 1],
  [BALANCE, "BALANCE", 1, 1],
  [ORIGIN, "ORIGIN", 0, 1],
  [CALLER, "CALLER", 0, 1],
  [CALLVALUE, "CALLVALUE", 0, 1],
  [CALLDATALOAD, "CALLDATALOAD", 1, 1],
  [CALLDATASIZE, "CALLDATASIZE", 0, 1],
  [CALLDATACOPY, "CALLDATACOPY", 3, 0],
  [CODESIZE, "CODESIZE", 0, 1],
  [CODECOPY, "CODECOPY", 3, 0],
  [GASPRICE, "GASPRICE", 0, 1],
  [EXTCODESIZE, "EXTCODESIZE", 1, 1],
  [EXTCODECOPY, "EXTCODECOPY", 4, 0],
  [RETURNDATASIZE, "RETURNDATASIZE", 0, 1],
  [RETURNDATACOPY, "RETURNDATACOPY", 3, 0],
  [EXTCODEHASH, "EXTCODEHASH", 1, 1],
  [BLOCKHASH, "BLOCKHASH", 1, 1],
  [COINBASE, "COINBASE", 0, 1],
  [TIMESTAMP, "TIMESTAMP", 0, 1],
  [NUMBER, "NUMBER", 0, 1],
  [PREVRANDAO, "PREVRANDAO", 0, 1],
  [GASLIMIT, "GASLIMIT", 0, 1],
  [CHAINID, "CHAINID", 0, 1],
  [SELFBALANCE, "SELFBALANCE", 0, 1],
  [BASEFEE, "BASEFEE", 0, 1],
  [BLOBHASH, "BLOBHASH", 1, 1],
  [BLOBBASEFEE, "BLOBBASEFEE", 0, 1],
  [POP, "POP", 1, 0],
  [MLOAD, "MLOAD", 1, 1],
  [MSTORE, "MSTORE", 2, 0],
  [MSTORE8, "MSTORE8", 2, 0],
  [SLOAD, "SLOAD", 1, 1],
  [SSTORE, "SSTORE", 2, 0],
  [JUMP, "JUMP", 1, 0],
  [JUMPI, "JUMPI", 2, 0],
  [PC, "PC", 0, 1],
  [MSIZE, "MSIZE", 0, 1],
  [GAS, "GAS", 0, 1],
  [JUMPDEST, "JUMPDEST", 0, 0],
  [TLOAD, "TLOAD", 1, 1],
  [TSTORE, "TSTORE", 2, 0],
  [MCOPY, "MCOPY", 3, 0],
  [PUSH0, "PUSH0", 0, 1],
  [LOG0, "LOG0", 2, 0],
  [LOG1, "LOG1", 3, 0],
  [LOG2, "LOG2", 4, 0],
  [LOG3, "LOG3", 5, 0],
  [LOG4, "LOG4", 6, 0],
  [CREATE, "CREATE", 3, 1],
  [CALL, "CALL", 7, 1],
  [CALLCODE, "CALLCODE", 7, 1],
  [RETURN, "RETURN", 2, 0],
  [DELEGATECALL, "DELEGATECALL", 6, 1],
  [CREATE2, "CREATE2", 4, 1],
  [STATICCALL, "STATICCALL", 6, 1],
  [REVERT, "REVERT", 2, 0],
  [INVALID, "INVALID", 0, 0],
  [SELFDESTRUCT, "SELFDESTRUCT", 1, 0],
  ...sequence(32, (n): Shape => [PUSH1 + n - 1, `PUSH${n}`, 0, 1]),
  ...sequence(16, (n): Shape => [DUP1 + n - 1, `DUP${n}`, n, n + 1]),
  ...sequence(16, (n): Shape => [SWAP1 + n - 1, `SWAP${n}`, n + 1, n + 1]),
];

const mutating = [SSTORE, TSTORE, LOG0, LOG1, LOG2, LOG3, LOG4, CREATE, CREATE2, SELFDESTRUCT];

/** What every opcode takes from the stack, what it puts there, and whether a static frame forbids it. */
export type Table = {
  readonly pops: Uint8Array;
  readonly pushes: Uint8Array;
  readonly isDefined: Uint8Array;
  /** The sizes of the stack with which it can run; an undefined opcode can run with none. */
  readonly leastStack: Uint16Array;
  readonly mostStack: Uint16Array;
  readonly isMutating: Uint8Array;
};

const beforeOsaka = tableOf((opcode) => opcode !== CLZ);
const fromOsaka = tableOf(() => true);

/** The table under a context's fork. An undefined opcode takes nothing and puts nothing. */
export function table(context: Context.Context): Table {
  return context.isOsaka ? fromOsaka : beforeOsaka;
}

/** The name of an opcode, for people. */
export function nameOf(opcode: number): string {
  return shapes.find(([byte]) => byte === opcode)?.[1] ?? `0x${opcode.toString(16)}`;
}

/** Every opcode that some fork defines. */
export function all(): number[] {
  return shapes.map(([opcode]) => opcode);
}

function tableOf(isKnown: (opcode: number) => boolean): Table {
  const table = {
    pops: new Uint8Array(256),
    pushes: new Uint8Array(256),
    isDefined: new Uint8Array(256),
    leastStack: new Uint16Array(256).fill(Stack.MAX_SIZE + 1),
    mostStack: new Uint16Array(256),
    isMutating: new Uint8Array(256),
  };
  for (const [opcode, , pops, pushes] of shapes) {
    if (!isKnown(opcode)) continue;
    table.pops[opcode] = pops;
    table.pushes[opcode] = pushes;
    if (opcode === INVALID) continue;
    table.isDefined[opcode] = 1;
    table.leastStack[opcode] = pops;
    table.mostStack[opcode] = Stack.MAX_SIZE - pushes + pops;
  }
  for (const opcode of mutating) table.isMutating[opcode] = 1;
  return table;
}

function sequence(count: number, shape: (n: number) => Shape): Shape[] {
  return Array.from({ length: count }, (_, index) => shape(index + 1));
}
