// One program or more for every opcode of the provable families: what it does, its edges and its halts.
import type { Fork } from "../../src/machine/fork.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { EDGE_EXAMPLES } from "./edgeExamples.ts";
import { assemble, call } from "./program.ts";
import { LIBRARY, NOBODY, PAUPER, PROGRAM, type Scene, SENDER } from "./stage.ts";

export type Example = {
  readonly name: string;
  /** How many of the last steps are proven; all if it is not said. */
  readonly last?: number;
  /** The forks it runs under; all if it is not said. */
  readonly forks?: readonly Fork[];
} & Omit<Scene, "fork">;

const TOP = 2n ** 256n - 1n;
const SIGN = 2n ** 255n;
const FAR = 2n ** 32n;

const library = Uint8Array.from({ length: 3_000 }, (_, i) => (i * 31 + 7) & 0xff);
const data = Uint8Array.from({ length: 100 }, (_, i) => i + 1);

const operands: Readonly<Record<number, readonly (readonly bigint[])[]>> = {
  1: [[0n], [1n], [SIGN], [TOP]],
  2: [
    [TOP, 2n],
    [0n, 0n],
    [SIGN, TOP],
    [3n, SIGN + 5n],
    [31n, 0x80n],
  ],
  3: [
    [TOP, TOP, 7n],
    [5n, 6n, 0n],
  ],
};

const words: readonly (readonly [arity: number, opcodes: readonly number[]])[] = [
  [1, [Opcode.ISZERO, Opcode.NOT, Opcode.CLZ, Opcode.POP]],
  [2, [Opcode.ADD, Opcode.MUL, Opcode.SUB, Opcode.DIV, Opcode.SDIV, Opcode.MOD, Opcode.SMOD]],
  [2, [Opcode.EXP, Opcode.SIGNEXTEND, Opcode.LT, Opcode.GT, Opcode.SLT, Opcode.SGT, Opcode.EQ]],
  [2, [Opcode.AND, Opcode.OR, Opcode.XOR, Opcode.BYTE, Opcode.SHL, Opcode.SHR, Opcode.SAR]],
  [3, [Opcode.ADDMOD, Opcode.MULMOD]],
];

const questions = [
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
  Opcode.JUMPDEST,
];

/** Calls the library and keeps nothing of what it returns. */
const callLibrary = call(Opcode.STATICCALL, 1_000_000n, LIBRARY, 0n, 0n, 0n, 0n);

/** A library that returns 1,500 bytes of its own code. */
const returning = assemble(
  call(Opcode.CODECOPY, 0n, 0n, 1_500n),
  call(Opcode.RETURN, 3n, 1_497n),
  library.slice(0, 1_600),
);

function repeated(count: number, bytes: Uint8Array): Uint8Array {
  return Bytes.concat(...Array.from({ length: count }, () => bytes));
}

function pushes(size: number): Uint8Array {
  return Bytes.concat(
    Uint8Array.of(Opcode.PUSH0 + size),
    Uint8Array.from({ length: size }, (_, i) => 0x5b + i),
  );
}

function opcodesFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

/** A jump over `skipped` bytes of push data that look like destinations. */
function jumpOver(skipped: number): Uint8Array {
  const filler = new Uint8Array(skipped).fill(Opcode.JUMPDEST);
  const start = assemble(0x0100n, Opcode.JUMP).length;
  return assemble(
    BigInt(256 + start + skipped),
    Opcode.JUMP,
    filler,
    new Uint8Array(256),
    Opcode.JUMPDEST,
  );
}

