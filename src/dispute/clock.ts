// How long nodes stood unrivaled, in seconds. Twin: contracts/dispute/Clock.sol.
import type { Position } from "./bisection.ts";

/** One node of a dispute, with the preimages that the contract only logs. */
export type Node = {
  readonly id: Uint8Array;
  readonly cohort: Uint8Array;
  readonly position: Position;
  readonly hash: Uint8Array;
  // Who made the move that created it; for a claim, its proposer.
  readonly mover: Uint8Array;
  readonly createdAt: bigint;
  // The largest bottom-up timer computed so far: a lower bound of the true one.
  readonly timer: bigint;
  // The node was the first of its cohort.
  readonly first: boolean;
  readonly children?: { readonly left: Uint8Array; readonly right: Uint8Array };
  // For a level-0 leaf: the level-1 trees that refine it.
  readonly refinements: readonly Refinement[];
};

/** A level-1 tree under a level-0 leaf: its root's id and the state that its steps start from. */
export type Refinement = { readonly id: Uint8Array; readonly startState: Uint8Array };

/** Nodes that agree on everything before them and differ in what they claim. */
export type Cohort = {
  readonly members: readonly Uint8Array[];
  // When the second node arrived: from then on time runs for none of them.
  readonly secondAt: bigint;
  // When one of the claims was confirmed, or the bond of one of the trees was returned; zero until then.
  readonly confirmedAt: bigint;
  // For the children of a claim: the block they all end at.
  readonly endBlock: bigint;
};

/** The timer of a proven leaf. Sums stop here. */
export const FOREVER = 2n ** 40n - 1n;

/** How long the node has been alone in its cohort. */
export function unrivaled(node: Node, cohort: Cohort, now: bigint): bigint {
  if (!node.first) return 0n;
  const end = cohort.members.length > 1 ? cohort.secondAt : now;
  return end - node.createdAt;
}

/** The best known lower bound of the node's bottom-up timer. */
export function bottomUp(node: Node, cohort: Cohort, now: bigint): bigint {
  const alone = unrivaled(node, cohort, now);
  return alone > node.timer ? alone : node.timer;
}

/** The sum of two timers, which stops at FOREVER. */
export function add(left: bigint, right: bigint): bigint {
  const sum = left + right;
  return sum > FOREVER ? FOREVER : sum;
}
