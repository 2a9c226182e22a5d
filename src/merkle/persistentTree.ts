// A binary Merkle tree as a persistent map from index to leaf: a write copies one path and leaves every
// earlier tree as it was. For trees that grow by one leaf at a time; roots agree with MerkleTree.
import { keccak256Pair } from "../primitives/keccak.ts";
import * as MerkleTree from "./merkleTree.ts";

type Inner = {
  readonly left: Node | undefined;
  readonly right: Node | undefined;
  hash: Uint8Array | undefined;
};
type Node = Uint8Array | Inner;

export type PersistentTree = { readonly height: number; readonly top: Node | undefined };

/** The tree of 2^height leaves that are all zero. */
export function empty(height: number): PersistentTree {
  return { height, top: undefined };
}

/** The tree with one leaf replaced; throws LeavesOutOfRangeError. */
export function set(tree: PersistentTree, index: number, leaf: Uint8Array): PersistentTree {
  if (index >= 2 ** tree.height) throw new MerkleTree.LeavesOutOfRangeError(index, 1, tree.height);
  return { height: tree.height, top: replaced(tree.top, tree.height, index, leaf) };
}

/** One leaf. */
export function get(tree: PersistentTree, index: number): Uint8Array {
  let node = tree.top;
  for (let level = tree.height - 1; level >= 0; level--) node = childOf(node, index, level);
  return hashOf(node, 0);
}

/** The root. */
export function root(tree: PersistentTree): Uint8Array {
  return hashOf(tree.top, tree.height);
}

/** The siblings that open one leaf, bottom up. */
export function siblings(tree: PersistentTree, index: number): Uint8Array[] {
  const opening: Uint8Array[] = [];
  let node = tree.top;
  for (let level = tree.height - 1; level >= 0; level--) {
    opening.unshift(hashOf(childOf(node, index ^ (1 << level), level), level));
    node = childOf(node, index, level);
  }
  return opening;
}

function childOf(node: Node | undefined, index: number, level: number): Node | undefined {
  if (node === undefined || node instanceof Uint8Array) return undefined;
  return (index >> level) % 2 === 0 ? node.left : node.right;
}

function replaced(node: Node | undefined, height: number, index: number, leaf: Uint8Array): Node {
  if (height === 0) return leaf;
  const level = height - 1;
  const sibling = childOf(node, index ^ (1 << level), level);
  const child = replaced(childOf(node, index, level), level, index, leaf);
  return (index >> level) % 2 === 0
    ? { left: child, right: sibling, hash: undefined }
    : { left: sibling, right: child, hash: undefined };
}

function hashOf(node: Node | undefined, height: number): Uint8Array {
  if (node === undefined) return MerkleTree.zero(height);
  if (node instanceof Uint8Array) return node;
  node.hash ??= keccak256Pair(hashOf(node.left, height - 1), hashOf(node.right, height - 1));
  return node.hash;
}
