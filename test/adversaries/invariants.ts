// What must hold after every move of everybody, in every game.
import * as Clock from "../../src/dispute/clock.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import * as Hex from "../../src/primitives/hex.ts";

/** What is wrong with a game in which these claims are the true ones; nothing, it is to be hoped. */
export function violations(game: Game.Game, trueClaims: ReadonlySet<string>): string[] {
  const wrong: string[] = [];
  for (const { id } of game.claims.values()) {
    if (Game.isConfirmed(game, id) && !trueClaims.has(Hex.key(id)))
      wrong.push("a lie is confirmed");
  }
  for (const cohort of game.tree.cohorts.values()) {
    const nodes = cohort.members.map((id) => DisputeTree.requireNode(game.tree, id));
    const proven = nodes.filter(({ timer }) => timer === Clock.FOREVER).length;
    const won = nodes.filter((node) => Clock.has(node, Clock.CONFIRMED)).length;
    const isLeaf = nodes.some(({ position }) => position.level === 1 && position.height === 0);
    if (isLeaf && proven > 1) wrong.push("two rivals are proven");
    if (won > 1) wrong.push("two rivals are confirmed");
    const alone = nodes.reduce((sum, node) => sum + Clock.unrivaled(node, cohort, game.now), 0n);
    const [oldest] = nodes;
    if (oldest !== undefined && alone > game.now - oldest.createdAt)
      wrong.push("rivals were alone for longer than there was time");
  }
  return wrong;
}

/** What the game owes: credits, pots, and bonds that have neither come back nor been forfeited. */
export function liabilities(game: Game.Game): bigint {
  const { claimBond, refinementBond } = game.config;
  const bonds = [...game.movers.values()].flat();
  const locked = bonds.map((id) => (game.claims.has(Hex.key(id)) ? claimBond : refinementBond));
  return [...game.credit.values(), ...game.pots.values(), ...locked].reduce(
    (sum, owed) => sum + owed,
    0n,
  );
}
