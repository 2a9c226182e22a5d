// The sponge of Keccak-256 (FIPS 202's permutation, Keccak's own padding), as a WebAssembly module that is put together
// here: lanes have 64 bits, and JavaScript has no fast integers of that size.

export const RATE_BYTES = 136;

const LANES = 25;
const RATE_LANES = 17;
const LANE_BYTES = 8;
const ROUNDS = 24;

// prettier-ignore
const ROUND_CONSTANTS = [
  0x0000000000000001n, 0x0000000000008082n, 0x800000000000808an, 0x8000000080008000n,
  0x000000000000808bn, 0x0000000080000001n, 0x8000000080008081n, 0x8000000000008009n,
  0x000000000000008an, 0x0000000000000088n, 0x0000000080008009n, 0x000000008000000an,
  0x000000008000808bn, 0x800000000000008bn, 0x8000000000008089n, 0x8000000000008003n,
  0x8000000000008002n, 0x8000000000000080n, 0x000000000000800an, 0x800000008000000an,
  0x8000000080008081n, 0x8000000000008080n, 0x0000000080000001n, 0x8000000080008008n,
] as const;

// Where things lie in memory: the state first, at 0.
const CONSTANTS = 256;
/** Where the bytes to absorb are put. */
export const INPUT = 512;
const PAGES = 2;
/** How many blocks fit behind INPUT. */
export const MOST_BLOCKS = Math.floor((PAGES * 65_536 - INPUT) / RATE_BYTES);

// Opcodes and types of WebAssembly.
const I32 = 0x7f;
const I64 = 0x7e;
const FUNCTION_TYPE = 0x60;
const NO_RESULT = 0x40;
const LOOP = 0x03;
const END = 0x0b;
const BRANCH_IF = 0x0d;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const LOCAL_TEE = 0x22;
const I64_LOAD = 0x29;
const I64_STORE = 0x37;
const I32_CONST = 0x41;
const I64_CONST = 0x42;
const I32_LESS_UNSIGNED = 0x49;
const I32_ADD = 0x6a;
const I32_SUB = 0x6b;
const I64_AND = 0x83;
const I64_XOR = 0x85;
const I64_ROTL = 0x89;
const ALIGN_8 = 3;
const MINUS_ONE = 0x7f;

// Local 0 counts the blocks that are left, 1 and 2 are offsets of a block and of a round's constant.
const LEFT = 0;
const BLOCK = 1;
const ROUND = 2;
const STATE = 3;
const MOVED = STATE + LANES;
const COLUMN = MOVED + LANES;
const EFFECT = COLUMN + 5;
const LANE_LOCALS = 2 * LANES + 10;

/** The parts of the WebAssembly interface used here, which the language's own types leave out. */
type WebAssemblyInterface = {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer };
      readonly absorb: (blocks: number) => void;
    };
  };
};
declare const WebAssembly: WebAssemblyInterface;

const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));

/** The state from 0, of which the first 32 bytes become the digest, and the blocks to absorb from INPUT. */
export const memory = new Uint8Array(exports.memory.buffer);

const constants = new DataView(exports.memory.buffer, CONSTANTS);
ROUND_CONSTANTS.forEach((word, i) => constants.setBigUint64(i * LANE_BYTES, word, true));

/** Makes the state that of a sponge that has absorbed nothing. */
export function clear(): void {
  memory.fill(0, 0, LANES * LANE_BYTES);
}

/** Absorbs so many blocks, at least one. */
export function absorb(blocks: number): void {
  exports.absorb(blocks);
}

function moduleBytes(): Uint8Array {
  const name = (text: string): number[] => vector([...new TextEncoder().encode(text)]);
  const body = [2, 2, I32, LANE_LOCALS, I64, ...instructions(), END];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, FUNCTION_TYPE, 1, I32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, PAGES]),
    ...section(7, [2, ...name("memory"), 2, 0, ...name("absorb"), 0, 0]),
    ...section(10, [1, ...vector(body)]),
  ]);
}

