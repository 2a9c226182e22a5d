// The mutants of one contract: which are killed, which survive, and which lines nothing reaches.
import type { Random } from "../../test/machine/seededRandom.ts";
import * as Bytecode from "./bytecode.ts";
import type { Case } from "./cases.ts";
import * as Judge from "./judge.ts";
import * as Mutants from "./mutants.ts";

export type Request = {
  readonly judge: Judge.Judge;
  /** What stands before "Prover" in the contract's name. */
  readonly contract: string;
  /** The family that the contract judges; undefined for the router. */
  readonly family: number | undefined;
  readonly cases: readonly Case[];
  readonly count: number;
  readonly random: Random;
};

export type Survivor = Mutants.Mutant & {
  readonly line: Bytecode.Line | undefined;
  /** How many cases reach it. */
  readonly cases: number;
};

export type Tally = {
  readonly contract: string;
  readonly mutants: number;
  readonly killed: number;
  /** Mutants for which there is no room. */
  readonly without: number;
  readonly survivors: readonly Survivor[];
  /** Lines of which no instruction is reached. */
  readonly unreached: readonly Bytecode.Line[];
  /** Instructions that are reached, and all. */
  readonly reached: number;
  readonly instructions: number;
};

const PUSH2 = 0x61;
const PUSH4 = 0x63;
const JUMPI = 0x57;
/** JUMP, JUMPI, RETURN, REVERT, INVALID: what follows is another block. */
const ENDS = [0x56, JUMPI, 0xf3, 0xfd, 0xfe];
/** The selector of Panic(uint256), whole or without its leading bits. */
const PANICS = [0x4e487b71n, 0x4e487b71n << 224n];
/** How much of an expression is shown of which a mutant survived. */
const SHOWN_CHARACTERS = 100;
/** How far a check may stand from the Panic that it leads to. */
const NEAR = 12;

/** Judges so many mutants, chosen at random of all that are reached. */
export async function run(request: Request): Promise<Tally> {
  const { judge, contract, family, cases, count, random } = request;
  const own =
    family === undefined ? oneOfEachKind(cases) : cases.filter((one) => one.family === family);
  const known: Judge.Known[] = [];
  for (const one of own) known.push(await judge.know(one, family));
  const places = Judge.byInstruction(known);
  const code = await judge.code(family);
  const instructions = Bytecode.instructionsOf(code);
  const lines = linesByPc(contract, family, instructions);

  const tally = { mutants: 0, killed: 0, without: 0 };
  const survivors: Survivor[] = [];
  const all = Mutants.all(code, (pc) => places.has(pc) && isOfStatement(pc, lines, instructions));
  for (let i = 0; i < count && all.length > 0; i++) {
    const [mutant] = all.splice(random.below(all.length), 1);
    if (mutant === undefined) break;
    const reaching = places.get(mutant.pc) ?? [];
    const difference = await judge.firstDifference(family, mutant, reaching);
    if (difference === "no room") {
      tally.without++;
      continue;
    }
    tally.mutants++;
    if (difference !== undefined) {
      tally.killed++;
      continue;
    }
    const line = lines.get(mutant.pc);
    survivors.push({ ...mutant, line, cases: reaching.length });
  }
  const unreached = unreachedLines(instructions, lines, (pc) => places.has(pc));
  const reached = instructions.filter(({ pc }) => places.has(pc)).length;
  return { contract, ...tally, survivors, unreached, reached, instructions: instructions.length };
}

/** What is printed of a contract: its counts, then each survivor that is to be read, and lines that nothing reaches. */
export function linesOf(tally: Tally): string[] {
  const { contract, mutants, killed, without, survivors, unreached } = tally;
  const { reached, instructions } = tally;
  return [
    `${contract}: ${mutants} mutants, ${killed} killed, ${survivors.length} survived, ${without} without room; ` +
      `${reached} of ${instructions} instructions reached`,
    ...survivors
      .toSorted((a, b) => a.pc - b.pc)
      .toSorted((a, b) => shown(a.line).localeCompare(shown(b.line)))
      .map(({ pc, name, line, cases }) => `  ${name} at ${pc}, ${cases} cases: ${from(line)}`),
    ...unreached.map((line) => `  never reached: ${shown(line)}`),
  ];
}

