// The cache poker: updates timers, all of them, always, in the wrong order. It wants a timer recorded that is not true:
// a parent's before its child's, a child's from before it had a rival, a leaf's from a tree that loses later. What stops
// it: recorded timers are lower bounds of true ones whenever they are taken, because time that counts stops for good at
// the second member of a cohort (R7), and a larger one is never replaced by a smaller.
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import type * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { answers } from "./liar.ts";
import type { Strategy } from "./strategy.ts";

/** Its lie's answers, and around them every update there is: parents first, then children first, then parents again. */
export const cachePoker: Strategy = (game, trace) => {
  const updates = everyUpdate(game);
  return [...updates, ...answers(game, trace), ...updates.toReversed(), ...updates];
};

/** One update for each bisected node, in one batch for each tree, and one for each tree under a leaf. */
export function everyUpdate(game: Game.Game): Move[] {
  const nodes = [...game.tree.nodes.values()];
  const bisected = nodes.flatMap(({ position, children }) =>
    children === undefined ? [] : [{ position, children }],
  );
  const trees = Map.groupBy(bisected, ({ position }) =>
    Buffer.from(position.origin).toString("hex"),
  );
  const batches = [...trees.values()].flatMap((tree): Move[] => {
    const [first] = tree;
    if (first === undefined) return [];
    const { level, origin } = first.position;
    const splits = tree.map(({ position: { height, index, prefix }, children }) => ({
      ...{ height, index, prefix },
      ...children,
    }));
    return [{ kind: "update", level, origin, splits: [...splits, ...splits.toReversed()] }];
  });
  const leaves = nodes.flatMap((leaf) =>
    leaf.refinements.map(({ id, startState }): Move => {
      const { hash: root } = DisputeTree.requireNode(game.tree, id);
      const { position, hash: leafHash } = leaf;
      return { kind: "updateLeaf", leaf: position, leafHash, startState, root, openings: [] };
    }),
  );
  return [...leaves, ...batches];
}
