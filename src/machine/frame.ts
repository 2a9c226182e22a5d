// A running message. Field order is consensus. Twin: contracts/machine/Frame.sol.
import * as Bytes from "../primitives/bytes.ts";
import { tag } from "../primitives/commitment.ts";
import { absorb, keccak256After, NOTHING_ABSORBED, type Absorbed } from "../primitives/keccak.ts";
import * as Witness from "../merkle/witness.ts";
import * as Code from "./code.ts";
import * as Gas from "./gas.ts";
import * as Memory from "./memory.ts";
import * as Stack from "./stack.ts";
import * as View from "./view.ts";
import * as World from "./world.ts";

export const TAG_FRAME = tag("frame");

const WORD = 32;
const FIELDS = 20;
const NO_FRAME = new Uint8Array(WORD);

// Two blocks of Keccak-256, within the ten words at the head that never change.
const ABSORBED_BYTES = 2 * 136;

/** The frame's words as last hashed; those of unchanging fields are written once, and the first of them hashed once. */
type Encoding = {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly head: Absorbed;
  readonly rest: Uint8Array;
  /** What stands in the words for stack, memory and returned data. */
  stack: Uint8Array | null;
  memory: Uint8Array | null;
  returned: Uint8Array | null;
};

/** A stack of 1,024 frames is hashed from the bottom, so that no call is nested as deep. */
export type Frame = {
  readonly parent: Frame | null;
  readonly depth: number;
  readonly kind: number;
  readonly isStatic: boolean;
  readonly self: bigint;
  readonly caller: bigint;
  readonly value: bigint;
  readonly code: Code.Code;
  readonly bytecode: Uint8Array;
  pc: number;
  /** Gas up to 2^53 - 1; what is beyond lies in `reserve` until the rest is used up. */
  gas: number;
  reserve: bigint;
  readonly stack: Stack.Stack;
  /** Replaced only by the output of a precompile. */
  memory: Memory.Memory;
  readonly input: View.View;
  returned: View.View;
  /** Where the output goes in the parent's memory. */
  readonly outOffset: number;
  readonly outSize: number;
  /** The world at entry. */
  readonly snapshot: World.World;
  encoding: Encoding | null;
  /** The parent's hash: it does not change while this frame is above it. */
  parentHash: Uint8Array | null;
};

const ENDLESS = BigInt(Number.MAX_SAFE_INTEGER);

type Start = Pick<
  Frame,
  | "parent"
  | "depth"
  | "kind"
  | "isStatic"
  | "self"
  | "caller"
  | "value"
  | "code"
  | "input"
  | "outOffset"
  | "outSize"
  | "snapshot"
>;

/** A frame at its first instruction. */
export function create(start: Start, gas: bigint): Frame {
  const { parent, depth, kind, isStatic, self, caller, value, code } = start;
  const { input, outOffset, outSize, snapshot } = start;
  const frame: Frame = {
    parent,
    depth,
    kind,
    isStatic,
    self,
    caller,
    value,
    code,
    bytecode: Code.bytes(code),
    pc: 0,
    gas: 0,
    reserve: 0n,
    stack: Stack.create(),
    memory: Memory.create(),
    input,
    returned: View.EMPTY,
    outOffset,
    outSize,
    snapshot,
    encoding: null,
    parentHash: null,
  };
  setGas(frame, gas);
  return frame;
}

/** The gas that is left. */
export function gasLeft(frame: Frame): bigint {
  return BigInt(frame.gas) + frame.reserve;
}

/** Replaces the gas that is left. */
export function setGas(frame: Frame, gas: bigint): void {
  const near = gas < ENDLESS ? gas : ENDLESS;
  frame.gas = Number(near);
  frame.reserve = gas - near;
}

/** Adds gas that was given back. */
export function refundGas(frame: Frame, gas: bigint): void {
  setGas(frame, gasLeft(frame) + gas);
}

/** Takes gas. Returns false, and takes nothing, when there is not enough. */
export function charge(frame: Frame, cost: number): boolean {
  if (cost <= frame.gas) {
    frame.gas -= cost;
    return true;
  }
  return frame.reserve > 0n && chargeReserve(frame, BigInt(cost));
}

/** Pays for memory up to the end of the range and grows it. Returns false when that cannot be paid. */
export function expand(frame: Frame, offset: number, size: number): boolean {
  if (size === 0) return true;
  const end = offset + size;
  if (end > Gas.MAX_MEMORY_BYTES) return false;

  const words = Gas.wordsFor(end);
  const { memory } = frame;
  if (words <= memory.words) return true;
  if (!charge(frame, Gas.memoryCost(words) - Gas.memoryCost(memory.words))) return false;

  Memory.grow(memory, words);
  return true;
}

