// Which timer updates bring a node's recorded timer up to a goal.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Bisection from "./bisection.ts";
import * as Clock from "./clock.ts";
import type { Node } from "./clock.ts";
import * as DisputeTree from "./disputeTree.ts";
import type { Game } from "./game.ts";
import type { Move } from "./move.ts";

/** The level-1 trees under a leaf from which it may take its time. */
export type Trees = (leaf: Node) => readonly Node[];

/**
 * The updates after which the node's recorded timer reaches the goal, or undefined if its timer by these trees does not.
 * Other trees are not looked at: there may be any number of them, of any size.
 */
export function moves(game: Game, node: Node, goal: bigint, trees: Trees): Move[] | undefined {
  return timerBy(game, node, trees) < goal ? undefined : merge(raise(game, node, goal, trees));
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

function raise(game: Game, node: Node, goal: bigint, trees: Trees): Move[] {
  if (recorded(game, node) >= goal) return [];
  const rest = goal - Clock.unrivaled(node, cohortOf(game, node), game.now);
  if (node.children !== undefined) {
    const { level, height, index, origin, prefix } = node.position;
    const split = { height, index, prefix, ...node.children };
    const below = belowOf(game, node, trees).flatMap((child) => raise(game, child, rest, trees));
    return [...below, { kind: "update", level, origin, splits: [split] }];
  }

  const tree = trees(node).find((root) => timerBy(game, root, trees) >= rest);
  assert(tree !== undefined, "a leaf whose timer suffices has a tree whose timer does");
  const refinement = node.refinements.find(({ id }) => Bytes.equals(id, tree.id));
  assert(refinement !== undefined, "the trees under a leaf are its refinements");
  const { position: leaf, hash: leafHash } = node;
  const { startState } = refinement;
  return [
    ...raise(game, tree, rest, trees),
    { kind: "updateLeaf", leaf, leafHash, startState, root: tree.hash },
  ];
}

// Consecutive updates of the same tree become one, children before parents.
function merge(moves: readonly Move[]): Move[] {
  const merged: Move[] = [];
  for (const move of moves) {
    const last = merged.at(-1);
    if (
      move.kind === "update" &&
      last?.kind === "update" &&
      Bytes.equals(last.origin, move.origin)
    ) {
      merged.splice(-1, 1, { ...last, splits: [...last.splits, ...move.splits] });
    } else {
      merged.push(move);
    }
  }
  return merged;
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

/** The level-1 trees under a leaf. */
export function treesUnder(game: Game, leaf: Node): Node[] {
  return leaf.refinements.map(({ id }) => nodeAt(game, id));
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
