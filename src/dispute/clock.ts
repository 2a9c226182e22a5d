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
  readonly flags: number;
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
  // For claims and for level-1 roots: when one of them won for good; zero until then.
  readonly confirmedAt: bigint;
  // For the children of a claim: the block they all end at, and the base fee that their movers are paid at.
  readonly endBlock: bigint;
  readonly baseFee: bigint;
};

/** The timer of a proven leaf. Sums stop here. */
export const FOREVER = 2n ** 40n - 1n;

// The node was the first of its cohort.
export const FIRST = 1;
export const BISECTED = 2;
export const CLAIM = 4;
// A claim that is confirmed, or a level-1 root that won under one.
export const CONFIRMED = 8;
// A level-1 root whose time was counted by the call that confirmed the claim above it.
export const COUNTED = 16;
// The mover has been paid for the move that created it, and the prover for the proof.
export const REWARDED = 32;
export const PROOF_REWARDED = 64;

/** Whether the node carries the flag. */
export function has(node: Node, flag: number): boolean {
  return (node.flags & flag) !== 0;
}

/** How long the node has been alone in its cohort. */
export function unrivaled(node: Node, cohort: Cohort, now: bigint): bigint {
  if (!has(node, FIRST)) return 0n;
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
