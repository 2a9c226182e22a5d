import { expect } from "chai";
import * as Game from "../../src/dispute/game.ts";
import { dueBlock } from "../../src/watcher/propose.ts";
import { GENESIS } from "../dispute/toyTrace.ts";

const CONFIG: Game.Config = {
  ...{ blockHeight: 4, stepHeight: 3, timeout: 300n },
  ...{ claimBond: 5n, refinementBond: 2n },
};
const POLICY = { blocks: 10n, seconds: 60n };
const BORN = 1_000n;
const first = GENESIS.number;

function gameAt(now: bigint): { game: Game.Game; genesis: Game.Claim } {
  const game = Game.at(Game.create(CONFIG, GENESIS, BORN), now);
  const [genesis] = game.claims.values();
  if (genesis === undefined) throw new TypeError("a game has a genesis claim");
  return { game, genesis };
}

function due(now: bigint, safeBlock: bigint): bigint | undefined {
  const { game, genesis } = gameAt(now);
  return dueBlock(game, genesis, safeBlock, POLICY);
}

describe("a claim is due", () => {
  it("after enough blocks, however young the last claim is", () => {
    expect(due(BORN, first + 9n)).to.equal(undefined);
    expect(due(BORN, first + 10n)).to.equal(first + 10n);
  });

  it("after enough time, if there is a block at all", () => {
    expect(due(BORN + 59n, first + 1n)).to.equal(undefined);
    expect(due(BORN + 60n, first + 1n)).to.equal(first + 1n);
    expect(due(BORN + 600n, first)).to.equal(undefined);
  });

  it("for no more blocks than a claim can hold", () => {
    expect(due(BORN, first + 100n)).to.equal(first + 16n);
  });

  it("never where somebody has claimed already", () => {
    const { game, genesis } = gameAt(BORN + 600n);
    const endState = { ...GENESIS, number: first + 20n };
    const ids = { parent: genesis.id, claim: new Uint8Array(32).fill(1) };
    const root = new Uint8Array(32).fill(2);
    const proposer = new Uint8Array(20);
    Game.write(game, { kind: "Proposed", ...ids, root, endState, proposer });
    expect(dueBlock(game, genesis, first + 100n, POLICY)).to.equal(undefined);
  });
});
