// Runtime code with one mistake in it. The code keeps its addresses: what does not fit in its place is moved behind the end.
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Bytecode from "./bytecode.ts";

type Instruction = Bytecode.Instruction;

export type Mutant = {
  readonly pc: number;
  /** The operator and what it was applied to, as in "LT: ≤". */
  readonly name: string;
  /** What stands for the instruction at pc. */
  readonly replacement: Uint8Array;
};

const JUMP = 0x56;
const JUMPI = 0x57;
const POP = 0x50;
const PUSH1 = 0x60;
const PUSH2 = 0x61;
const DUP1 = 0x80;
const DUP16 = 0x8f;
const SWAP1 = 0x90;
const SWAP16 = 0x9f;
const ISZERO = 0x15;
/** STOP, JUMP, RETURN, REVERT, INVALID: nothing runs on from there. */
const ENDS = [0x00, JUMP, 0xf3, 0xfd, 0xfe];
/** PUSH2 of an address, and JUMP. */
const DETOUR_BYTES = 4;
/** More zeros than a PUSH that the metadata might end in has data. */
const GAP_BYTES = 33;

type Rule = readonly [name: string, ...replacement: number[]];

// Each replacement takes and leaves as many items as the instruction. JUMPDEST does nothing.
const RULES: ReadonlyMap<number, readonly Rule[]> = new Map<number, readonly Rule[]>([
  [0x01, [["ADD: SUB", 0x03]]],
  [0x02, [["MUL: ADD", 0x01]]],
  [0x03, [["SUB: ADD", 0x01]]],
  [0x04, [["DIV: MUL", 0x02]]],
  [0x05, [["SDIV: DIV", 0x04]]],
  [0x06, [["MOD: DIV", 0x04]]],
  [0x07, [["SMOD: MOD", 0x06]]],
  [0x08, [["ADDMOD: MULMOD", 0x09]]],
  [0x09, [["MULMOD: ADDMOD", 0x08]]],
  [0x0a, [["EXP: MUL", 0x02]]],
  [0x0b, [["SIGNEXTEND: AND", 0x16]]],
  [
    0x10,
    [
      ["LT: GT", 0x11],
      ["LT: ≤", 0x11, ISZERO],
    ],
  ],
  [
    0x11,
    [
      ["GT: LT", 0x10],
      ["GT: ≥", 0x10, ISZERO],
    ],
  ],
  [
    0x12,
    [
      ["SLT: SGT", 0x13],
      ["SLT: ≤", 0x13, ISZERO],
    ],
  ],
  [
    0x13,
    [
      ["SGT: SLT", 0x12],
      ["SGT: ≥", 0x12, ISZERO],
    ],
  ],
  [
    0x14,
    [
      ["EQ: LT", 0x10],
      ["EQ: ≠", 0x14, ISZERO],
    ],
  ],
  [ISZERO, [["ISZERO: none", Bytecode.JUMPDEST]]],
  [0x16, [["AND: OR", 0x17]]],
  [0x17, [["OR: AND", 0x16]]],
  [0x18, [["XOR: OR", 0x17]]],
  [0x19, [["NOT: none", Bytecode.JUMPDEST]]],
  [0x1a, [["BYTE: SHR", 0x1c]]],
  [0x1b, [["SHL: SHR", 0x1c]]],
  [0x1c, [["SHR: SHL", 0x1b]]],
  [0x1d, [["SAR: SHR", 0x1c]]],
  [0x37, [["CALLDATACOPY: none", POP, POP, POP]]],
  [0x52, [["MSTORE: none", POP, POP]]],
  [0x53, [["MSTORE8: none", POP, POP]]],
  [0x5e, [["MCOPY: none", POP, POP, POP]]],
  [
    JUMPI,
    [
      ["JUMPI: never", POP, POP],
      ["JUMPI: always", SWAP1, POP, JUMP],
    ],
  ],
]);

/** Every mutant of the instructions that are run. */
export function all(code: Uint8Array, isRun: (pc: number) => boolean): Mutant[] {
  const instructions = Bytecode.instructionsOf(code);
  const labels = new Set(
    instructions.flatMap(({ pc, opcode }) => (opcode === Bytecode.JUMPDEST ? [pc] : [])),
  );
  return instructions
    .filter(({ pc }) => isRun(pc))
    .flatMap((instruction) => mutantsOf(instruction, labels));
}

