import { expect } from "chai";
import * as Game from "../../src/dispute/game.ts";
import * as FalseTrace from "../../scripts/demo/falseTrace.ts";
import * as ByteHex from "../../src/primitives/hex.ts";
import * as Court from "./court.ts";
import * as DerivedChain from "../harness/derivedChain.ts";

const { HONEST, LIAR, SECOND, AT_ONCE } = Court;
// Beside what creating costs, some 90,000 steps: more than a turn hashes.
const GAS = 220_000n;
const LAST_STEP = 80_000;

describe("a watcher and a block that takes longer than a turn", function () {
  this.timeout(240_000);
  let court: Court.Court;

  before(async () => {
    court = await Court.open({ data: ByteHex.fromBytes(DerivedChain.slide), gas: GAS });
  });
  after(() => court.close());

  // Whoever has nothing to do waits until the steps it asked for are there.
  async function turn({ watcher }: Court.Watching): Promise<number> {
    const taken = await watcher.turn();
    if (taken > 0) return taken;
    await watcher.committed();
    return watcher.turn();
  }

  it("beats a lie in it and another elsewhere, and another process goes on in the middle", async () => {
    const first = await Court.watcher(court, HONEST, AT_ONCE);
    await first.sync();
    const long = Court.safeBlock(first);
    const steps = FalseTrace.countSteps(Court.sourceOf(first), long);
    expect(steps).to.be.above(LAST_STEP);
    const liars = [
      await Court.liar(court, LIAR, first, { block: long, step: LAST_STEP }),
      await Court.liar(court, SECOND, first, { block: 1n, step: 0 }),
    ].map(Court.turnOf);

    const commits = `commits to the steps of block ${long}`;
    while (!first.said.some((line) => line.startsWith(commits))) {
      for (const liar of liars) await liar();
      await first.watcher.turn();
    }
    await first.watcher.close();
    expect(first.said.join("\n")).not.to.include(`proves step ${LAST_STEP}`);

    const second = await Court.watcher(court, HONEST, AT_ONCE);
    await Court.playToTheEnd(court, [...liars, () => turn(second)]);
    await second.close();
    await first.close();
    const said = second.said.join("\n");
    expect(said).to.include(`has committed to the ${steps} steps of block ${long}`);
    expect(said).to.include(`proves step ${LAST_STEP} of block ${long}: JUMPDEST`);

    const game = await Court.gameOf(court);
    expect(Court.confirmedProposers(game)).to.deep.equal([Court.addressOf(HONEST)]);
    const [genesis] = game.claims.values();
    if (genesis === undefined) throw new TypeError("a game has a genesis claim");
    expect(Game.children(game, genesis.id)).to.have.length(3);
  });
});
