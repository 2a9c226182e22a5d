// A Merkle tree that changes in place: the memory of a running frame. Leaves lie in one flat array,
// inner nodes are computed when asked for and then kept until a leaf below them changes.
import { assert } from "../primitives/assert.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as MerkleTree from "./merkleTree.ts";

export type MutableTree = {
  /** Row h holds the nodes of height h; row 0, the leaves, is 2^capacity words long. */
  rows: Uint8Array[];
  /** Byte i of entry h is 1 when node i of row h is the hash of what now lies below it. */
  fresh: Uint8Array[];
  /** The height of the tree that the rows hold. */
  capacity: number;
};

/** A tree whose leaves are all zero. */
export function create(): MutableTree {
  return { rows: [new Uint8Array(32)], fresh: [new Uint8Array([1])], capacity: 0 };
}

/** A tree that starts with these leaves. */
export function fromLeaves(leaves: readonly Uint8Array[]): MutableTree {
  const tree = create();
  reserve(tree, leaves.length);
  leaves.forEach((leaf, index) => update(tree, index, leaf));
  return tree;
}

/** A tree with the same leaves that changes on its own. */
export function copy(tree: MutableTree): MutableTree {
  return {
    rows: tree.rows.map((row) => row.slice()),
    fresh: tree.fresh.map((row) => row.slice()),
    capacity: tree.capacity,
  };
}

/** Replaces one 32-byte leaf. */
export function update(tree: MutableTree, index: number, leaf: Uint8Array): void {
  assert(leaf.length === 32, "a leaf is 32 bytes");
  write(tree, index * 32, leaf);
}

/** Replaces bytes, taking the leaves as one byte string. */
export function write(tree: MutableTree, offset: number, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  const first = Math.floor(offset / 32);
  const last = Math.floor((offset + bytes.length - 1) / 32);
  reserve(tree, last + 1);
  row(tree.rows, 0).set(bytes, offset);
  for (let index = first; index <= last; index++) invalidate(tree, index);
}

/** A copy of the bytes in [offset, offset + length), zero where nothing was written. */
export function read(tree: MutableTree, offset: number, length: number): Uint8Array {
  const leaves = row(tree.rows, 0);
  if (offset + length <= leaves.length) return leaves.slice(offset, offset + length);
  const bytes = new Uint8Array(length);
  bytes.set(leaves.subarray(offset, offset + length));
  return bytes;
}

/** A copy of the leaves [start, start + count). */
export function leaves(tree: MutableTree, start: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => read(tree, (start + i) * 32, 32));
}

/** The root of the tree of this height; leaves past its end must be zero. */
export function root(tree: MutableTree, height: number): Uint8Array {
  return node(tree, height, 0);
}

/** The siblings that `MerkleTree.rangeRoot` takes to open the leaves [start, start + count). */
export function siblings(
  tree: MutableTree,
  start: number,
  count: number,
  height: number,
): Uint8Array[] {
  const opening: Uint8Array[] = [];
  let first = start;
  let last = start + count - 1;
  for (let level = 0; level < height; level++) {
    if (first % 2 === 1) opening.push(node(tree, level, first - 1));
    if (last % 2 === 0) opening.push(node(tree, level, last + 1));
    first = Math.floor(first / 2);
    last = Math.floor(last / 2);
  }
  return opening;
}

function node(tree: MutableTree, height: number, index: number): Uint8Array {
  if (height > tree.capacity) {
    if (index > 0) return MerkleTree.zero(height);
    return MerkleTree.grow(node(tree, tree.capacity, 0), tree.capacity, height);
  }
  if (index >= 2 ** (tree.capacity - height)) return MerkleTree.zero(height);
  refresh(tree, height, index);
  return row(tree.rows, height).slice(index * 32, index * 32 + 32);
}

function refresh(tree: MutableTree, height: number, index: number): void {
  const fresh = row(tree.fresh, height);
  if (fresh[index] === 1) return;
  if (height > 0) {
    refresh(tree, height - 1, index * 2);
    refresh(tree, height - 1, index * 2 + 1);
    const pair = row(tree.rows, height - 1).subarray(index * 64, index * 64 + 64);
    row(tree.rows, height).set(keccak256(pair), index * 32);
  }
  fresh[index] = 1;
}

// Above a node that is not fresh none is, so the walk up stops at the first such node.
function invalidate(tree: MutableTree, index: number): void {
  let position = index;
  for (let height = 0; height <= tree.capacity; height++) {
    const fresh = row(tree.fresh, height);
    if (fresh[position] === 0) return;
    fresh[position] = 0;
    position >>= 1;
  }
}

function reserve(tree: MutableTree, words: number): void {
  const capacity = MerkleTree.heightFor(words);
  if (capacity <= tree.capacity) return;
  for (let height = 0; height <= capacity; height++) {
    const count = 2 ** (capacity - height);
    tree.rows[height] = extendedRow(tree.rows[height], height, count);
    const fresh = new Uint8Array(count).fill(1);
    const known = tree.fresh[height];
    // A row that did not exist yet starts with the one node that is above the old tree.
    if (known === undefined) fresh[0] = 0;
    else fresh.set(known);
    tree.fresh[height] = fresh;
  }
  tree.capacity = capacity;
}

function extendedRow(known: Uint8Array | undefined, height: number, count: number): Uint8Array {
  const extended = new Uint8Array(count * 32);
  if (height > 0) {
    extended.set(MerkleTree.zero(height));
    for (let filled = 32; filled < extended.length; filled *= 2)
      extended.copyWithin(filled, 0, filled);
  }
  if (known !== undefined) extended.set(known);
  return extended;
}

function row(rows: readonly Uint8Array[], height: number): Uint8Array {
  const found = rows[height];
  assert(found !== undefined, "the tree has a row of this height");
  return found;
}
