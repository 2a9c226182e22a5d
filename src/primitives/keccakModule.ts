// The sponge of Keccak-256 (FIPS 202, with Keccak's own padding) as a WebAssembly module, written out here instruction by
// instruction. WebAssembly has integers of 64 bits and rotates them, which JavaScript does not; two rounds stand in the
// loop, from one set of 25 lanes to another and back, so that nothing is moved between them.

/** Bytes that a permutation takes in, and the state of the sponge. */
export const RATE = 136;
export const STATE_BYTES = 200;

/** Where the state of a sponge that has taken nothing lies, and where the last one does. */
export const FRESH = 0;
export const STATE = 256;

/** Where the bytes to be hashed are put, and how many of them at once. */
export const INPUT = 1_024;
export const INPUT_BYTES = 120 * RATE;

/** What the module offers. */
export type Sponge = {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Takes whole blocks of input, at least one, into the state at an address. */
  readonly absorb: (from: number, size: number) => void;
  /** Takes the last of the input, any number of bytes; the digest is the first 32 bytes of the state. */
  readonly finish: (from: number, size: number) => void;
};

// The types of ECMAScript do not have it.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Sponge };
};

type Code = readonly number[];

const LANES = 25;
const LANE_BYTES = 8;
const ROUNDS = 24;
const ROUND_CONSTANTS = 512;

// Local variables: two parameters and two more of 32 bits, then those of 64.
const [FROM, SIZE, POSITION, ROUND] = [0, 1, 2, 3] as const;
const EVEN = 4;
const ODD = EVEN + LANES;
const PARITY = ODD + LANES;
const EFFECT = PARITY + 5;
const ROW = EFFECT + 5;
const LANE_LOCALS = 2 * LANES + 15;

const I32 = 0x7f;
const I64 = 0x7e;
const FUNCTION = 0x60;
const END = 0x0b;
const NO_RESULT = 0x40;

/** Makes a sponge of its own. */
export function instantiate(): Sponge {
  return new WebAssembly.Instance(new WebAssembly.Module(module())).exports;
}

function module(): Uint8Array {
  const magic = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  return Uint8Array.from([
    ...magic,
    ...section(1, [[FUNCTION, ...vector([[I32], [I32]]), ...vector([])]]),
    ...section(3, [[0], [0]]),
    ...section(5, [[0, 1]]),
    ...section(7, [exported("memory", 2, 0), exported("absorb", 0, 0), exported("finish", 0, 1)]),
    ...section(10, [sized(absorbCode()), sized(finishCode())]),
    ...section(11, [[0, ...i32(ROUND_CONSTANTS), END, ...vector(roundConstants())]]),
  ]);
}

function absorbCode(): Code {
  const lanes = sequence(LANES);
  return [
    ...vector([
      [2, I32],
      [LANE_LOCALS, I64],
    ]),
    ...lanes.flatMap((i) => set(EVEN + i, load(get(FROM), LANE_BYTES * i))),
    ...repeated([
      ...sequence(RATE / LANE_BYTES).flatMap((i) =>
        set(EVEN + i, xor(get(EVEN + i), load(get(POSITION), INPUT + LANE_BYTES * i))),
      ),
      ...set(ROUND, i32(0)),
      ...repeated([
        ...round(EVEN, ODD, load(get(ROUND), ROUND_CONSTANTS)),
        ...round(ODD, EVEN, load(get(ROUND), ROUND_CONSTANTS + LANE_BYTES)),
        ...advance(ROUND, 2 * LANE_BYTES),
        ...againIf(isLess(get(ROUND), i32(ROUNDS * LANE_BYTES))),
      ]),
      ...advance(POSITION, RATE),
      ...againIf(isLess(get(POSITION), get(SIZE))),
    ]),
    ...lanes.flatMap((i) => store(i32(0), STATE + LANE_BYTES * i, get(EVEN + i))),
    END,
  ];
}

// Behind the bytes stand 0x01 and zeros up to the end of the block, whose last bit is one.
function finishCode(): Code {
  return [
    ...vector([[1, I32]]),
    ...sequence(RATE / LANE_BYTES).flatMap((i) =>
      store(get(SIZE), INPUT + LANE_BYTES * i, [0x42, 0x00]),
    ),
    ...storeByte(get(SIZE), INPUT, i32(0x01)),
    ...set(POSITION, multiply(add(divide(get(SIZE), i32(RATE)), i32(1)), i32(RATE))),
    ...storeByte(get(POSITION), INPUT - 1, or(loadByte(get(POSITION), INPUT - 1), i32(0x80))),
    ...[...get(FROM), ...get(POSITION), 0x10, 0],
    END,
  ];
}

