// What a decided dispute has left unpaid: moves that were not opened in the call that decided it.
import * as Hex from "../primitives/hex.ts";
import * as Bisection from "./bisection.ts";
import * as Clock from "./clock.ts";
import type { Node } from "./clock.ts";
import * as DisputeTree from "./disputeTree.ts";
import type { Opening } from "./disputeTree.ts";
import * as Game from "./game.ts";
import type { Move, RewardBlocks } from "./move.ts";
import * as Raise from "./raise.ts";
import * as Reward from "./reward.ts";
import type { GrowingTrace } from "./trace.ts";

/**
 * The calls that pay the moves of the confirmed claim on a parent, and of level-1 trees that won below it. Where more is owed
 * than one call pays, the next look at the game finds the rest. What the pot cannot pay is not asked for.
 */
export function spoils(game: Game.Game, { parent }: Pick<GrowingTrace, "parent">): Move[] {
  const claim = Game.children(game, parent).find(({ id }) => Game.isConfirmed(game, id));
  if (claim === undefined) return [];
  const root = DisputeTree.requireNode(game.tree, claim.id);
  const ofBlocks = owed(game, parent, root).map((start): Move => {
    return { kind: "rewardBlocks", parent, ...start };
  });
  return [
    ...ofBlocks,
    ...Raise.leavesBelow(game, root).flatMap((leaf) => ofTree(game, parent, leaf)),
  ];
}

function ofTree(game: Game.Game, parent: Uint8Array, leaf: Node): Move[] {
  const won = leaf.refinements.find(({ id }) => Game.isConfirmed(game, id));
  if (won === undefined) return [];
  const { position: blockLeaf } = leaf;
  const { startState } = won;
  return owed(game, parent, DisputeTree.requireNode(game.tree, won.id)).map((start): Move => {
    return { kind: "rewardSteps", blockLeaf, startState, ...start };
  });
}

/** Where a collecting call begins, and what it opens from there. */
type Start = Pick<RewardBlocks, "height" | "index" | "prefix" | "openings">;

// Each part of a tree that is unpaid, from the node above it that was paid. A call opens no other node that was paid: such
// an opening brings nothing, and what is unpaid below it is a part of its own.
function owed(game: Game.Game, parent: Uint8Array, root: Node): Start[] {
  const children = Bisection.cohortId(Game.claimPosition(game.config, parent));
  const { baseFee } = DisputeTree.cohortOf(game.tree, children);
  const walk = Reward.walk(game, parent, root.position.level, baseFee);
  return [root, ...paidBelow(game, root)].flatMap((start): Start[] => {
    const openings = unpaidFrom(game, start, { left: Raise.MOST_OPENINGS });
    const before = walk.paid;
    walk.opened = 0;
    Reward.follow(game, walk, start.position, start.hash, openings);
    if (walk.paid === before) return [];
    const { height, index, prefix } = start.position;
    return [{ height, index, prefix, openings }];
  });
}

// All nodes below this one whose opening was paid.
function paidBelow(game: Game.Game, node: Node): Node[] {
  return Raise.childrenOf(game, node).flatMap((half) => [
    ...(isOpeningPaid(game, half) ? [half] : []),
    ...paidBelow(game, half),
  ]);
}

// A node, and what is opened below it without coming upon another whose opening was paid; nothing if all of that is paid.
function unpaidFrom(game: Game.Game, node: Node, room: { left: number }): Opening[] {
  if (node.children === undefined) return [];
  const taken = Raise.roomOf(game, node);
  if (room.left < taken) return [];
  room.left -= taken;
  const halves = Raise.childrenOf(game, node);
  const below = halves.flatMap((half) =>
    isOpeningPaid(game, half) ? [] : unpaidFrom(game, half, room),
  );
  if (below.length > 0 || halves.some((half) => isUnpaid(game, half))) {
    return [node.children, ...below];
  }
  room.left += taken;
  return [];
}

function isOpeningPaid(game: Game.Game, node: Node): boolean {
  return Raise.childrenOf(game, node).some((half) => Clock.has(half, Clock.REWARDED));
}

function isUnpaid({ tree }: Game.Game, node: Node): boolean {
  if (Bisection.isRight(node.position.index, 0) && !Clock.has(node, Clock.REWARDED)) return true;
  const isProven = tree.provers.has(Hex.key(node.id));
  return isProven && DisputeTree.isRivaled(tree, node) && !Clock.has(node, Clock.PROOF_REWARDED);
}
