// What a won dispute leaves to collect: the liars' bonds, and out of them the price of each move that won it.
import * as Hex from "../primitives/hex.ts";
import * as BlockDone from "../protocol/blockDone.ts";
import * as Bisection from "./bisection.ts";
import type { Position } from "./bisection.ts";
import * as Clock from "./clock.ts";
import * as DisputeTree from "./disputeTree.ts";
import * as Game from "./game.ts";
import type { Move } from "./move.ts";
import * as Opening from "./opening.ts";
import * as Reward from "./reward.ts";
import type { GrowingTrace, Trace } from "./trace.ts";

/**
 * First the bonds that can be taken; once there are none left, the paths that still have a move to pay. As long as the
 * trace does not know the steps of a disputed block, no move is paid: there may be bonds left.
 */
export function spoils(game: Game.Game, trace: GrowingTrace): Move[] {
  const position = Game.claimPosition(game.config, trace.parent);
  if (!isWon(game, trace.blocks, position)) return [];

  const leaves = pathEnds(game, trace.blocks, position);
  const refined = leaves
    .map((leaf) => refinedLeaf(game, trace, leaf))
    .filter(({ blockLeaf, steps }) => isRefined(game, trace.blocks, blockLeaf, steps.leaf));
  const known = refined.flatMap((leaf): KnownLeaf[] => {
    const tree = trace.steps(leaf.steps.leaf);
    return tree === undefined ? [] : [{ ...leaf, tree }];
  });
  const won = known.filter(({ steps, tree }) => isWon(game, tree, steps.position));
  const forfeits = [
    ...claimForfeits(game, trace),
    ...won.flatMap((leaf) => treeForfeits(game, leaf)),
  ];
  if (forfeits.length > 0 || known.length < refined.length) return forfeits;
  return [
    ...leaves.flatMap((leaf) => blockRewards(game, trace, position, leaf)),
    ...won.flatMap((leaf) => stepRewards(game, trace, leaf)),
  ];
}

type RefinedLeaf = {
  readonly blockLeaf: Position;
  readonly startState: Uint8Array;
  readonly steps: { readonly leaf: number; readonly position: Position };
};

type KnownLeaf = RefinedLeaf & { readonly tree: Trace };

function refinedLeaf(game: Game.Game, trace: GrowingTrace, leaf: number): RefinedLeaf {
  const { blocks, parent } = trace;
  const blockLeaf = Opening.positionAt(blocks, 0, 0, leaf, parent);
  const { state: startState } = Opening.preState(blocks, leaf, BlockDone.hash(trace.startState));
  const position = Game.stepsPosition(game.config, blockLeaf, startState);
  return { blockLeaf, startState, steps: { leaf, position } };
}

function claimForfeits(game: Game.Game, { parent }: GrowingTrace): Move[] {
  return Game.children(game, parent)
    .filter(({ id }) => !Game.isConfirmed(game, id) && !Game.isSettled(game, id))
    .map(({ root }) => ({ kind: "forfeitClaim", parent, root }));
}

function treeForfeits(game: Game.Game, { blockLeaf, startState, steps }: RefinedLeaf): Move[] {
  const cohort = DisputeTree.cohortOf(game.tree, Bisection.cohortId(steps.position));
  return cohort.members
    .filter((id) => !Game.isConfirmed(game, id) && !Game.isSettled(game, id))
    .map((id) => {
      const { hash: root } = DisputeTree.requireNode(game.tree, id);
      return { kind: "forfeitRefinement", blockLeaf, startState, root };
    });
}

function blockRewards(
  game: Game.Game,
  { blocks, parent }: GrowingTrace,
  position: Position,
  index: number,
): Move[] {
  const root = rootOf(blocks);
  const leafHash = blocks.subtree(0, index);
  const siblings = Opening.siblingsOf(blocks, index);
  if (!pays(game, parent, position, index, leafHash, siblings)) return [];
  return [{ kind: "rewardBlocks", parent, root, index, leafHash, siblings }];
}

function stepRewards(game: Game.Game, trace: GrowingTrace, leaf: KnownLeaf): Move[] {
  const { blockLeaf, startState, steps, tree } = leaf;
  return pathEnds(game, tree, steps.position).flatMap((index): Move[] => {
    const leafHash = tree.subtree(0, index);
    const siblings = Opening.siblingsOf(tree, index);
    if (!pays(game, trace.parent, steps.position, index, leafHash, siblings)) return [];
    const root = rootOf(tree);
    return [{ kind: "rewardSteps", blockLeaf, startState, root, index, leafHash, siblings }];
  });
}

function pays(
  game: Game.Game,
  parent: Uint8Array,
  position: Position,
  index: number,
  leafHash: Uint8Array,
  siblings: readonly Uint8Array[],
): boolean {
  const children = Bisection.cohortId(Game.claimPosition(game.config, parent));
  const { baseFee } = DisputeTree.cohortOf(game.tree, children);
  const path = Bisection.fold(index, leafHash, siblings);
  return Reward.payPath(game, parent, baseFee, position, index, path, siblings).length > 0;
}

// The leaves at which the bisected part of a tree ends: one below each lowest bisected node, and each that is proven.
function pathEnds(game: Game.Game, trace: Trace, position: Position): number[] {
  const { height, index } = position;
  const id = Bisection.nodeId(Bisection.cohortId(position), trace.subtree(height, index));
  const node = game.tree.nodes.get(Hex.key(id));
  if (node?.children === undefined) {
    const ends = height === 0 && (position.level === 0 || node?.timer === Clock.FOREVER);
    return ends ? [index] : [];
  }
  const { left } = node.children;
  const ends = [
    ...pathEnds(game, trace, Bisection.leftChild(position)),
    ...pathEnds(game, trace, Bisection.rightChild(position, left)),
  ];
  return ends.length > 0 ? ends : [index * 2 ** height];
}

function isWon(game: Game.Game, trace: Trace, position: Position): boolean {
  return Game.isConfirmed(game, Bisection.nodeId(Bisection.cohortId(position), rootOf(trace)));
}

function isRefined(game: Game.Game, blocks: Trace, leaf: Position, index: number): boolean {
  const id = Bisection.nodeId(Bisection.cohortId(leaf), blocks.subtree(0, index));
  return (game.tree.nodes.get(Hex.key(id))?.refinements.length ?? 0) > 0;
}

function rootOf(trace: Trace): Uint8Array {
  return trace.subtree(Math.log2(trace.length), 0);
}
