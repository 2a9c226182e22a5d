// How bonds come back once the true claim is confirmed: a party's own, and a stranger's where it holds up those of a liar.
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
 * The moves that credit an account with its bonds in the confirmed claim that the trace makes. If it has made a move for
 * which it can be paid, also those that credit strangers with the bonds of true level-1 trees that have rivals: only then
 * can the rivals' bonds be taken.
 */
export function settlements(game: Game.Game, trace: GrowingTrace, account: Uint8Array): Move[] {
  const claim = confirmedClaim(game, trace);
  if (claim === undefined) return [];
  const refinements = unsettledTrees(game, trace, account).flatMap((unsettled) =>
    settlement(game, trace, unsettled),
  );
  if (Game.isSettled(game, claim.id) || !Bytes.equals(claim.proposer, account)) return refinements;
  return [{ kind: "settleClaim", claim: claim.id }, ...refinements];
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
  return refinedLeaves(game, DisputeTree.requireNode(game.tree, claim.id)).flatMap((leaf) => {
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
  const raises = Raise.moves(game, tree, game.config.timeout, () => []);
  if (raises === undefined) return [];
  const { index } = leaf.position;
  const { state: startState } = Opening.preState(blocks, index, BlockDone.hash(first));
  const claimRoot = blocks.subtree(game.config.blockHeight, 0);
  const siblings = Opening.siblingsOf(blocks, index);
  const { hash: leafHash } = leaf;
  const { hash: root } = tree;
  const settle = { parent, claimRoot, index, leafHash, siblings, startState, root };
  return [...raises, { kind: "settleRefinement", ...settle }];
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

// The level-0 leaves below a node under which a level-1 tree was started.
function refinedLeaves(game: Game.Game, node: Node): Node[] {
  if (node.refinements.length > 0) return [node];
  return Raise.childrenOf(game, node).flatMap((child) => refinedLeaves(game, child));
}
