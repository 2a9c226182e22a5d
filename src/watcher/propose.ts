// When to claim, and up to which block.
import * as Bisection from "../dispute/bisection.ts";
import * as DisputeTree from "../dispute/disputeTree.ts";
import * as Game from "../dispute/game.ts";

/** A claim is due after so many blocks, or after so many seconds if there are any blocks at all. */
export type Policy = { readonly blocks: bigint; readonly seconds: bigint };

/** The last block of a claim on the newest true claim; undefined while none is due, or while there is one already. */
export function dueBlock(
  game: Game.Game,
  newest: Game.Claim,
  safeBlock: bigint,
  policy: Policy,
): bigint | undefined {
  const { config, tree } = game;
  const children = Bisection.cohortId(Game.claimPosition(config, newest.id));
  if (DisputeTree.cohortOf(tree, children).members.length > 0) return undefined;

  const first = newest.endState.number;
  const { createdAt } = DisputeTree.requireNode(tree, newest.id);
  const isLate = safeBlock > first && game.now - createdAt >= policy.seconds;
  if (safeBlock - first < policy.blocks && !isLate) return undefined;
  const limit = first + 2n ** BigInt(config.blockHeight);
  return safeBlock < limit ? safeBlock : limit;
}