function instructions(): number[] {
  const lanes = Array.from({ length: LANES }, (_, lane) => lane);
  const at = (lane: number) => [ALIGN_8, ...integer(lane * LANE_BYTES)];
  const load = lanes.flatMap((lane) => [I32_CONST, 0, I64_LOAD, ...at(lane), ...set(STATE + lane)]);
  const store = lanes.flatMap((lane) => [
    I32_CONST,
    0,
    ...get(STATE + lane),
    I64_STORE,
    ...at(lane),
  ]);
  const mixIn = lanes
    .slice(0, RATE_LANES)
    .flatMap((lane) => [
      ...[...get(STATE + lane), ...get(BLOCK), I64_LOAD, ALIGN_8],
      ...[...integer(INPUT + lane * LANE_BYTES), I64_XOR, ...set(STATE + lane)],
    ]);
  const nextRound = [...get(ROUND), ...constant(LANE_BYTES), I32_ADD, LOCAL_TEE, ROUND];
  const rounds = [
    ...[...constant(0), ...set(ROUND), LOOP, NO_RESULT, ...round(), ...nextRound],
    ...[...constant(ROUNDS * LANE_BYTES), I32_LESS_UNSIGNED, BRANCH_IF, 0, END],
  ];
  const nextBlock = [...get(BLOCK), ...constant(RATE_BYTES), I32_ADD, ...set(BLOCK)];
  const countDown = [...get(LEFT), ...constant(1), I32_SUB, LOCAL_TEE, LEFT, BRANCH_IF, 0];
  const blocks = [LOOP, NO_RESULT, ...mixIn, ...rounds, ...nextBlock, ...countDown, END];
  return [...load, ...blocks, ...store];
}

function round(): number[] {
  const five = [0, 1, 2, 3, 4];
  const columns = five.flatMap((x) => [
    ...get(STATE + x),
    ...[5, 10, 15, 20].flatMap((row) => [...get(STATE + x + row), I64_XOR]),
    ...set(COLUMN + x),
  ]);
  const effects = five.flatMap((x) => [
    ...get(COLUMN + ((x + 4) % 5)),
    ...[...get(COLUMN + ((x + 1) % 5)), I64_CONST, 1, I64_ROTL],
    ...[I64_XOR, ...set(EFFECT + x)],
  ]);
  const moves = five.flatMap((y) =>
    five.flatMap((x) => [
      ...[...get(STATE + x + 5 * y), ...get(EFFECT + x), I64_XOR],
      ...[I64_CONST, ...signed(rotationOf(x, y)), I64_ROTL],
      ...set(MOVED + y + 5 * ((2 * x + 3 * y) % 5)),
    ]),
  );
  const rows = five.flatMap((y) =>
    five.flatMap((x) => [
      ...[...get(MOVED + ((x + 1) % 5) + 5 * y), I64_CONST, MINUS_ONE, I64_XOR],
      ...[...get(MOVED + ((x + 2) % 5) + 5 * y), I64_AND],
      ...[...get(MOVED + x + 5 * y), I64_XOR, ...set(STATE + x + 5 * y)],
    ]),
  );
  const breakSymmetry = [
    ...[...get(STATE), ...get(ROUND), I64_LOAD, ALIGN_8, ...integer(CONSTANTS)],
    ...[I64_XOR, ...set(STATE)],
  ];
  return [...columns, ...effects, ...moves, ...rows, ...breakSymmetry];
}

// FIPS 202, section 3.2.2: lanes are visited along a path, and each is rotated by the next triangular number.
function rotationOf(x: number, y: number): number {
  let [column, row] = [1, 0];
  for (let step = 0; step < LANES - 1; step++) {
    if (column === x && row === y) return (((step + 1) * (step + 2)) / 2) % 64;
    [column, row] = [row, (2 * column + 3 * row) % 5];
  }
  return 0;
}

function get(local: number): number[] {
  return [LOCAL_GET, local];
}

function set(local: number): number[] {
  return [LOCAL_SET, local];
}

function constant(value: number): number[] {
  return [I32_CONST, ...signed(value)];
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

// Signed LEB128 of what is not negative: the last byte must not look like a sign.
function signed(value: number): number[] {
  const bytes = integer(value);
  const last = bytes.pop() ?? 0;
  return last < 0x40 ? [...bytes, last] : [...bytes, last | 0x80, 0];
}
