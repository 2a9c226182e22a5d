// The unbonded moves: what they require and what they change. Twin: contracts/dispute/DisputeTree.sol.
// Maps are changed in place; DisputeGame.apply works on a copy.
import { assert } from "../primitives/assert.ts";
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

/** A bisected node, opened. */
export type Split = {
  readonly height: number;
  readonly index: number;
  readonly prefix: Uint8Array;
  readonly left: Uint8Array;
  readonly right: Uint8Array;
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

/** Raises the timers of bisected nodes of one tree in the given order, children before parents. */
export function update(
  tree: Tree,
  level: number,
  origin: Uint8Array,
  splits: readonly Split[],
  now: bigint,
): void {
  for (const { height, index, prefix, left, right } of splits) {
    const position = { level, height, index, origin, prefix };
    const id = Bisection.nodeId(Bisection.cohortId(position), Bisection.innerHash(left, right));
    const node = tree.nodes.get(Hex.key(id));
    if (node?.children === undefined) throw new MoveRejected("NotBisected", [id]);

    const leftTimer = timerOf(tree, Bisection.leftChild(position), left, now);
    const rightTimer = timerOf(tree, Bisection.rightChild(position, left), right, now);
    raise(tree, node, leftTimer < rightTimer ? leftTimer : rightTimer, now);
  }
}

/** Raises the timer of a level-0 leaf by that of a level-1 tree, which must refine it. */
export function updateLeaf(
  tree: Tree,
  leaf: Position,
  leafHash: Uint8Array,
  rootId: Uint8Array,
  timer: bigint,
  now: bigint,
): void {
  const id = checkRefines(tree, rootId, leaf, leafHash);
  raise(tree, requireNode(tree, id), timer, now);
}

/** The level-0 leaf, which the level-1 tree must refine. */
export function checkRefines(
  tree: Tree,
  rootId: Uint8Array,
  leaf: Position,
  leafHash: Uint8Array,
): Uint8Array {
  const id = Bisection.nodeId(Bisection.cohortId(leaf), leafHash);
  const refined = tree.refines.get(Hex.key(rootId)) ?? Bisection.ZERO;
  if (!Bytes.equals(refined, id)) throw new MoveRejected("WrongRefinement", [refined, id]);
  return id;
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

function timerOf(tree: Tree, position: Position, hash: Uint8Array, now: bigint): bigint {
  const cohortId = Bisection.cohortId(position);
  const node = tree.nodes.get(Hex.key(Bisection.nodeId(cohortId, hash)));
  assert(node !== undefined, "children of a bisected node and roots of refinements exist");
  return Clock.bottomUp(node, cohortOf(tree, cohortId), now);
}

function raise(tree: Tree, node: Node, below: bigint, now: bigint): void {
  const cohort = cohortOf(tree, node.cohort);
  const timer = Clock.add(Clock.unrivaled(node, cohort, now), below);
  if (timer > node.timer) tree.nodes.set(Hex.key(node.id), { ...node, timer });
}