// Whatever a step is, the router does much the same with it.
function oneOfEachKind(cases: readonly Case[]): Case[] {
  const kinds = Map.groupBy(cases, ({ family, kind }) => `${family} ${kind}`);
  return [...kinds.values()].flatMap((group) => group.slice(0, 1));
}

function linesByPc(
  contract: string,
  family: number | undefined,
  instructions: readonly Bytecode.Instruction[],
): Map<number, Bytecode.Line> {
  const folder = family === undefined ? "contracts/machine" : "contracts/machine/provers";
  const lines = Bytecode.linesOf(`${folder}/${contract}Prover.sol`, `${contract}Prover`);
  return new Map(
    instructions.flatMap(({ pc }, i) => {
      const line = lines[i];
      return line === undefined || /^(abstract )?(contract|library) /.test(line.text)
        ? []
        : [[pc, line] as const];
    }),
  );
}

// Left out is what the compiler adds: decoding of the call, memory, checks that end in a Panic.
function isOfStatement(
  pc: number,
  lines: ReadonlyMap<number, Bytecode.Line>,
  instructions: readonly Bytecode.Instruction[],
): boolean {
  return lines.has(pc) && !leadsToPanic(placeAt(pc, instructions), instructions);
}

// The next JUMPI behind the instruction, if it is near and jumps to a Panic, or falls into one.
function leadsToPanic(at: number, instructions: readonly Bytecode.Instruction[]): boolean {
  const jump = instructions.findIndex(({ opcode }, i) => i >= at && opcode === JUMPI);
  if (jump < 0 || jump - at > NEAR) return false;
  const label = instructions[jump - 1];
  if (label?.opcode !== PUSH2) return false;
  const target = Buffer.from(label.data).readUInt16BE();
  return isPanic(jump + 1, instructions) || isPanic(placeAt(target, instructions), instructions);
}

// Whether what runs from there on is a Panic, or jumps to one.
function isPanic(
  at: number,
  instructions: readonly Bytecode.Instruction[],
  mayJump = true,
): boolean {
  for (const { opcode, data } of instructions.slice(at, at + NEAR)) {
    if (opcode >= PUSH4 && PANICS.includes(valueOf(data))) return true;
    if (opcode === PUSH2 && mayJump) {
      const target = placeAt(Number(valueOf(data)), instructions);
      if (
        instructions[target]?.opcode === Bytecode.JUMPDEST &&
        isPanic(target, instructions, false)
      )
        return true;
    }
    if (ENDS.includes(opcode)) return false;
  }
  return false;
}

function placeAt(sought: number, instructions: readonly Bytecode.Instruction[]): number {
  const at = instructions.findIndex(({ pc }) => pc === sought);
  return at < 0 ? instructions.length : at;
}

function valueOf(data: Uint8Array): bigint {
  return data.length === 0 ? 0n : BigInt(`0x${Buffer.from(data).toString("hex")}`);
}

function unreachedLines(
  instructions: readonly Bytecode.Instruction[],
  lines: ReadonlyMap<number, Bytecode.Line>,
  isReached: (pc: number) => boolean,
): Bytecode.Line[] {
  const found = new Map<string, Bytecode.Line>();
  for (const { pc } of instructions) {
    const line = lines.get(pc);
    if (line !== undefined) found.set(shown(line), line);
  }
  for (const { pc } of instructions) if (isReached(pc)) found.delete(shown(lines.get(pc)));
  return [...found.values()];
}

function shown(line: Bytecode.Line | undefined): string {
  return line === undefined ? "" : `${line.file}:${line.number} ${line.text}`;
}

function from(line: Bytecode.Line | undefined): string {
  if (line === undefined) return "";
  const { file, number, expression } = line;
  return `${file}:${number} ${expression.slice(0, SHOWN_CHARACTERS)}`;
}
