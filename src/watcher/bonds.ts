// What an account has at stake in a game.
import * as DisputeTree from "../dispute/disputeTree.ts";
import type * as Game from "../dispute/game.ts";
import * as Hex from "../primitives/hex.ts";

/** What DisputeGame.withdraw takes of an account without code; docs/benchmarks.md has it. */
const WITHDRAWAL_GAS = 34_000n;

export type Bonds = {
  /** Claims and level-1 trees whose bond is still out and may come back. */
  readonly claims: number;
  readonly refinements: number;
  readonly locked: bigint;
  /** The account made a move for which it may be paid. */
  readonly hasMoved: boolean;
};

/** What the account has at stake, over all disputes. */
export function ofAccount(game: Game.Game, account: Uint8Array): Bonds {
  const { config } = game;
  const bonded = game.movers.get(Hex.key(account));
  const out = (bonded ?? []).filter((id) => isOut(game, id));
  const claims = out.filter((id) => game.claims.has(Hex.key(id))).length;
  const refinements = out.length - claims;
  const locked = BigInt(claims) * config.claimBond + BigInt(refinements) * config.refinementBond;
  return { claims, refinements, locked, hasMoved: bonded !== undefined };
}

/** What the account can withdraw. */
export function creditOf(game: Game.Game, account: Uint8Array): bigint {
  return game.credit.get(Hex.key(account)) ?? 0n;
}

/** Whether a credit is more than it costs to withdraw it at this price of gas. */
export function isWorthItsGas(credit: bigint, gasPrice: bigint): boolean {
  return credit > WITHDRAWAL_GAS * gasPrice;
}

function isOut(game: Game.Game, id: Uint8Array): boolean {
  const node = DisputeTree.requireNode(game.tree, id);
  return DisputeTree.cohortOf(game.tree, node.cohort).confirmedAt === 0n;
}
