// The rounds of BLAKE2b's compression function (RFC 7693), as a WebAssembly module that is put together
// here: JavaScript has no fast 64-bit integers, and a call may ask for 2^32 rounds at 1 gas each.

const WORDS = 16;
const WORD_BYTES = 8;

// prettier-ignore
const SCHEDULE = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
] as const;

// The columns, then the diagonals: which four words each of the eight mixings of a round takes.
// prettier-ignore
const MIXINGS = [
  [0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
  [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14],
] as const;

// Opcodes and types of WebAssembly.
const I32 = 0x7f;
const I64 = 0x7e;
const FUNCTION_TYPE = 0x60;
const NO_RESULT = 0x40;
const BLOCK = 0x02;
const LOOP = 0x03;
const END = 0x0b;
const BRANCH = 0x0c;
const BRANCH_IF = 0x0d;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const I64_LOAD = 0x29;
const I64_STORE = 0x37;
const I32_CONST = 0x41;
const I64_CONST = 0x42;
const I32_EQZ = 0x45;
const I32_SUB = 0x6b;
const I64_ADD = 0x7c;
const I64_XOR = 0x85;
const I64_ROTR = 0x8a;
const ALIGN_8 = 3;

// Local 0 counts the rounds that are left, then come the working words and the message words.
const LEFT = 0;
const WORK = 1;
const MESSAGE = WORK + WORDS;

/** The parts of the WebAssembly interface used here, which the language's own types leave out. */
type WebAssemblyInterface = {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer };
      readonly mix: (rounds: number) => void;
    };
  };
};
declare const WebAssembly: WebAssemblyInterface;

const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));

/** The 16 working words and the 16 message words, little-endian: put them here, find the former changed. */
export const memory = new DataView(exports.memory.buffer);

/** Runs so many rounds, up to 2^32 - 1, on the words in memory. */
export function mix(rounds: number): void {
  exports.mix(rounds);
}

function moduleBytes(): Uint8Array {
  const name = (text: string): number[] => vector([...new TextEncoder().encode(text)]);
  const body = [...integer(1), ...integer(2 * WORDS), I64, ...instructions(), END];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, FUNCTION_TYPE, 1, I32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...name("memory"), 2, 0, ...name("mix"), 0, 0]),
    ...section(10, [1, ...vector(body)]),
  ]);
}

function instructions(): number[] {
  const words = Array.from({ length: 2 * WORDS }, (_, index) => index);
  const loads = words.flatMap((index) => [
    ...[I32_CONST, 0, I64_LOAD, ALIGN_8, ...integer(index * WORD_BYTES)],
    ...[LOCAL_SET, WORK + index],
  ]);
  const rounds = SCHEDULE.flatMap((order) => [
    ...[LOCAL_GET, LEFT, I32_EQZ, BRANCH_IF, 1],
    ...MIXINGS.flatMap((words, i) =>
      mixing(words, MESSAGE + (order[2 * i] ?? 0), MESSAGE + (order[2 * i + 1] ?? 0)),
    ),
    ...[LOCAL_GET, LEFT, I32_CONST, 1, I32_SUB, LOCAL_SET, LEFT],
  ]);
  const stores = words
    .slice(0, WORDS)
    .flatMap((index) => [
      ...[I32_CONST, 0, LOCAL_GET, WORK + index],
      ...[I64_STORE, ALIGN_8, ...integer(index * WORD_BYTES)],
    ]);
  const loop = [BLOCK, NO_RESULT, LOOP, NO_RESULT, ...rounds, BRANCH, 0, END, END];
  return [...loads, ...loop, ...stores];
}

// RFC 7693, section 3.1: the function G.
function mixing(words: readonly number[], x: number, y: number): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = words.map((word) => WORK + word);
  return [
    ...[...add(a, b), LOCAL_GET, x, I64_ADD, LOCAL_SET, a, ...xorAndRotate(d, a, 32)],
    ...[...add(c, d), LOCAL_SET, c, ...xorAndRotate(b, c, 24)],
    ...[...add(a, b), LOCAL_GET, y, I64_ADD, LOCAL_SET, a, ...xorAndRotate(d, a, 16)],
    ...[...add(c, d), LOCAL_SET, c, ...xorAndRotate(b, c, 63)],
  ];
}

function add(left: number, right: number): number[] {
  return [LOCAL_GET, left, LOCAL_GET, right, I64_ADD];
}

function xorAndRotate(target: number, other: number, bits: number): number[] {
  const both = [LOCAL_GET, target, LOCAL_GET, other, I64_XOR];
  return [...both, I64_CONST, bits, I64_ROTR, LOCAL_SET, target];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...vector(content)];
}

function vector(bytes: readonly number[]): number[] {
  return [...integer(bytes.length), ...bytes];
}

// LEB128.
function integer(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}