/** The code with the mutant in it; undefined if there is no room for the way to it. */
export function apply(code: Uint8Array, { pc, replacement }: Mutant): Uint8Array | undefined {
  const instructions = Bytecode.instructionsOf(code);
  const at = instructions.findIndex((instruction) => instruction.pc === pc);
  const own = instructions[at];
  if (own === undefined) return undefined;
  if (replacement.length === Bytecode.sizeOf(own)) {
    const copy = code.slice();
    copy.set(replacement, pc);
    return copy;
  }
  if (!hasRoom(instructions, at)) return undefined;
  const start = code.length + GAP_BYTES;
  const copy = Bytes.concat(
    code,
    new Uint8Array(GAP_BYTES),
    Uint8Array.of(Bytecode.JUMPDEST),
    replacement,
    tailOf(instructions, at + 1),
  );
  copy.set(jumpTo(start), pc);
  return copy;
}

function mutantsOf({ pc, opcode, data }: Instruction, labels: ReadonlySet<number>): Mutant[] {
  const rules = RULES.get(opcode) ?? [];
  const mutants: Mutant[] = rules.map(([name, ...bytes]) => ({
    pc,
    name,
    replacement: Uint8Array.from(bytes),
  }));
  if (opcode >= DUP1 && opcode < DUP16)
    mutants.push({ pc, name: "DUP: the next", replacement: Uint8Array.of(opcode + 1) });
  if (opcode >= SWAP1 && opcode < SWAP16)
    mutants.push({ pc, name: "SWAP: the next", replacement: Uint8Array.of(opcode + 1) });
  if (opcode === Bytecode.PUSH0)
    mutants.push({ pc, name: "PUSH: 1 for 0", replacement: Uint8Array.of(PUSH1, 1) });
  // The address of a jump is no constant of the sources.
  const isLabel = data.length === 2 && labels.has(Bytes.toNumber(data));
  if (data.length > 0 && !isLabel) mutants.push(...constantsFor(pc, data));
  return mutants;
}

// One more, one less, and of a mask without its highest bit.
function constantsFor(pc: number, data: Uint8Array): Mutant[] {
  const size = data.length;
  const value = Bytes.toBigInt(data);
  const others: [string, bigint][] = [
    ["PUSH: one more", value + 1n],
    ["PUSH: one less", value - 1n],
  ];
  if (value > 1n && (value & (value + 1n)) === 0n)
    others.push(["PUSH: a mask of one bit less", value >> 1n]);
  return others.map(([name, other]) => {
    const wrapped = BigInt.asUintN(8 * size, other);
    const opcode = Bytecode.PUSH0 + size;
    const replacement = Bytes.concat(Uint8Array.of(opcode), Bytes.fromBigInt(wrapped, size));
    return { pc, name, replacement };
  });
}

// The way there overwrites what follows, where nothing may jump to.
function hasRoom(instructions: readonly Instruction[], at: number): boolean {
  let room = 0;
  for (let i = at; room < DETOUR_BYTES; i++) {
    const instruction = instructions[i];
    if (instruction === undefined) return false;
    if (i > at && instruction.opcode === Bytecode.JUMPDEST) return false;
    room += Bytecode.sizeOf(instruction);
  }
  return true;
}

// What runs on from an instruction, up to where it ends or something may jump to it.
function tailOf(instructions: readonly Instruction[], at: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const instruction of instructions.slice(at)) {
    if (instruction.opcode === Bytecode.JUMPDEST) {
      parts.push(jumpTo(instruction.pc));
      break;
    }
    parts.push(Bytecode.encoded(instruction));
    if (ENDS.includes(instruction.opcode)) break;
  }
  return Bytes.concat(...parts);
}

function jumpTo(pc: number): Uint8Array {
  return Bytes.concat(Uint8Array.of(PUSH2), Bytes.fromNumber(pc, 2), Uint8Array.of(JUMP));
}
