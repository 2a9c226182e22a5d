import { expect } from "chai";
import { proposal } from "../../src/dispute/nextMoves.ts";
import { CLAIM_BOND, FULL, REFINEMENT_BOND, TIMEOUT, deployArena } from "./arena.ts";
import { collect, isConfirmed, play } from "./match.ts";
import type { Lie } from "./toyTrace.ts";

const LAST_BLOCK = 200;
const LAST_STEP = 2 ** FULL.stepHeight - 1;

const lies: Record<string, Lie> = {
  "in the first block": { leaf: 0, step: 50 },
  "in the last block, at its last real step": { leaf: LAST_BLOCK - 1, step: FULL.steps },
  "at step 0 of a block": { leaf: 77, step: 0 },
  "at the last step before a power of two": { leaf: 63, step: 63 },
  "at a power of two": { leaf: 64, step: 64 },
  "in the padding after a block's last step": { leaf: 77, step: FULL.steps + 1 },
  "at the last possible step": { leaf: 77, step: LAST_STEP },
  "in the padding after the last block": { leaf: LAST_BLOCK, step: 0 },
  "at the last possible step of the last possible block": { leaf: 65_535, step: LAST_STEP },
};

describe("a whole dispute with 2^16 blocks of 2^26 steps", () => {
  for (const [where, lie] of Object.entries(lies)) {
    it(`an honest key beats a lie ${where}`, async () => {
      const arena = await deployArena(FULL);
      const honest = { player: 0, trace: arena.trace(arena.genesis, BigInt(LAST_BLOCK)) };
      const liar = { player: 1, trace: arena.trace(arena.genesis, BigInt(LAST_BLOCK), lie) };
      await arena.make(proposal(liar.trace), liar.player);

      const { moves } = await play(arena, honest, [liar], 5n);
      expect(isConfirmed(arena, honest.trace)).to.equal(true);
      expect(isConfirmed(arena, liar.trace)).to.equal(false);
      expect(moves).to.be.lessThanOrEqual(50);

      expect((await collect(arena, honest)) > CLAIM_BOND + REFINEMENT_BOND).to.equal(true);
      expect(await collect(arena, liar)).to.equal(0n);
    });
  }

  it("an honest key beats three liars, one of whom agrees with every block", async () => {
    const arena = await deployArena(FULL);
    const range = [arena.genesis, BigInt(LAST_BLOCK)] as const;
    const honest = { player: 0, trace: arena.trace(...range) };
    const liars = [
      { player: 1, trace: arena.trace(...range, { leaf: 77, step: 33 }) },
      { player: 2, trace: arena.trace(...range, { leaf: 77, step: 34 }) },
      { player: 3, trace: arena.trace(...range, { leaf: 77, step: 12, healed: true }) },
    ];
    for (const { trace, player } of [...liars.slice(0, 2), honest]) {
      await arena.make(proposal(trace), player);
    }

    await play(arena, honest, liars, 5n);
    expect(isConfirmed(arena, honest.trace)).to.equal(true);

    arena.wait(2n * TIMEOUT);
    expect((await collect(arena, honest)) > CLAIM_BOND + REFINEMENT_BOND).to.equal(true);
    // What a liar gets is the price of moves that were true too: the friend made all those of blocks.
    for (const liar of liars) {
      expect((await collect(arena, liar)) < REFINEMENT_BOND / 2n).to.equal(true);
    }
    const held = await arena.ethers.provider.getBalance(arena.address);
    expect(held).to.equal(await arena.contract.pot(arena.genesis.id));
  });
});
