// How a party gets its bonds back once its claim is confirmed.
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import * as BlockDone from "../protocol/blockDone.ts";
import * as Bisection from "./bisection.ts";
import type { Node } from "./clock.ts";
import * as DisputeTree from "./disputeTree.ts";
import * as Game from "./game.ts";
import type { Move } from "./move.ts";
import * as Opening from "./opening.ts";
import * as Raise from "./raise.ts";
import type { GrowingTrace } from "./trace.ts";

/** The moves that credit an account with its bonds in the confirmed claim that the trace makes. */
export function settlements(game: Game.Game, trace: GrowingTrace, account: Uint8Array): Move[] {
  const { blocks, parent } = trace;
  const root = blocks.subtree(game.config.blockHeight, 0);
  const cohort = Bisection.cohortId(Game.claimPosition(game.config, parent));
  const claim = game.claims.get(Hex.key(Bisection.nodeId(cohort, root)));
  if (claim === undefined || !Game.isConfirmed(game, claim.id)) return [];

  const refinements = refinedLeaves(game, DisputeTree.requireNode(game.tree, claim.id)).flatMap(
    (leaf) => leafSettlements(game, trace, leaf, account),
  );
  if (Game.isSettled(game, claim.id) || !Bytes.equals(claim.proposer, account)) return refinements;
  return [{ kind: "settleClaim", claim: claim.id }, ...refinements];
}

function leafSettlements(
  game: Game.Game,
  trace: GrowingTrace,
  leaf: Node,
  account: Uint8Array,
): Move[] {
  const { blocks, parent, startState: first } = trace;
  const { index } = leaf.position;
  const { state: startState } = Opening.preState(blocks, index, BlockDone.hash(first));
  return leaf.refinements.flatMap(({ id }): Move[] => {
    const tree = DisputeTree.requireNode(game.tree, id);
    const open = DisputeTree.cohortOf(game.tree, tree.cohort).confirmedAt === 0n;
    if (!open || !Bytes.equals(tree.mover, account)) return [];
    const raises = Raise.moves(game, tree, game.config.timeout);
    if (raises === undefined) return [];

    const claimRoot = blocks.subtree(game.config.blockHeight, 0);
    const siblings = Opening.siblingsOf(blocks, index);
    const { hash: leafHash } = leaf;
    const { hash: root } = tree;
    return [
      ...raises,
      {
        kind: "settleRefinement",
        parent,
        claimRoot,
        index,
        leafHash,
        siblings,
        startState,
        root,
      },
    ];
  });
}

// The level-0 leaves below a node under which a level-1 tree was started.
function refinedLeaves(game: Game.Game, node: Node): Node[] {
  if (node.children === undefined) return node.refinements.length > 0 ? [node] : [];
  return Raise.childrenOf(game, node).flatMap((child) => refinedLeaves(game, child));
}
