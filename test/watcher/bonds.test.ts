import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Game from "../../src/dispute/game.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Bonds from "../../src/watcher/bonds.ts";
import { GENESIS } from "../dispute/toyTrace.ts";

const CONFIG: Game.Config = {
  ...{ blockHeight: 4, stepHeight: 3, timeout: 300n },
  ...{ claimBond: 5n, refinementBond: 2n },
};
const WINNER = new Uint8Array(20).fill(1);
const LOSER = new Uint8Array(20).fill(2);

/** Two claims on genesis, and their ids. */
function rivals() {
  const game = Game.create(CONFIG, GENESIS, 1_000n);
  const parent = Game.genesisId(CONFIG, GENESIS);
  const cohort = Bisection.cohortId(Game.claimPosition(CONFIG, parent));
  const endState = { ...GENESIS, number: GENESIS.number + 1n };
  const claims = [WINNER, LOSER].map((proposer) => {
    const root = Bisection.leafHash(Bytes.padLeft(proposer, 32));
    const claim = Bisection.nodeId(cohort, root);
    Game.write(game, { kind: "Proposed", parent, claim, root, endState, proposer });
    return claim;
  });
  const [won, lost] = claims;
  if (won === undefined || lost === undefined) throw new TypeError("two claims were made");
  return { game, won, lost };
}

describe("the bonds of an account", () => {
  it("are locked while nothing is decided", () => {
    const { game } = rivals();
    for (const account of [WINNER, LOSER])
      expect(Bonds.ofAccount(game, account)).to.include({ claims: 1, locked: 5n });
  });

  it("are lost with the claim, or become credit, as one of them is confirmed", () => {
    const { game, won } = rivals();
    const { parent } = game.claims.get(Hex.key(won)) ?? expect.fail("a claim");
    Game.write(game, { kind: "Confirmed", claim: won, baseFee: 0n });
    Game.write(game, { kind: "Settled", node: won, account: WINNER, amount: 5n });
    Game.write(game, { kind: "Forfeited", parent, winner: won, burned: 3n, pooled: 2n });
    expect(Bonds.ofAccount(game, LOSER)).to.include({ claims: 0, locked: 0n });
    expect(Bonds.ofAccount(game, WINNER).locked).to.equal(0n);
    expect(Bonds.creditOf(game, WINNER)).to.equal(5n);
  });

  it("that became credit are worth their gas if they are more than it", () => {
    expect(Bonds.isWorthItsGas(34_000n * 7n, 7n)).to.equal(false);
    expect(Bonds.isWorthItsGas(34_000n * 7n + 1n, 7n)).to.equal(true);
  });
});