/** What every fork does alike, but for CLZ. */
export const EXAMPLES: readonly Example[] = [
  ...words.map(([arity, opcodes]) => ({
    name: `words with ${arity} operands: ${opcodes.map(Opcode.nameOf).join(" ")}`,
    program: Bytes.concat(
      ...opcodes.flatMap((opcode) => (operands[arity] ?? []).map((list) => call(opcode, ...list))),
    ),
  })),
  ...EDGE_EXAMPLES,
  { name: "questions", program: Uint8Array.from(questions), data },
  {
    name: "PUSH0 to PUSH32 in every place of a chunk",
    program: Bytes.concat(
      ...Array.from({ length: 33 }, (_, size) => assemble(pushes(size), Opcode.POP)),
      ...Array.from({ length: 34 }, () => pushes(32)),
    ),
  },
  { name: "PUSH32 cut by the end of the code", program: assemble(1n, pushes(32).slice(0, 7)) },
  {
    name: "PUSH2 as the last byte of a full chunk",
    program: assemble(repeated(31, Uint8Array.of(Opcode.JUMPDEST)), Opcode.PUSH1 + 1),
  },
  {
    name: "DUP and SWAP",
    program: assemble(
      ...opcodesFrom(0, 17).map((i) => BigInt(i)),
      ...opcodesFrom(Opcode.DUP1, 16),
      ...opcodesFrom(Opcode.SWAP1, 16),
    ),
  },
  { name: "jumps", program: jumpOver(40) },
  { name: "a jump not taken", program: call(Opcode.JUMPI, TOP, 0n) },
  {
    name: "a jump taken on a condition",
    program: assemble(call(Opcode.JUMPI, 5n, 1n), Opcode.JUMPDEST),
  },
  { name: "a jump beyond the code", program: call(Opcode.JUMP, TOP) },
  { name: "a jump into push data", program: assemble(call(Opcode.JUMP, 4n), 0x5bn) },
  { name: "RETURN and memory growth", program: call(Opcode.RETURN, 1_000n, 5_000n) },
  { name: "RETURN of nothing from nowhere", program: call(Opcode.RETURN, TOP, 0n) },
  { name: "RETURN out of gas", program: call(Opcode.RETURN, 0n, FAR), gas: 100_000n },
  { name: "RETURN beyond memory", program: call(Opcode.RETURN, FAR, 1n) },
  { name: "RETURN beyond any memory", program: call(Opcode.RETURN, FAR, 1n), gas: 2n ** 62n },
  { name: "REVERT", program: call(Opcode.REVERT, 1n, 64n) },
  { name: "INVALID", program: Uint8Array.of(Opcode.INVALID) },
  { name: "an undefined byte", program: Uint8Array.of(0x0c) },
  { name: "underflow", program: assemble(1n, Opcode.ADD) },
  ...[Opcode.PUSH0, Opcode.DUP1, Opcode.ADDRESS, Opcode.MSIZE].map((opcode) => ({
    name: `overflow by ${Opcode.nameOf(opcode)}`,
    program: assemble(...Array.from({ length: 1_024 }, () => Opcode.PUSH0), opcode),
    last: 5,
  })),
  { name: "out of gas", program: assemble(1n, 2n, Opcode.EXP), gas: 21_010n },

  {
    name: "words of memory",
    program: assemble(
      call(Opcode.MSTORE, 0n, TOP),
      call(Opcode.MSTORE, 33n, SIGN + 1n),
      call(Opcode.MSTORE8, 95n, 0x1ffn),
      call(Opcode.MLOAD, 32n),
      call(Opcode.MLOAD, 40n),
      call(Opcode.MLOAD, 20_000n),
      Opcode.MSIZE,
    ),
  },
  { name: "MLOAD beyond memory", program: call(Opcode.MLOAD, FAR - 31n) },
  { name: "MSTORE of a far word", program: call(Opcode.MSTORE, TOP, 1n) },
  { name: "MSTORE8 out of gas", program: call(Opcode.MSTORE8, 1_000_000n, 1n), gas: 30_000n },
  {
    name: "CALLDATALOAD",
    program: assemble(
      ...[0n, 31n, 68n, 69n, 99n, 100n, TOP].map((offset) => call(Opcode.CALLDATALOAD, offset)),
    ),
    data,
  },
  { name: "CALLDATALOAD of no data", program: call(Opcode.CALLDATALOAD, 0n) },
  {
    name: "CALLDATACOPY",
    program: assemble(
      call(Opcode.CALLDATACOPY, 5n, 3n, 80n),
      call(Opcode.CALLDATACOPY, 200n, 90n, 2_500n),
      call(Opcode.CALLDATACOPY, 0n, TOP, 40n),
      call(Opcode.CALLDATACOPY, TOP, 0n, 0n),
      call(Opcode.CALLDATACOPY, 0n, 0n, TOP),
    ),
    data,
  },
  {
    name: "CODECOPY",
    program: assemble(
      call(Opcode.CODECOPY, 7n, 1n, 1_030n),
      call(Opcode.CODECOPY, 0n, 2_000n, 100n),
      call(Opcode.CODECOPY, 0n, TOP, 1n),
      call(Opcode.CODECOPY, 0n, 0n, FAR),
      library,
    ),
    gas: 300_000n,
  },
  {
    name: "EXTCODECOPY",
    program: assemble(
      call(Opcode.EXTCODECOPY, LIBRARY, 3n, 5n, 2_100n),
      call(Opcode.EXTCODECOPY, LIBRARY, 0n, 2_990n, 100n),
      call(Opcode.EXTCODECOPY, LIBRARY, 0n, TOP, 10n),
      call(Opcode.EXTCODECOPY, LIBRARY, TOP, 0n, 0n),
      call(Opcode.EXTCODECOPY, PAUPER, 0n, TOP, 33n),
      call(Opcode.EXTCODECOPY, NOBODY, 0n, 0n, 1n),
      call(Opcode.EXTCODECOPY, 4n, 0n, 0n, 1n),
    ),
    library,
  },
  {
    name: "EXTCODECOPY out of gas",
    program: call(Opcode.EXTCODECOPY, LIBRARY, 0n, 0n, 1n),
    gas: 23_000n,
  },
  {
    name: "the longest code of another account",
    program: assemble(
      call(Opcode.EXTCODESIZE, LIBRARY),
      call(Opcode.EXTCODECOPY, LIBRARY, 0n, 24_000n, 1_000n),
    ),
    library: new Uint8Array(24_576).fill(Opcode.JUMPDEST),
  },
  {
    name: "RETURNDATACOPY",
    program: assemble(
      call(Opcode.RETURNDATACOPY, TOP, 0n, 0n),
      callLibrary,
      Opcode.RETURNDATASIZE,
      call(Opcode.RETURNDATACOPY, 9n, 2n, 1_495n),
      call(Opcode.RETURNDATACOPY, 0n, 1_497n, 0n),
      call(Opcode.RETURNDATACOPY, 0n, 1n, 1_497n),
    ),
    library: returning,
  },
  {
    name: "RETURNDATACOPY of an offset that wraps",
    program: assemble(callLibrary, call(Opcode.RETURNDATACOPY, 0n, TOP, 1n)),
    library: returning,
  },
  {
    name: "MCOPY",
    program: assemble(
      call(Opcode.CODECOPY, 0n, 0n, 2_900n),
      call(Opcode.MCOPY, 10n, 5n, 2_500n),
      call(Opcode.MCOPY, 5n, 10n, 2_500n),
      call(Opcode.MCOPY, 4_000n, 0n, 1_025n),
      call(Opcode.MCOPY, 77n, 77n, 100n),
      call(Opcode.MCOPY, 0n, 9_000n, 32n),
      call(Opcode.MCOPY, TOP, TOP, 0n),
      call(Opcode.MCOPY, 0n, TOP, 1n),
      library,
    ),
  },

  {
    name: "accounts",
    program: assemble(
      ...[PROGRAM, LIBRARY, PAUPER, NOBODY, SENDER, 4n, 0x100n, PAUPER + 2n ** 160n].flatMap(
        (address) => [
          call(Opcode.BALANCE, address),
          call(Opcode.EXTCODESIZE, address),
          call(Opcode.EXTCODEHASH, address),
        ],
      ),
    ),
    library,
  },
  { name: "BALANCE out of gas", program: call(Opcode.BALANCE, NOBODY), gas: 23_000n },
  {
    name: "BLOCKHASH",
    program: assemble(
      ...[0n, 43n, 44n, 255n, 256n, 299n, 300n, 301n, TOP].map((n) => call(Opcode.BLOCKHASH, n)),
    ),
  },
  {
    name: "BLOBHASH",
    program: assemble(...[0n, 2n, 3n, TOP].map((index) => call(Opcode.BLOBHASH, index))),
  },

  {
    name: "SLOAD and SSTORE",
    program: assemble(
      call(Opcode.SLOAD, 1n),
      call(Opcode.SLOAD, 99n),
      call(Opcode.SSTORE, 1n, 0n),
      call(Opcode.SSTORE, 1n, 0n),
      call(Opcode.SSTORE, 1n, 3n),
      call(Opcode.SSTORE, 1n, 10n),
      call(Opcode.SSTORE, 2n, 21n),
      call(Opcode.SSTORE, 2n, TOP),
      call(Opcode.SSTORE, TOP, 5n),
      call(Opcode.SSTORE, TOP, 0n),
      call(Opcode.SSTORE, 3n, 0n),
      call(Opcode.SSTORE, 2n, 0n),
      call(Opcode.SLOAD, 2n),
    ),
    storage: [
      [1n, 10n],
      [2n, 20n],
      [3n, TOP],
    ],
  },
  {
    name: "the last slot cleared and set again",
    program: assemble(call(Opcode.SSTORE, 7n, 0n), call(Opcode.SSTORE, 8n, 1n)),
    storage: [[7n, 1n]],
  },
  {
    name: "SSTORE with no more than the stipend",
    program: call(Opcode.SSTORE, 1n, 1n),
    gas: 23_306n,
  },
  { name: "SSTORE out of gas", program: call(Opcode.SSTORE, 1n, 1n), gas: 30_000n },
  { name: "SLOAD out of gas", program: call(Opcode.SLOAD, 1n), gas: 22_000n },
  {
    name: "TLOAD and TSTORE",
    program: assemble(
      call(Opcode.TLOAD, 1n),
      call(Opcode.TSTORE, 1n, 7n),
      call(Opcode.TSTORE, 2n, TOP),
      call(Opcode.TLOAD, 1n),
      call(Opcode.TSTORE, 1n, 0n),
      call(Opcode.TSTORE, 9n, 0n),
      call(Opcode.TSTORE, 2n, 0n),
      call(Opcode.TLOAD, 2n),
    ),
  },
  { name: "TSTORE out of gas", program: call(Opcode.TSTORE, 1n, 1n), gas: 21_050n },

  {
    name: "KECCAK256",
    program: assemble(
      call(Opcode.CODECOPY, 0n, 0n, 2_000n),
      call(Opcode.KECCAK256, TOP, 0n),
      call(Opcode.KECCAK256, 0n, 32n),
      call(Opcode.KECCAK256, 5n, 1_990n),
      call(Opcode.KECCAK256, 1_990n, 65_536n),
      library,
    ),
  },
  {
    name: "KECCAK256 through the sponge",
    program: assemble(
      call(Opcode.CODECOPY, 0n, 0n, 2_000n),
      call(Opcode.KECCAK256, 5n, 65_537n),
      library,
    ),
    last: 20,
    forks: ["Osaka"],
  },
  {
    name: "KECCAK256 through the sponge, ending with a step",
    program: assemble(
      call(Opcode.CODECOPY, 0n, 0n, 2_000n),
      call(Opcode.KECCAK256, 5n, 16n * 4_352n),
      library,
    ),
    last: 5,
  },
  {
    name: "KECCAK256 through the sponge, ending one byte before a step",
    program: assemble(
      call(Opcode.CODECOPY, 0n, 0n, 2_000n),
      call(Opcode.KECCAK256, 0n, 16n * 4_352n - 1n),
      library,
    ),
    last: 5,
  },
  { name: "KECCAK256 of too much", program: call(Opcode.KECCAK256, 0n, TOP) },
  {
    name: "logs",
    program: assemble(
      call(Opcode.CODECOPY, 0n, 0n, 2_000n),
      call(Opcode.LOG0, TOP, 0n),
      call(Opcode.LOG0 + 1, 3n, 1n, 0x11n),
      call(Opcode.LOG0 + 2, 3n, 1_024n, 0x11n, TOP),
      call(Opcode.LOG0 + 3, 3n, 1_025n, 1n, 2n, 3n),
      call(Opcode.LOG4, 0n, 3_000n, 1n, 2n, 3n, 4n),
      library,
    ),
  },
  { name: "a log of too much", program: call(Opcode.LOG0, 0n, TOP) },
  { name: "a log out of gas", program: call(Opcode.LOG0, 0n, 1_000n), gas: 26_000n },
  ...[Opcode.SSTORE, Opcode.TSTORE, Opcode.LOG0, Opcode.LOG4].map((opcode) => ({
    name: `${Opcode.nameOf(opcode)} in a static frame`,
    program: callLibrary,
    library: call(opcode, 1n, 1n, 1n, 1n, 1n, 1n),
  })),
];
