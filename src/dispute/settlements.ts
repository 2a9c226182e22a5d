// How bonds of level-1 trees come back once the true claim is confirmed: a party's own, and a stranger's where it holds up
// those of a liar.
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import * as BlockDone from "../protocol/blockDone.ts";
import * as Bisection from "./bisection.ts";
import type { Node } from "./clock.ts";
import * as DisputeTree from "./disputeTree.ts";
import * as Game from "./game.ts";
import type { Move } from "./move.ts";
import { trueTrees } from "./nextMoves.ts";
import * as Opening from "./opening.ts";
import * as Raise from "./raise.ts";
import type { GrowingTrace } from "./trace.ts";

/**
 * The moves that credit an account with the bonds of its level-1 trees in the confirmed claim that the trace makes. If it has
 * made a move for which it can be paid, also those that credit strangers with the bonds of true trees that have rivals: only
 * then are the rivals' bonds taken.
 */
export function settlements(game: Game.Game, trace: GrowingTrace, account: Uint8Array): Move[] {
  return unsettledTrees(game, trace, account).flatMap((unsettled) =>
    settlement(game, trace, unsettled),
  );
}

/** A level-1 tree that can win under a leaf of a confirmed claim, and has not. */
export type UnsettledTree = { readonly leaf: Node; readonly tree: Node };

/** The trees that `settlements` settles, or will as soon as their time has come. */
export function unsettledTrees(
  game: Game.Game,
  trace: GrowingTrace,
  account: Uint8Array,
): UnsettledTree[] {
  const claim = confirmedClaim(game, trace);
  if (claim === undefined) return [];
  return Raise.leavesBelow(game, DisputeTree.requireNode(game.tree, claim.id)).flatMap((leaf) => {
    if (!isOpen(game, leaf)) return [];
    return trueTrees(game, trace, leaf)
      .filter((tree) => Bytes.equals(tree.mover, account) || isForPay(game, tree, account))
      .map((tree) => ({ leaf, tree }));
  });
}

function isForPay({ tree, movers }: Game.Game, node: Node, account: Uint8Array): boolean {
  return movers.has(Hex.key(account)) && DisputeTree.isRivaled(tree, node);
}

function settlement(
  game: Game.Game,
  { blocks, parent, startState: first }: GrowingTrace,
  { leaf, tree }: UnsettledTree,
): Move[] {
  const raised = Raise.moves(game, tree, game.config.timeout, () => []);
  if (raised === undefined) return [];
  const { index } = leaf.position;
  const { state: startState } = Opening.preState(blocks, index, BlockDone.hash(first));
  const claimRoot = blocks.subtree(game.config.blockHeight, 0);
  const siblings = Opening.siblingsOf(blocks, index);
  const { hash: leafHash } = leaf;
  const { hash: root } = tree;
  const { updates, openings } = raised;
  const settle = { parent, claimRoot, index, leafHash, siblings, startState, root, openings };
  return [...updates, { kind: "settleRefinement", ...settle }];
}

function confirmedClaim(game: Game.Game, { blocks, parent }: GrowingTrace): Game.Claim | undefined {
  const root = blocks.subtree(game.config.blockHeight, 0);
  const cohort = Bisection.cohortId(Game.claimPosition(game.config, parent));
  const claim = game.claims.get(Hex.key(Bisection.nodeId(cohort, root)));
  return claim !== undefined && Game.isConfirmed(game, claim.id) ? claim : undefined;
}

// Whether none of the trees under a leaf has won; they are all rivals of each other.
function isOpen({ tree }: Game.Game, { refinements: [first] }: Node): boolean {
  if (first === undefined) return false;
  const { cohort } = DisputeTree.requireNode(tree, first.id);
  return DisputeTree.cohortOf(tree, cohort).confirmedAt === 0n;
}
