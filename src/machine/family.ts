// The numbers by which a witness names the prover that judges it. Twin: contracts/machine/Family.sol.
import * as Opcode from "./opcode.ts";
import * as Phase from "./phase.ts";

export const COMPUTE = 0;
export const MEMORY = 1;
export const ENVIRONMENT = 2;
export const STORAGE = 3;
export const HASH = 4;
export const CALL = 5;
export const CREATE = 6;
export const PRECOMPILE = 7;
export const ENTRY = 8;
export const ADMISSION = 9;
export const BLOCK = 10;

/** The name of each family, at its number; its prover is called so. */
export const NAMES = [
  "Compute",
  "Memory",
  "Environment",
  "Storage",
  "Hash",
  "Call",
  "Create",
  "Precompile",
  "Entry",
  "Admission",
  "Block",
] as const;

const byPhase = new Map([
  [Phase.COPY, MEMORY],
  [Phase.LOAD, MEMORY],
  [Phase.HASH, HASH],
  [Phase.LOG, HASH],
  [Phase.RESOLVE, CALL],
  [Phase.ENTER, CALL],
  [Phase.SETTLE, CALL],
  [Phase.CREATE, CREATE],
  [Phase.INITIATE, CREATE],
  [Phase.DEPOSIT, CREATE],
  [Phase.PRECOMPILE, PRECOMPILE],
  [Phase.ENTRY, ENTRY],
  [Phase.ADMIT, ADMISSION],
  [Phase.ACCESS, ADMISSION],
  [Phase.AUTHORIZE, ADMISSION],
  [Phase.START, ADMISSION],
]);

const byOpcode = new Map([
  ...of(MEMORY, [
    Opcode.MLOAD,
    Opcode.MSTORE,
    Opcode.MSTORE8,
    Opcode.MSIZE,
    Opcode.MCOPY,
    Opcode.CALLDATALOAD,
    Opcode.CALLDATACOPY,
    Opcode.CODECOPY,
    Opcode.RETURNDATACOPY,
    Opcode.EXTCODECOPY,
  ]),
  ...of(ENVIRONMENT, [
    Opcode.ADDRESS,
    Opcode.BALANCE,
    Opcode.ORIGIN,
    Opcode.CALLER,
    Opcode.CALLVALUE,
    Opcode.CALLDATASIZE,
    Opcode.CODESIZE,
    Opcode.GASPRICE,
    Opcode.EXTCODESIZE,
    Opcode.RETURNDATASIZE,
    Opcode.EXTCODEHASH,
    Opcode.BLOCKHASH,
    Opcode.COINBASE,
    Opcode.TIMESTAMP,
    Opcode.NUMBER,
    Opcode.PREVRANDAO,
    Opcode.GASLIMIT,
    Opcode.CHAINID,
    Opcode.SELFBALANCE,
    Opcode.BASEFEE,
    Opcode.BLOBHASH,
    Opcode.BLOBBASEFEE,
  ]),
  ...of(STORAGE, [Opcode.SLOAD, Opcode.SSTORE, Opcode.TLOAD, Opcode.TSTORE]),
  ...of(HASH, [Opcode.KECCAK256, Opcode.LOG0, Opcode.LOG1, Opcode.LOG2, Opcode.LOG3, Opcode.LOG4]),
  ...of(CALL, [Opcode.CALL, Opcode.CALLCODE, Opcode.DELEGATECALL, Opcode.STATICCALL]),
  ...of(CREATE, [Opcode.CREATE, Opcode.CREATE2, Opcode.SELFDESTRUCT]),
]);

/** The family that judges a step in a phase; the opcode matters in EXECUTE only. */
export function judging(phase: number, opcode: number): number {
  if (phase === Phase.EXECUTE) return byOpcode.get(opcode) ?? COMPUTE;
  return byPhase.get(phase) ?? BLOCK;
}

function of(family: number, opcodes: readonly number[]): (readonly [number, number])[] {
  return opcodes.map((opcode) => [opcode, family]);
}
