// Which timer updates bring a node's recorded timer up to a goal.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Bisection from "./bisection.ts";
import * as Clock from "./clock.ts";
import type { Node } from "./clock.ts";
import * as DisputeTree from "./disputeTree.ts";
import type { Game } from "./game.ts";
import type { Move } from "./move.ts";

/** The updates after which the node's recorded timer reaches the goal, or undefined if its true timer does not. */
export function moves(game: Game, node: Node, goal: bigint): Move[] | undefined {
  return trueTimer(game, node) < goal ? undefined : merge(raise(game, node, goal));
}

/** The node's bottom-up timer, computed from the whole tree below it. */
export function trueTimer(game: Game, node: Node): bigint {
  const known = recorded(game, node);
  if (known === Clock.FOREVER) return known;
  const alone = Clock.unrivaled(node, cohortOf(game, node), game.now);
  const below = childrenOf(game, node).map((child) => trueTimer(game, child));
  if (below.length === 0) return known;
  const best = node.children === undefined ? max(below) : min(below);
  const sum = Clock.add(alone, best);
  return sum > known ? sum : known;
}

function raise(game: Game, node: Node, goal: bigint): Move[] {
  if (recorded(game, node) >= goal) return [];
  const rest = goal - Clock.unrivaled(node, cohortOf(game, node), game.now);
  if (node.children !== undefined) {
    const { level, height, index, origin, prefix } = node.position;
    const split = { height, index, prefix, ...node.children };
    const below = childrenOf(game, node).flatMap((child) => raise(game, child, rest));
    return [...below, { kind: "update", level, origin, splits: [split] }];
  }

  const best = node.refinements.find(({ id }) => trueTimer(game, nodeAt(game, id)) >= rest);
  assert(best !== undefined, "a leaf whose true timer suffices has a refinement that does");
  const tree = nodeAt(game, best.id);
  return [
    ...raise(game, tree, rest),
    {
      kind: "updateLeaf",
      leaf: node.position,
      leafHash: node.hash,
      startState: best.startState,
      root: tree.hash,
    },
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

/** The children of a bisected node, or the level-1 trees under a leaf. */
export function childrenOf(game: Game, node: Node): Node[] {
  if (node.children === undefined) {
    return node.refinements.map(({ id }) => nodeAt(game, id));
  }
  const { left, right } = node.children;
  const leftId = Bisection.nodeId(Bisection.cohortId(Bisection.leftChild(node.position)), left);
  const rightPosition = Bisection.rightChild(node.position, left);
  const rightId = Bisection.nodeId(Bisection.cohortId(rightPosition), right);
  return [nodeAt(game, leftId), nodeAt(game, rightId)];
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
