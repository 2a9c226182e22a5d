// States and witnesses put together by hand from docs/protocol.md, with ethers alone: what the provers are
// held to before any of our own TypeScript takes part.
import { concat, id, keccak256, toBeHex, zeroPadValue } from "ethers";

type Layout<Name extends string> = readonly (readonly [name: Name, bytes: number])[];
type Values<Name extends string> = Readonly<Record<Name, bigint>>;

const MACHINE = [
  ["phase", 1],
  ["cursor", 32],
  ["block", 32],
  ["tx", 32],
  ["frame", 32],
  ["world", 32],
] as const;

const FRAME = [
  ["parent", 32],
  ["depth", 2],
  ["kind", 1],
  ["isStatic", 1],
  ["self", 20],
  ["caller", 20],
  ["value", 32],
  ["codeRoot", 32],
  ["codeSize", 4],
  ["pc", 4],
  ["gas", 8],
  ["stack", 32],
  ["stackSize", 2],
  ["memoryRoot", 32],
  ["words", 4],
  ["input", 32],
  ["returned", 32],
  ["outOffset", 8],
  ["outSize", 8],
  ["snapshot", 32],
] as const;

export type MachineFields = Values<(typeof MACHINE)[number][0]>;
export type FrameFields = Values<(typeof FRAME)[number][0]>;

export const CONTEXT = {
  fork: 2,
  chainId: 42_069n,
  caps: true,
  inbox: zeroPadValue("0x01", 20),
  endBlock: 1n,
};

export const PHASE_SETTLE = 10n;

const CODE_TREE_HEIGHT = 11;
const CHUNK = 32;

/** H(tribunal.<name>, fields) of the protocol. */
export function commit(name: string, ...fields: readonly bigint[]): bigint {
  return BigInt(keccak256(concat([id(`tribunal.${name}`), ...fields.map((field) => word(field))])));
}

/** The hash of a machine. */
export function machineHash(machine: MachineFields): string {
  return word(commit("machine", ...MACHINE.map(([name]) => machine[name])));
}

/** The hash of a frame. */
export function frameHash(frame: FrameFields): bigint {
  return commit("frame", ...FRAME.map(([name]) => frame[name]));
}

/** The hash of the view of nothing. */
export function emptyView(): bigint {
  return commit("view", 0n, 0n, 0n, 0n);
}

/** The cursor of a frame that has ended. */
export function outcome(status: bigint, output: bigint): bigint {
  return commit("cursor.outcome", status, output, 0n);
}

/** The hash of a stack, bottom first. */
export function stackHash(items: readonly bigint[]): bigint {
  return items.reduce((below, item) => pair(item, below), 0n);
}

/** A running frame of this code and stack. Its other fields are there to be told apart. */
export function frameOf(code: Uint8Array, stack: readonly bigint[]): FrameFields {
  return {
    parent: 0x11n,
    depth: 3n,
    kind: 0n,
    isStatic: 0n,
    self: 0x22n,
    caller: 0x33n,
    value: 0x44n,
    codeRoot: codeTree(code).at(-1)?.[0] ?? 0n,
    codeSize: BigInt(code.length),
    pc: 0n,
    gas: 1_000n,
    stack: stackHash(stack),
    stackSize: BigInt(stack.length),
    memoryRoot: 0n,
    words: 0n,
    input: emptyView(),
    returned: emptyView(),
    outOffset: 0n,
    outSize: 0n,
    snapshot: 0x55n,
  };
}

/** A machine that runs the frame. */
export function machineOf(frame: FrameFields): MachineFields {
  const frameCommitment = frameHash(frame);
  return { phase: 0n, cursor: 0n, block: 0x66n, tx: 0x77n, frame: frameCommitment, world: 0x88n };
}

/** The machine after its frame has ended. */
export function ended(frame: FrameFields, status: bigint, output: bigint): MachineFields {
  return { ...machineOf(frame), phase: PHASE_SETTLE, cursor: outcome(status, output) };
}

/** What opens the machine, for the family. */
export function openMachine(family: number, machine: MachineFields): string {
  return concat([toBeHex(family, 1), packed(MACHINE, machine)]);
}

/** What opens the frame. */
export function openFrame(frame: FrameFields): string {
  return packed(FRAME, frame);
}

/** What opens the chunk of code that holds a byte. */
export function openChunk(code: Uint8Array, position: number): string {
  const index = Math.floor(position / CHUNK);
  const siblings = codeTree(code)
    .slice(0, CODE_TREE_HEIGHT)
    .map((row, height) => word(row[(index >> height) ^ 1] ?? 0n));
  const [chunk, first] = chunksOf(code)[index] ?? [0n, 0];
  return concat([word(chunk), toBeHex(first, 1), ...siblings]);
}

/** What opens the top `count` items of a stack, bottom first. */
export function openStack(stack: readonly bigint[], count: number): string {
  const known = stack.slice(stack.length - count).reverse();
  const rest = stackHash(stack.slice(0, stack.length - count));
  return concat([toBeHex(count, 1), ...known.map((item) => word(item)), word(rest)]);
}

/** A 32-byte word. */
export function word(value: bigint): string {
  return toBeHex(value, 32);
}

function packed<Name extends string>(layout: Layout<Name>, values: Values<Name>): string {
  return concat(layout.map(([name, bytes]) => toBeHex(values[name], bytes)));
}

/** The node above two nodes of a tree. */
export function pair(left: bigint, right: bigint): bigint {
  return BigInt(keccak256(concat([word(left), word(right)])));
}

function chunksOf(code: Uint8Array): (readonly [chunk: bigint, first: number])[] {
  const chunks: (readonly [bigint, number])[] = [];
  let position = 0;
  for (let start = 0; start < code.length; start += CHUNK) {
    const bytes = new Uint8Array(CHUNK);
    bytes.set(code.subarray(start, start + CHUNK));
    chunks.push([
      BigInt(`0x${Buffer.from(bytes).toString("hex")}`),
      Math.min(position - start, CHUNK),
    ]);
    while (position < start + CHUNK) {
      const opcode = code[position] ?? 0;
      position += opcode >= 0x60 && opcode <= 0x7f ? opcode - 0x5e : 1;
    }
  }
  return chunks;
}

/** All rows of the code's tree, leaves first. */
function codeTree(code: Uint8Array): bigint[][] {
  const leaves = chunksOf(code).map(([chunk, first]) =>
    BigInt(keccak256(concat([word(chunk), toBeHex(first, 1)]))),
  );
  let row = Array.from({ length: 2 ** CODE_TREE_HEIGHT }, (_, i) => leaves[i] ?? 0n);
  const rows = [row];
  while (row.length > 1) {
    const below = row;
    row = Array.from({ length: below.length / 2 }, (_, i) =>
      pair(below[2 * i] ?? 0n, below[2 * i + 1] ?? 0n),
    );
    rows.push(row);
  }
  return rows;
}