/** The commitment to a frame and all frames below it; that to none is 0. */
export function hash(frame: Frame | null): Uint8Array {
  if (frame === null) return NO_FRAME;
  const unhashed: Frame[] = [];
  for (let above = frame; above.parent !== null && above.parentHash === null; above = above.parent)
    unhashed.push(above);
  for (const above of unhashed.reverse()) above.parentHash = hashAlone(above.parent);
  return hashAlone(frame);
}

/** Puts the fields of the frame into a witness. */
export function open(frame: Frame, witness: Witness.WitnessWriter | null): void {
  if (witness === null) return;
  hash(frame);
  Witness.writeBytes32(witness, frame.parentHash ?? NO_FRAME);
  Witness.writeUint16(witness, frame.depth);
  Witness.writeUint8(witness, frame.kind);
  Witness.writeUint8(witness, frame.isStatic ? 1 : 0);
  Witness.writeUint160(witness, frame.self);
  Witness.writeUint160(witness, frame.caller);
  Witness.writeUint256(witness, frame.value);
  Witness.writeBytes32(witness, Code.codeRoot(frame.code));
  Witness.writeUint32(witness, frame.bytecode.length);
  Witness.writeUint32(witness, frame.pc);
  Witness.writeUint64(witness, gasLeft(frame));
  Witness.writeBytes32(witness, Stack.hash(frame.stack));
  Witness.writeUint16(witness, frame.stack.items.length);
  Witness.writeBytes32(witness, Memory.root(frame.memory));
  Witness.writeUint32(witness, frame.memory.words);
  Witness.writeBytes32(witness, View.hash(frame.input));
  Witness.writeBytes32(witness, View.hash(frame.returned));
  Witness.writeUint64(witness, BigInt(frame.outOffset));
  Witness.writeUint64(witness, BigInt(frame.outSize));
  Witness.writeBytes32(witness, World.hash(frame.snapshot));
}

function chargeReserve(frame: Frame, cost: bigint): boolean {
  const left = gasLeft(frame);
  if (cost > left) return false;
  setGas(frame, left - cost);
  return true;
}

function hashAlone(frame: Frame | null): Uint8Array {
  if (frame === null) return NO_FRAME;
  const encoding = frame.encoding ?? encodeUnchanging(frame);
  const { bytes, view } = encoding;
  setNumber(view, 10, frame.pc);
  if (frame.reserve === 0n) setNumber(view, 11, frame.gas);
  else view.setBigUint64(12 * WORD - 8, gasLeft(frame));
  setNumber(view, 13, frame.stack.items.length);
  setNumber(view, 15, frame.memory.words);

  // A hash never changes: one that is the same object stands there already.
  const stack = Stack.hash(frame.stack);
  const memory = Memory.root(frame.memory);
  const returned = View.hash(frame.returned);
  if (stack !== encoding.stack) bytes.set(stack, 12 * WORD);
  if (memory !== encoding.memory) bytes.set(memory, 14 * WORD);
  if (returned !== encoding.returned) bytes.set(returned, 17 * WORD);
  encoding.stack = stack;
  encoding.memory = memory;
  encoding.returned = returned;
  return keccak256After(encoding.head, encoding.rest);
}

// Word 0 is the tag; word n is field n of the struct.
function encodeUnchanging(frame: Frame): Encoding {
  const bytes = new Uint8Array((1 + FIELDS) * WORD);
  const view = new DataView(bytes.buffer);
  bytes.set(TAG_FRAME);
  bytes.set(frame.parentHash ?? NO_FRAME, WORD);
  setNumber(view, 2, frame.depth);
  setNumber(view, 3, frame.kind);
  setNumber(view, 4, frame.isStatic ? 1 : 0);
  Bytes.writeWord(view, 5 * WORD, frame.self);
  Bytes.writeWord(view, 6 * WORD, frame.caller);
  Bytes.writeWord(view, 7 * WORD, frame.value);
  bytes.set(Code.codeRoot(frame.code), 8 * WORD);
  setNumber(view, 9, frame.bytecode.length);
  bytes.set(View.hash(frame.input), 16 * WORD);
  setNumber(view, 18, frame.outOffset);
  setNumber(view, 19, frame.outSize);
  bytes.set(World.hash(frame.snapshot), 20 * WORD);
  const head = absorb(NOTHING_ABSORBED, bytes.subarray(0, ABSORBED_BYTES));
  const rest = bytes.subarray(ABSORBED_BYTES);
  frame.encoding = { bytes, view, head, rest, stack: null, memory: null, returned: null };
  return frame.encoding;
}

function setNumber(view: DataView, field: number, value: number): void {
  view.setUint32((field + 1) * WORD - 8, Math.floor(value / 2 ** 32));
  view.setUint32((field + 1) * WORD - 4, value % 2 ** 32);
}
