// Runtime code as instructions, and the line of Solidity that each comes from.
import { readFileSync } from "node:fs";
import * as Bytes from "../../src/primitives/bytes.ts";

export type Instruction = {
  readonly pc: number;
  readonly opcode: number;
  /** The data of a PUSH. */
  readonly data: Uint8Array;
};

/** A line of the sources, and what of it or from it on an instruction is compiled from. */
export type Line = {
  readonly file: string;
  readonly number: number;
  readonly text: string;
  readonly expression: string;
};

export const JUMPDEST = 0x5b;
export const PUSH0 = 0x5f;
const PUSH32 = 0x7f;
/** The compiler's metadata says in its last two bytes how long it is. */
const LENGTH_BYTES = 2;

/** The instructions of runtime code, without the metadata behind them. */
export function instructionsOf(code: Uint8Array): Instruction[] {
  const end = code.length - LENGTH_BYTES - Bytes.toNumber(code.slice(-LENGTH_BYTES));
  const instructions: Instruction[] = [];
  for (let pc = 0; pc < end;) {
    const opcode = code[pc] ?? 0;
    const size = opcode > PUSH0 && opcode <= PUSH32 ? opcode - PUSH0 : 0;
    instructions.push({ pc, opcode, data: code.slice(pc + 1, pc + 1 + size) });
    pc += 1 + size;
  }
  return instructions;
}

/** How many bytes an instruction takes. */
export function sizeOf({ data }: Instruction): number {
  return 1 + data.length;
}

/** The bytes of an instruction. */
export function encoded({ opcode, data }: Instruction): Uint8Array {
  return Bytes.concat(Uint8Array.of(opcode), data);
}

type Artifact = { readonly buildInfoId: string; readonly inputSourceName: string };
type Output = {
  readonly output: {
    readonly sources: Readonly<Record<string, { readonly id: number }>>;
    readonly contracts: Readonly<
      Record<
        string,
        Readonly<Record<string, { readonly evm: { readonly deployedBytecode: Code } }>>
      >
    >;
  };
};
type Code = { readonly object: string; readonly sourceMap: string };
type Input = { readonly input: { readonly sources: Readonly<Record<string, Source>> } };
type Source = { readonly content: string };
/** Where in which source an instruction comes from. */
type Place = { readonly offset: number; readonly length: number; readonly file: number };

const ARTIFACTS = new URL("../../artifacts/", import.meta.url);

/** The line of each instruction of a contract, in their order; undefined for what the compiler adds. */
export function linesOf(sourceName: string, contract: string): (Line | undefined)[] {
  const artifact = read<Artifact>(`${sourceName}/${contract}.json`);
  const { output } = read<Output>(`build-info/${artifact.buildInfoId}.output.json`);
  const { input } = read<Input>(`build-info/${artifact.buildInfoId}.json`);
  const compiled = output.contracts[artifact.inputSourceName]?.[contract];
  if (compiled === undefined) throw new NotCompiledError(contract);
  const names = new Map(Object.entries(output.sources).map(([name, { id }]) => [id, name]));
  const lineAt = ({ file, offset, length }: Place): Line | undefined => {
    const name = names.get(file);
    const content = name === undefined ? undefined : input.sources[name]?.content;
    if (name === undefined || content === undefined) return undefined;
    return lineOf(name.replace(/^project\//, ""), content, offset, length);
  };
  return placesOf(compiled.evm.deployedBytecode.sourceMap).map(lineAt);
}

// Fields that are left out are those of the entry before: `start:length:file:jump:depth`.
function placesOf(sourceMap: string): Place[] {
  let place = { offset: 0, length: 0, file: -1 };
  return sourceMap.split(";").map((entry) => {
    const [offset, length, file] = entry.split(":").map((field) => (field === "" ? [] : [field]));
    place = {
      offset: Number(offset?.[0] ?? place.offset),
      length: Number(length?.[0] ?? place.length),
      file: Number(file?.[0] ?? place.file),
    };
    return place;
  });
}

// Offsets and lengths count bytes.
function lineOf(file: string, content: string, offset: number, length: number): Line {
  const bytes = Buffer.from(content);
  const number = bytes.subarray(0, offset).toString().split("\n").length;
  const expression = bytes
    .subarray(offset, offset + length)
    .toString()
    .replaceAll(/\s+/g, " ");
  return { file, number, text: content.split("\n")[number - 1]?.trim() ?? "", expression };
}

function read<T>(path: string): T {
  const content: T = JSON.parse(readFileSync(new URL(path, ARTIFACTS), "utf8")) as T;
  return content;
}

export class NotCompiledError extends Error {
  override readonly name = "Bytecode.NotCompiledError";
  constructor(contract: string) {
    super(`there is no compiled ${contract}: run npm run build`);
  }
}