// Lane (x, y) is number x + 5y. Theta, then rho and pi into a row at a time, then chi on the row, then iota.
function round(before: number, after: number, constant: Code): Code {
  const columns = sequence(5);
  const column = (x: number) => columns.map((y) => get(before + x + 5 * y)).reduce(xor);
  const parity = (x: number) => get(PARITY + (x % 5));
  const row = (x: number) => get(ROW + (x % 5));
  return [
    ...columns.flatMap((x) => set(PARITY + x, column(x))),
    ...columns.flatMap((x) => set(EFFECT + x, xor(parity(x + 4), rotate(parity(x + 1), 1)))),
    ...columns.flatMap((y) => [
      ...columns.flatMap((x) => {
        // Pi takes lane (x', y') to (y', 2x' + 3y'), so what comes to (x, y) is from (x + 3y, x).
        const fromX = (x + 3 * y) % 5;
        const from = fromX + 5 * x;
        const lane = xor(get(before + from), get(EFFECT + fromX));
        return set(ROW + x, rotate(lane, rotations[from] ?? 0));
      }),
      ...columns.flatMap((x) => {
        const lane = xor(row(x), and(not(row(x + 1)), row(x + 2)));
        return set(after + x + 5 * y, x + y === 0 ? xor(lane, constant) : lane);
      }),
    ]),
  ];
}

// How far rho rotates each lane: the triangular numbers, along the path that pi takes from (1, 0).
const rotations = rotationsOfLanes();

function rotationsOfLanes(): number[] {
  const found = new Array<number>(LANES).fill(0);
  let [x, y] = [1, 0];
  for (let t = 0; t < LANES - 1; t++) {
    found[x + 5 * y] = (((t + 1) * (t + 2)) / 2) % 64;
    [x, y] = [y, (2 * x + 3 * y) % 5];
  }
  return found;
}

// Bit 2^j - 1 of a round's constant is the next bit of a shift register of eight, for j from 0 to 6.
function roundConstants(): number[][] {
  const bytes: number[][] = [];
  let register = 1;
  for (let n = 0; n < ROUNDS; n++) {
    let constant = 0n;
    for (let j = 0; j <= 6; j++) {
      if (register % 2 === 1) constant |= 1n << (2n ** BigInt(j) - 1n);
      register <<= 1;
      if (register > 0xff) register ^= 0x171;
    }
    for (let i = 0n; i < 8n; i++) bytes.push([Number((constant >> (8n * i)) & 0xffn)]);
  }
  return bytes;
}

const get = (local: number): Code => [0x20, local];
const set = (local: number, value: Code): Code => [...value, 0x21, local];
const i32 = (value: number): Code => [0x41, ...signed(value)];
const add = (left: Code, right: Code): Code => [...left, ...right, 0x6a];
const multiply = (left: Code, right: Code): Code => [...left, ...right, 0x6c];
const divide = (left: Code, right: Code): Code => [...left, ...right, 0x6e];
const or = (left: Code, right: Code): Code => [...left, ...right, 0x72];
const isLess = (left: Code, right: Code): Code => [...left, ...right, 0x49];
const and = (left: Code, right: Code): Code => [...left, ...right, 0x83];
const xor = (left: Code, right: Code): Code => [...left, ...right, 0x85];
const not = (value: Code): Code => xor(value, [0x42, ...signed(-1)]);
const rotate = (value: Code, bits: number): Code => [...value, 0x42, ...signed(bits), 0x89];
const load = (address: Code, offset: number): Code => [...address, 0x29, 0, ...unsigned(offset)];
const loadByte = (at: Code, offset: number): Code => [...at, 0x2d, 0, ...unsigned(offset)];
const advance = (local: number, by: number): Code => set(local, add(get(local), i32(by)));
const repeated = (body: Code): Code => [0x03, NO_RESULT, ...body, END];
const againIf = (condition: Code): Code => [...condition, 0x0d, 0];

function store(address: Code, offset: number, value: Code): Code {
  return [...address, ...value, 0x37, 0, ...unsigned(offset)];
}

function storeByte(address: Code, offset: number, value: Code): Code {
  return [...address, ...value, 0x3a, 0, ...unsigned(offset)];
}

function section(id: number, entries: readonly Code[]): Code {
  return [id, ...sized(vector(entries))];
}

function exported(name: string, kind: number, index: number): Code {
  return [...sized([...new TextEncoder().encode(name)]), kind, index];
}

function vector(entries: readonly Code[]): Code {
  return [...unsigned(entries.length), ...entries.flat()];
}

function sized(bytes: Code): Code {
  return [...unsigned(bytes.length), ...bytes];
}

// LEB128: seven bits in a byte, the lowest first; the eighth tells that more follow.
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...unsigned(Math.floor(value / 0x80))];
}

// The same with a sign, which the seventh bit of the last byte repeats.
function signed(value: number): Code {
  if (value >= -0x40 && value < 0x40) return [value & 0x7f];
  return [(value & 0x7f) + 0x80, ...signed(value >> 7)];
}

function sequence(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
