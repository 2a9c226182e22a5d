// Lies told at every kind of place, each against one honest key on chain, with production's trees.
import { expect } from "chai";
import { FULL, deployArena } from "../dispute/arena.ts";
import * as Bout from "./bout.ts";
import { liar } from "./liar.ts";
import { places } from "./places.ts";
import type { Shape } from "./places.ts";
import * as Ring from "./ring.ts";

const BLOCKS = 200;
// Few steps, because a claim of 2^16 blocks has them 2^16 times.
const SHORT: Shape = { ...FULL, steps: 2 };

describe("a lie in a claim of 200 blocks", () => {
  for (const [where, lie] of Object.entries(places(FULL, BLOCKS))) {
    it(`loses on chain where it is told in ${where}`, async () => {
      const arena = await deployArena(FULL);
      const ring = Ring.chainRing(arena);
      const truth = ring.trace(arena.genesis, BigInt(BLOCKS));
      const told = ring.trace(arena.genesis, BigInt(BLOCKS), lie);
      const adversaries = [{ player: 1, trace: told, strategy: liar }];
      const ending = await Bout.play(ring, { truth, adversaries, latency: 5n });
      expect(ending.won).to.equal("truth");
      expect(ending.rejected).to.deep.equal([]);
      expect(ending.honestMoves).to.be.at.most(50);
    });
  }
});

describe("a lie in a claim of as many blocks as a claim can hold", () => {
  it("loses on chain where it is told in the last of 2^16 blocks, behind which there is no padding", async () => {
    const arena = await deployArena(SHORT);
    const ring = Ring.chainRing(arena);
    const blocks = 2 ** SHORT.blockHeight;
    const truth = ring.trace(arena.genesis, BigInt(blocks));
    const told = ring.trace(arena.genesis, BigInt(blocks), { leaf: blocks - 1, step: 1 });
    const adversaries = [{ player: 1, trace: told, strategy: liar }];
    const ending = await Bout.play(ring, { truth, adversaries, latency: 5n });
    expect(ending.won).to.equal("truth");
    expect(ending.rejected).to.deep.equal([]);
  }).timeout(240_000);
});
