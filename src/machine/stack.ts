// The operand stack of a frame, top last, and its commitment: the empty stack is 0 and pushing a value
// hashes it together with the stack below. Twin: contracts/machine/Stack.sol.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as Witness from "../merkle/witness.ts";

export const MAX_SIZE = 1_024;

const WORD = 32;
const EMPTY_HASH = new Uint8Array(WORD);

// An item and the hash of those below it.
const pair = new Uint8Array(2 * WORD);
const pairView = new DataView(pair.buffer);

export type Stack = {
  readonly items: bigint[];
  /** What was hashed last: entry i is the value of item i then, and the hash of the stack up to it. */
  readonly hashedItems: bigint[];
  readonly hashes: Uint8Array[];
};

/** An empty stack. */
export function create(): Stack {
  return { items: [], hashedItems: [], hashes: [] };
}

/** A stack with the same items that changes on its own. */
export function copy(stack: Stack): Stack {
  return { items: stack.items.slice(), hashedItems: [], hashes: [] };
}

/** Takes the top item; the caller has checked that there is one. */
export function pop(stack: Stack): bigint {
  const item = stack.items.pop();
  assert(item !== undefined, "the arity of the opcode was checked");
  return item;
}

/** Puts an item on top; the caller has checked that there is room. */
export function push(stack: Stack, item: bigint): void {
  stack.items.push(item);
}

/** The item so many places below the top. */
export function peek(stack: Stack, depth: number): bigint {
  const item = stack.items[stack.items.length - 1 - depth];
  assert(item !== undefined, "the arity of the opcode was checked");
  return item;
}

/** Exchanges the top with the item so many places below it. */
export function swap(stack: Stack, depth: number): void {
  const { items } = stack;
  const top = items.length - 1;
  const other = peek(stack, depth);
  items[top - depth] = peek(stack, 0);
  items[top] = other;
}

/** The commitment to all items. */
export function hash(stack: Stack): Uint8Array {
  return hashBelow(stack, 0);
}

/** The commitment to the items below the top `count`. */
export function hashBelow(stack: Stack, count: number): Uint8Array {
  const { items, hashedItems, hashes } = stack;
  const size = items.length - count;
  let known = 0;
  const comparable = Math.min(size, hashedItems.length);
  while (known < comparable && items[known] === hashedItems[known]) known++;

  let below = hashes[known - 1] ?? EMPTY_HASH;
  if (known === size) return below;
  hashedItems.length = known;
  hashes.length = known;
  for (let index = known; index < size; index++) {
    const item = items[index];
    assert(item !== undefined, "the stack has items up to its size");
    Bytes.writeWord(pairView, 0, item);
    pair.set(below, WORD);
    below = keccak256(pair);
    hashedItems.push(item);
    hashes.push(below);
  }
  return below;
}

/** Puts up to `count` items into a witness: how many, from the top down, the hash of the rest. */
export function open(stack: Stack, witness: Witness.WitnessWriter, count: number): void {
  const known = Math.min(count, stack.items.length);
  Witness.writeUint8(witness, known);
  for (let depth = 0; depth < known; depth++) Witness.writeUint256(witness, peek(stack, depth));
  Witness.writeBytes32(witness, hashBelow(stack, known));
}
