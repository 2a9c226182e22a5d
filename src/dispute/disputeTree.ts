// The unbonded moves: what they require and what they change. Twin: contracts/dispute/DisputeTree.sol.
// Maps are changed in place; DisputeGame.apply works on a copy.
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import * as Bisection from "./bisection.ts";
import type { Position } from "./bisection.ts";
import * as Clock from "./clock.ts";
import type { Cohort, Node } from "./clock.ts";
import { MoveRejected } from "./moveRejected.ts";

export type Tree = {
  readonly nodes: Map<string, Node>;
  readonly cohorts: Map<string, Cohort>;
  // Root of a level-1 tree => the level-0 leaf it refines.
  readonly refines: Map<string, Uint8Array>;
  // Proven leaf => who proved it; the node keeps the mover of the bisection.
  readonly provers: Map<string, Uint8Array>;
};

/** What stands below a node: its two halves; below a block, the state before it and the root of its tree of steps. */
export type Opening = { readonly left: Uint8Array; readonly right: Uint8Array };

export const EMPTY_COHORT: Cohort = {
  members: [],
  secondAt: 0n,
  confirmedAt: 0n,
  endBlock: 0n,
  baseFee: 0n,
};

/** Adds a node to its cohort; false if it was there before, and then nothing changes. */
export function create(
  tree: Tree,
  position: Position,
  hash: Uint8Array,
  mover: Uint8Array,
  now: bigint,
  flags: number,
): boolean {
  const cohortId = Bisection.cohortId(position);
  const id = Bisection.nodeId(cohortId, hash);
  if (tree.nodes.has(Hex.key(id))) return false;

  const cohort = cohortOf(tree, cohortId);
  const count = cohort.members.length;
  const secondAt = count === 1 ? now : cohort.secondAt;
  tree.cohorts.set(Hex.key(cohortId), { ...cohort, members: [...cohort.members, id], secondAt });
  tree.nodes.set(Hex.key(id), {
    id,
    cohort: cohortId,
    position,
    hash,
    mover,
    createdAt: now,
    timer: 0n,
    flags: count === 0 ? flags | Clock.FIRST : flags,
    refinements: [],
  });
  return true;
}

/** Reverts unless the node may be opened; false if that was done before. */
export function checkBisect(
  tree: Tree,
  position: Position,
  left: Uint8Array,
  right: Uint8Array,
): boolean {
  const cohortId = Bisection.cohortId(position);
  const node = requireNode(tree, Bisection.nodeId(cohortId, Bisection.innerHash(left, right)));
  if (position.height === 0) throw new MoveRejected("NotInner", [node.id]);
  if (node.children !== undefined) return false;
  if (!isRivaled(tree, node)) throw new MoveRejected("NotRivaled", [node.id]);
  return true;
}

/** Opens a node into its two children. */
export function bisect(
  tree: Tree,
  position: Position,
  left: Uint8Array,
  right: Uint8Array,
  mover: Uint8Array,
  now: bigint,
): void {
  const cohortId = Bisection.cohortId(position);
  const node = requireNode(tree, Bisection.nodeId(cohortId, Bisection.innerHash(left, right)));
  tree.nodes.set(Hex.key(node.id), {
    ...node,
    flags: node.flags | Clock.BISECTED,
    children: { left, right },
  });
  create(tree, Bisection.leftChild(position), left, mover, now, 0);
  create(tree, Bisection.rightChild(position, left), right, mover, now, 0);
}

/** Reverts unless the leaf is a rivaled level-0 leaf, and its cohort of level-1 trees still open for a new one. */
export function checkRefine(
  tree: Tree,
  leaf: Position,
  leafHash: Uint8Array,
  steps: Position,
  root: Uint8Array,
): void {
  const node = requireNode(tree, Bisection.nodeId(Bisection.cohortId(leaf), leafHash));
  if (leaf.level !== 0 || leaf.height !== 0) {
    throw new MoveRejected("NotBlockLeaf", [leaf.level, leaf.height]);
  }
  if (!isRivaled(tree, node)) throw new MoveRejected("NotRivaled", [node.id]);
  const cohortId = Bisection.cohortId(steps);
  const id = Bisection.nodeId(cohortId, root);
  if (cohortOf(tree, cohortId).confirmedAt !== 0n) throw new MoveRejected("AlreadySettled", [id]);
  if (tree.nodes.has(Hex.key(id))) throw new MoveRejected("NodeExists", [id]);
}

/** Starts a level-1 tree under a level-0 leaf. */
export function refine(
  tree: Tree,
  leaf: Position,
  leafHash: Uint8Array,
  startState: Uint8Array,
  position: Position,
  root: Uint8Array,
  mover: Uint8Array,
  now: bigint,
): void {
  const node = requireNode(tree, Bisection.nodeId(Bisection.cohortId(leaf), leafHash));
  create(tree, position, root, mover, now, 0);
  const rootId = Bisection.nodeId(Bisection.cohortId(position), root);
  tree.refines.set(Hex.key(rootId), node.id);
  const refinements = [...node.refinements, { id: rootId, startState }];
  tree.nodes.set(Hex.key(node.id), { ...node, refinements });
}

/**
 * Reverts unless the tree's last leaf is this one. Trees end in padding, so most of a last leaf's siblings are the node
 * beside them: those that `siblings` leaves out, from the leaf upwards.
 */
export function checkLastLeaf(
  root: Uint8Array,
  height: number,
  leafHash: Uint8Array,
  siblings: readonly Uint8Array[],
): void {
  if (siblings.length > height) {
    throw new MoveRejected("WrongProofLength", [height, siblings.length]);
  }
  let padding = leafHash;
  for (let i = siblings.length; i < height; i++) padding = Bisection.innerHash(padding, padding);
  const folded = Bisection.foldLastLeaf(padding, siblings);
  if (!Bytes.equals(folded, root)) throw new MoveRejected("WrongLastLeaf", [root, folded]);
}

/** The node, which must exist. */
export function requireNode(tree: Tree, id: Uint8Array): Node {
  const node = tree.nodes.get(Hex.key(id));
  if (node === undefined) throw new MoveRejected("NodeMissing", [id]);
  return node;
}

/** The cohort, empty if no node stands in it. */
export function cohortOf(tree: Tree, cohortId: Uint8Array): Cohort {
  return tree.cohorts.get(Hex.key(cohortId)) ?? EMPTY_COHORT;
}

/** Whether another node claims something else at the node's place. */
export function isRivaled(tree: Tree, node: Node): boolean {
  return cohortOf(tree, node.cohort).members.length > 1;
}
