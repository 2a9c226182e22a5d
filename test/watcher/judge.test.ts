// Whose game a watcher plays: that of its own chain, and no other.
import { expect } from "chai";
import * as Game from "../../src/dispute/game.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import type { Source } from "../../src/watcher/claimTrace.ts";
import * as Judge from "../../src/watcher/judge.ts";
import * as DerivedChain from "../harness/derivedChain.ts";
import * as L2Chain from "../harness/l2Chain.ts";

const RULES = { timeout: 600n, claimBond: 1n, refinementBond: 1n };

describe("watcher/judge", () => {
  let source: Source;
  before(async () => {
    source = await DerivedChain.open([], []);
  });

  const gameOf = (endState: BlockDone.BlockDone) =>
    Game.create({ ...source.config, ...RULES }, endState, L2Chain.GENESIS_TIME);
  const genesisOf = (game: Game.Game) =>
    Judge.genesisClaim(
      Judge.create(source, () => undefined),
      game,
    );

  it("begins with the genesis of its own chain", () => {
    const { done } = source.chain.head;
    expect(genesisOf(gameOf(done)).endState).to.deep.equal(done);
  });

  it("takes no part in the game of a chain with another genesis", () => {
    const { done } = source.chain.head;
    const other = { ...done, outputRoot: new Uint8Array(32).fill(7) };
    expect(() => genesisOf(gameOf(other)))
      .to.throw(Judge.ForeignGameError)
      .that.includes({
        expected: Hex.fromBytes(BlockDone.hash(done)),
        actual: Hex.fromBytes(BlockDone.hash(other)),
      });
  });

  it("takes no part in a game that begins at a block which it does not have", () => {
    const later = { ...source.chain.head.done, number: 9n };
    expect(() => genesisOf(gameOf(later)))
      .to.throw(Judge.ForeignGameError)
      .that.includes({ expected: "nothing" });
  });
});
