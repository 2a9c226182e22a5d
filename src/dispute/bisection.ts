// Trees, cohorts and node ids. Twin: contracts/dispute/Bisection.sol.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import { commit, tag } from "../primitives/commitment.ts";
import { MoveRejected } from "./moveRejected.ts";
import { keccak256 } from "../primitives/keccak.ts";

/** Where a node stands in a tree, and what it agrees with; the Solidity twin explains the fields. */
export type Position = {
  readonly level: number;
  readonly height: number;
  readonly index: number;
  readonly origin: Uint8Array;
  readonly prefix: Uint8Array;
};

/** The state before a leaf, opened from the last left sibling on the way down. */
export type PreState = {
  readonly state: Uint8Array;
  readonly prefix: Uint8Array;
  readonly spine: readonly Uint8Array[];
};

export const TAG_COHORT = tag("cohort");
export const TAG_NODE = tag("node");
export const TAG_PREFIX = tag("prefix");
export const TAG_ORIGIN = tag("origin");
export const ZERO = new Uint8Array(32);

const WORD = 32;

// What is hashed for a leaf, 0x00 and its state, and for an inner node, 0x01 and its children.
const leafBytes = new Uint8Array(1 + WORD).fill(0x00, 0, 1);
const innerBytes = new Uint8Array(1 + 2 * WORD).fill(0x01, 0, 1);

/** The hash of a leaf that holds the state. */
export function leafHash(state: Uint8Array): Uint8Array {
  assert(state.length === WORD, "a state is a hash");
  leafBytes.set(state, 1);
  return keccak256(leafBytes);
}

/** The hash of a node with these children. */
export function innerHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  assert(left.length === WORD && right.length === WORD, "a node is a hash");
  innerBytes.set(left, 1);
  innerBytes.set(right, 1 + WORD);
  return keccak256(innerBytes);
}

/** What rivals share: the same place after the same history. */
export function cohortId(position: Position): Uint8Array {
  const { level, height, index, origin, prefix } = position;
  return commit(TAG_COHORT, level, height, index, origin, prefix);
}

/** One node of a cohort. */
export function nodeId(cohort: Uint8Array, nodeHash: Uint8Array): Uint8Array {
  return commit(TAG_NODE, cohort, nodeHash);
}

/** The node with this hash at a position. */
export function idAt(position: Position, nodeHash: Uint8Array): Uint8Array {
  return nodeId(cohortId(position), nodeHash);
}

/** The prefix after a right turn past the left sibling. */
export function prefixAfter(prefix: Uint8Array, left: Uint8Array): Uint8Array {
  return commit(TAG_PREFIX, prefix, left);
}

/** The origin of the level-1 trees under a level-0 leaf. */
export function originOf(leafCohort: Uint8Array, startState: Uint8Array): Uint8Array {
  return commit(TAG_ORIGIN, leafCohort, startState);
}

/** The position of a whole tree. */
export function root(level: number, height: number, origin: Uint8Array): Position {
  return { level, height, index: 0, origin, prefix: ZERO };
}

/** The left child's position: it agrees with nothing more than its parent. */
export function leftChild(parent: Position): Position {
  const { level, height, index, origin, prefix } = parent;
  return { level, height: height - 1, index: 2 * index, origin, prefix };
}

/** The right child's position: it agrees with its left sibling. */
export function rightChild(parent: Position, left: Uint8Array): Position {
  const { level, height, index, origin } = parent;
  const prefix = prefixAfter(parent.prefix, left);
  return { level, height: height - 1, index: 2 * index + 1, origin, prefix };
}

/** The root over a last leaf, or the subtree root over its last leaf: every sibling is on the left. */
export function foldLastLeaf(leaf: Uint8Array, siblings: readonly Uint8Array[]): Uint8Array {
  return siblings.reduce((node, sibling) => innerHash(sibling, node), leaf);
}

/** The root over any leaf. */
export function fold(index: number, leaf: Uint8Array, siblings: readonly Uint8Array[]): Uint8Array {
  return siblings.reduce<Uint8Array>(
    (node, sibling, i) => (isRight(index, i) ? innerHash(sibling, node) : innerHash(node, sibling)),
    leaf,
  );
}

/** The prefix of a leaf, from its siblings on the way up. */
export function prefixOf(index: number, siblings: readonly Uint8Array[]): Uint8Array {
  return siblings.reduceRight<Uint8Array>(
    (prefix, sibling, i) => (isRight(index, i) ? prefixAfter(prefix, sibling) : prefix),
    ZERO,
  );
}

/** Rejects a `pre` that does not open the state before the leaf, where `startState` precedes leaf 0. */
export function checkPreState(leaf: Position, pre: PreState, startState: Uint8Array): void {
  const height = leaf.index === 0 ? 0 : trailingZeros(leaf.index);
  if (pre.spine.length !== height) {
    throw new MoveRejected("WrongSpineLength", [height, pre.spine.length]);
  }
  if (leaf.index === 0) {
    if (!Bytes.equals(pre.state, startState)) {
      throw new MoveRejected("WrongPreState", [startState, pre.state]);
    }
    return;
  }
  const sibling = foldLastLeaf(leafHash(pre.state), pre.spine);
  const prefix = prefixAfter(pre.prefix, sibling);
  if (!Bytes.equals(prefix, leaf.prefix)) {
    throw new MoveRejected("WrongPreState", [leaf.prefix, prefix]);
  }
}

/** The number of zero bits below the lowest set bit of a nonzero index: the height of the last left sibling. */
export function trailingZeros(index: number): number {
  let count = 0;
  while (!isRight(index, count)) count++;
  return count;
}

/** Whether the ancestor of the leaf at this height is a right child. */
export function isRight(index: number, height: number): boolean {
  return Math.floor(index / 2 ** height) % 2 === 1;
}
