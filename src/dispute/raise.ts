// How a node's timer is shown to have reached a goal: by what is opened below it, and by updates of what does not fit.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import * as Bisection from "./bisection.ts";
import * as Clock from "./clock.ts";
import type { Node } from "./clock.ts";
import * as DisputeTree from "./disputeTree.ts";
import type { Opening } from "./disputeTree.ts";
import type { Game } from "./game.ts";
import type { Move } from "./move.ts";

/** The level-1 trees under a leaf from which it may take its time. */
export type Trees = (leaf: Node) => readonly Node[];

/** Openings from which a call counts a node's timer, and the updates of what does not fit into the call. */
export type Raised = { readonly updates: readonly Move[]; readonly openings: readonly Opening[] };

/**
 * As many as fit a transaction of 16.7M gas, if each pays an account that had no credit. A proof that is paid takes half of
 * that again, and as much room as an opening.
 */
export const MOST_OPENINGS = 320;

/**
 * What makes a node's timer reach the goal, or undefined if its timer by these trees does not. Other trees are not looked at:
 * there may be any number of them, of any size.
 */
export function moves(game: Game, node: Node, goal: bigint, trees: Trees): Raised | undefined {
  return timerBy(game, node, trees) < goal ? undefined : shown(game, node, trees);
}

// What does not fit into the call is recorded before it: blocks by their trees, and nodes that the call does not open.
function shown(game: Game, node: Node, trees: Trees): Raised {
  const all = openings(game, node, trees);
  const taken = all.length + provenBelow(game, node);
  if (taken <= MOST_OPENINGS) return { updates: [], openings: all };
  const own = node.refinements.length > 0 ? trees : () => [];
  const room = { left: MOST_OPENINGS, opened: 0 };
  const updates = unopened(game, node, own, room).flatMap((below) => recording(game, below, trees));
  return { updates, openings: openings(game, node, own).slice(0, room.opened) };
}

function recording(game: Game, node: Node, trees: Trees): Move[] {
  if (recorded(game, node) >= timerBy(game, node, trees)) return [];
  const { updates, openings: opened } = shown(game, node, trees);
  const { position, hash: nodeHash } = node;
  return [...updates, { kind: "update", position, nodeHash, openings: opened }];
}

// The nodes that no longer fit, and blocks whose trees the call does not open; in the order of openings.
function unopened(
  game: Game,
  node: Node,
  trees: Trees,
  room: { left: number; opened: number },
): Node[] {
  const below = belowOf(game, node, trees);
  if (below.length === 0) return node.refinements.length > 0 ? [node] : [];
  const taken = roomOf(game, node);
  if (room.left < taken) {
    // What comes behind in the order of the walk is not opened either.
    room.left = 0;
    return [node];
  }
  room.left -= taken;
  room.opened++;
  return below.flatMap((child) => unopened(game, child, trees, room));
}

/** What a node's opening takes of the room of a call, with the proofs of its halves. */
export function roomOf(game: Game, node: Node): number {
  return 1 + childrenOf(game, node).filter((half) => isProven(game, half)).length;
}

/** All that is opened of a node and of these trees below it: the node, then its left side, then its right side. */
export function openings(game: Game, node: Node, trees: Trees): Opening[] {
  if (node.children !== undefined) {
    const below = childrenOf(game, node).flatMap((child) => openings(game, child, trees));
    return [node.children, ...below];
  }
  const [tree] = trees(node);
  if (tree === undefined) return [];
  const left = startStateOf(node, tree);
  return [{ left, right: tree.hash }, ...openings(game, tree, trees)];
}

/** The node's bottom-up timer, computed from all that stands below it. */
export function trueTimer(game: Game, node: Node): bigint {
  return timerBy(game, node, (leaf) => treesUnder(game, leaf));
}

function timerBy(game: Game, node: Node, trees: Trees): bigint {
  const known = recorded(game, node);
  if (known === Clock.FOREVER) return known;
  const alone = Clock.unrivaled(node, cohortOf(game, node), game.now);
  const below = belowOf(game, node, trees).map((child) => timerBy(game, child, trees));
  if (below.length === 0) return known;
  const best = node.children === undefined ? max(below) : min(below);
  const sum = Clock.add(alone, best);
  return sum > known ? sum : known;
}

function startStateOf(leaf: Node, tree: Node): Uint8Array {
  const refinement = leaf.refinements.find(({ id }) => Bytes.equals(id, tree.id));
  assert(refinement !== undefined, "the trees under a leaf are its refinements");
  return refinement.startState;
}

/** The children of a node, none unless it is bisected. */
export function childrenOf(game: Game, node: Node): Node[] {
  if (node.children === undefined) return [];
  const { left, right } = node.children;
  const leftId = Bisection.nodeId(Bisection.cohortId(Bisection.leftChild(node.position)), left);
  const rightPosition = Bisection.rightChild(node.position, left);
  const rightId = Bisection.nodeId(Bisection.cohortId(rightPosition), right);
  return [nodeAt(game, leftId), nodeAt(game, rightId)];
}

/** The level-0 leaves below a node under which a level-1 tree was started. */
export function leavesBelow(game: Game, node: Node): Node[] {
  if (node.refinements.length > 0) return [node];
  return childrenOf(game, node).flatMap((child) => leavesBelow(game, child));
}

/** The level-1 trees under a leaf. */
export function treesUnder(game: Game, leaf: Node): Node[] {
  return leaf.refinements.map(({ id }) => nodeAt(game, id));
}

function provenBelow(game: Game, node: Node): number {
  return childrenOf(game, node).reduce(
    (sum, half) => sum + (isProven(game, half) ? 1 : 0) + provenBelow(game, half),
    0,
  );
}

function isProven({ tree }: Game, { id }: Node): boolean {
  return tree.provers.has(Hex.key(id));
}

function belowOf(game: Game, node: Node, trees: Trees): readonly Node[] {
  return node.refinements.length > 0 ? trees(node) : childrenOf(game, node);
}

function nodeAt(game: Game, id: Uint8Array): Node {
  return DisputeTree.requireNode(game.tree, id);
}

function recorded(game: Game, node: Node): bigint {
  return Clock.bottomUp(node, cohortOf(game, node), game.now);
}

function cohortOf(game: Game, node: Node): Clock.Cohort {
  return DisputeTree.cohortOf(game.tree, node.cohort);
}

function min(timers: readonly bigint[]): bigint {
  return timers.reduce((least, timer) => (timer < least ? timer : least));
}

function max(timers: readonly bigint[]): bigint {
  return timers.reduce((most, timer) => (timer > most ? timer : most));
}
