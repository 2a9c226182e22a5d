// What a won dispute leaves to collect: the liars' bonds, and out of them the price of each move that won it.
import * as Hex from "../primitives/hex.ts";
import * as BlockDone from "../protocol/blockDone.ts";
import * as Bisection from "./bisection.ts";
import type { Position } from "./bisection.ts";
import * as Clock from "./clock.ts";
import * as DisputeTree from "./disputeTree.ts";
import * as Game from "./game.ts";
import type { Rewarded } from "./gameEvent.ts";
import type { Move } from "./move.ts";
import * as Opening from "./opening.ts";
import * as Reward from "./reward.ts";
import type { GrowingTrace, Trace } from "./trace.ts";

/**
 * As many bonds as the moves that are still to be paid need; once the pot has enough, or there are none left, the paths to
 * those moves. A bond for which there is no move to pay stays where it is: taking it costs gas and returns nothing. As
 * long as the trace does not know the steps of a disputed block, no move is paid, and all bonds are taken.
 */
export function spoils(game: Game.Game, trace: GrowingTrace): Move[] {
  const dispute = wonDispute(game, trace);
  if (dispute === undefined) return [];
  const lost = bondsOf(game, trace, dispute);
  if (!dispute.isKnown) return lost.map(({ move }) => move);
  const owing = pathsOf(game, trace, dispute).filter(({ due }) => due.length > 0);
  const owed = sumOf(owing.flatMap(({ due }) => due));
  const needed: Move[] = [];
  let pot = game.pots.get(Hex.key(trace.parent)) ?? 0n;
  for (const { move, pooled } of lost) {
    if (pot >= owed) break;
    needed.push(move);
    pot += pooled;
  }
  if (needed.length > 0) return needed;
  // A pot that stays too small pays the cheapest moves of a path, or none.
  return owing.filter(({ due }) => due.some(({ amount }) => amount <= pot)).map(({ move }) => move);
}

/** Every bond that can be taken, needed or not. */
export function lostBonds(game: Game.Game, trace: GrowingTrace): Move[] {
  const dispute = wonDispute(game, trace);
  return dispute === undefined ? [] : bondsOf(game, trace, dispute).map(({ move }) => move);
}

type LostBond = { readonly move: Move; readonly pooled: bigint };

/** A way from a won root to a leaf, and what is owed on it, as if the pot had no end. */
type Path = { readonly move: Move; readonly due: readonly Rewarded[] };

type Dispute = {
  readonly position: Position;
  // Where the opened part of the blocks ends.
  readonly leaves: readonly number[];
  // The disputed blocks whose trees of steps are won.
  readonly won: readonly KnownLeaf[];
  // Whether the trace knows the steps of every disputed block.
  readonly isKnown: boolean;
};

function wonDispute(game: Game.Game, trace: GrowingTrace): Dispute | undefined {
  const position = Game.claimPosition(game.config, trace.parent);
  if (!isWon(game, trace.blocks, position)) return undefined;
  const leaves = pathEnds(game, trace.blocks, position);
  const refined = leaves
    .map((leaf) => refinedLeaf(game, trace, leaf))
    .filter(({ blockLeaf, steps }) => isRefined(game, trace.blocks, blockLeaf, steps.leaf));
  const known = refined.flatMap((leaf): KnownLeaf[] => {
    const tree = trace.steps(leaf.steps.leaf);
    return tree === undefined ? [] : [{ ...leaf, tree }];
  });
  const won = known.filter(({ steps, tree }) => isWon(game, tree, steps.position));
  return { position, leaves, won, isKnown: known.length === refined.length };
}

const ENDLESS = 2n ** 256n;

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

function bondsOf(game: Game.Game, trace: GrowingTrace, { won }: Dispute): LostBond[] {
  const { claimBond, refinementBond } = game.config;
  const claims = claimForfeits(game, trace).map((move) => ({ move, pooled: claimBond / 2n }));
  const trees = won.flatMap((leaf) => treeForfeits(game, leaf));
  return [...claims, ...trees.map((move) => ({ move, pooled: refinementBond / 2n }))];
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

function pathsOf(game: Game.Game, trace: GrowingTrace, dispute: Dispute): Path[] {
  const { parent, blocks } = trace;
  const endless = { ...game, pots: new Map([[Hex.key(parent), ENDLESS]]) };
  const children = Bisection.cohortId(Game.claimPosition(game.config, parent));
  const { baseFee } = DisputeTree.cohortOf(game.tree, children);
  const opened = (tree: Trace, position: Position, index: number) => {
    const siblings = Opening.siblingsOf(tree, index);
    const leafHash = tree.subtree(0, index);
    const path = Bisection.fold(index, leafHash, siblings);
    const due = Reward.payPath(endless, parent, baseFee, position, index, path, siblings);
    return { due, proof: { root: rootOf(tree), index, leafHash, siblings } };
  };
  return [
    ...dispute.leaves.map((index): Path => {
      const { due, proof } = opened(blocks, dispute.position, index);
      return { due, move: { kind: "rewardBlocks", parent, ...proof } };
    }),
    ...dispute.won.flatMap(({ blockLeaf, startState, steps, tree }) =>
      pathEnds(game, tree, steps.position).map((index): Path => {
        const { due, proof } = opened(tree, steps.position, index);
        return { due, move: { kind: "rewardSteps", blockLeaf, startState, ...proof } };
      }),
    ),
  ];
}

// Paths have nodes in common: each move and each proof counts once.
function sumOf(due: readonly Rewarded[]): bigint {
  const each = new Map(due.map((one) => [`${Hex.key(one.node)}${one.forProof}`, one.amount]));
  return [...each.values()].reduce((sum, amount) => sum + amount, 0n);
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
