// The cache poker: updates timers, all of them, always, in the wrong order. It wants a timer recorded that is not true:
// a parent's before its child's, a child's from before it had a rival, a leaf's from a tree that loses later. What stops
// it: recorded timers are lower bounds of true ones whenever they are taken, because time that counts stops for good at
// the second member of a cohort (R7), and a larger one is never replaced by a smaller.
import type { Node } from "../../src/dispute/clock.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import type { Opening } from "../../src/dispute/disputeTree.ts";
import type * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { answers } from "./liar.ts";
import type { Strategy } from "./strategy.ts";

/** Its lie's answers, and around them every update there is: parents first, then children first, then parents again. */
export const cachePoker: Strategy = (game, trace) => {
  const updates = everyUpdate(game);
  return [...updates, ...answers(game, trace), ...updates.toReversed(), ...updates];
};

/** The updates of blocks by their trees, and of opened nodes by their halves, parents first and then children first. */
export function everyUpdate(game: Game.Game): Move[] {
  const nodes = [...game.tree.nodes.values()];
  const leaves = nodes.flatMap((leaf) =>
    leaf.refinements.map(({ id, startState }): Move => {
      const { hash } = DisputeTree.requireNode(game.tree, id);
      return update(leaf, { left: startState, right: hash });
    }),
  );
  const halves = nodes.flatMap((node) =>
    node.children === undefined ? [] : [update(node, node.children)],
  );
  return [...leaves, ...halves, ...halves.toReversed()];
}

function update({ position, hash: nodeHash }: Node, opening: Opening): Move {
  return { kind: "update", position, nodeHash, openings: [opening] };
}
