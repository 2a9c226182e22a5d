// Binary Keccak trees of 2^height leaves of 32 bytes. A leaf is taken as it is, an inner node is
// keccak256(left, right), and leaves never written are zero. Twin: contracts/merkle/MerkleTree.sol.
import { assert } from "../primitives/assert.ts";
import { keccak256Pair } from "../primitives/keccak.ts";

const zeros: Uint8Array[] = [new Uint8Array(32)];

/** The root of a tree whose leaves are all zero. */
export function zero(height: number): Uint8Array {
  for (let level = zeros.length; level <= height; level++) {
    const below = at(zeros, level - 1);
    zeros.push(hashPair(below, below));
  }
  return at(zeros, height);
}

/** The smallest height whose tree holds so many words. */
export function heightFor(words: number): number {
  let height = 0;
  while (2 ** height < words) height++;
  return height;
}

/** The root after doubling the tree, zeros on the right, until it has the greater height. */
export function grow(root: Uint8Array, fromHeight: number, toHeight: number): Uint8Array {
  let grown = root;
  for (let level = fromHeight; level < toHeight; level++) grown = hashPair(grown, zero(level));
  return grown;
}

/** The root of the tree that starts with these leaves and is zero behind them; throws LeavesOutOfRangeError. */
export function rootOf(leaves: readonly Uint8Array[], height: number): Uint8Array {
  if (leaves.length > 2 ** height) throw new LeavesOutOfRangeError(0, leaves.length, height);
  if (leaves.length === 0) return zero(height);

  let row = leaves;
  for (let level = 0; level < height; level++) {
    row = hashPairs(row.length % 2 === 1 ? [...row, zero(level)] : row);
  }
  return at(row, 0);
}

/** How many siblings open the leaves [start, start + count); throws LeavesOutOfRangeError. */
export function siblingCount(start: number, count: number, height: number): number {
  if (count === 0 || start + count > 2 ** height)
    throw new LeavesOutOfRangeError(start, count, height);

  let siblings = 0;
  let first = start;
  let last = start + count - 1;
  for (let level = 0; level < height; level++) {
    if (first % 2 === 1) siblings++;
    if (last % 2 === 0) siblings++;
    first = Math.floor(first / 2);
    last = Math.floor(last / 2);
  }
  return siblings;
}

/**
 * The root of the tree that holds these leaves from `start` on. Siblings go bottom up, the left one
 * before the right one; the same siblings with other leaves give the root after a replacement. Throws
 * WrongSiblingCountError or LeavesOutOfRangeError.
 */
export function rangeRoot(
  leaves: readonly Uint8Array[],
  start: number,
  height: number,
  siblings: readonly Uint8Array[],
): Uint8Array {
  const expected = siblingCount(start, leaves.length, height);
  if (siblings.length !== expected) throw new WrongSiblingCountError(expected, siblings.length);

  let row = leaves;
  let first = start;
  let last = start + leaves.length - 1;
  let used = 0;
  for (let level = 0; level < height; level++) {
    const left = first % 2 === 1 ? [at(siblings, used++)] : [];
    const right = last % 2 === 0 ? [at(siblings, used++)] : [];

    first = Math.floor(first / 2);
    last = Math.floor(last / 2);
    row = hashPairs([...left, ...row, ...right]);
  }
  return at(row, 0);
}

/** The inner node above two nodes. */
export function hashPair(left: Uint8Array, right: Uint8Array): Uint8Array {
  return keccak256Pair(left, right);
}

function hashPairs(row: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let i = 0; i < row.length; i += 2) above.push(hashPair(at(row, i), at(row, i + 1)));
  return above;
}

function at(row: readonly Uint8Array[], index: number): Uint8Array {
  const node = row[index];
  assert(node !== undefined, "the index lies within the row");
  return node;
}

export class LeavesOutOfRangeError extends RangeError {
  override readonly name = "MerkleTree.LeavesOutOfRangeError";
  readonly start: number;
  readonly count: number;
  readonly height: number;
  constructor(start: number, count: number, height: number) {
    super(`expected leaves within a tree of height ${height}, got ${count} from ${start}`);
    this.start = start;
    this.count = count;
    this.height = height;
  }
}

export class WrongSiblingCountError extends RangeError {
  override readonly name = "MerkleTree.WrongSiblingCountError";
  readonly expected: number;
  readonly actual: number;
  constructor(expected: number, actual: number) {
    super(`expected ${expected} siblings, got ${actual}`);
    this.expected = expected;
    this.actual = actual;
  }
}
