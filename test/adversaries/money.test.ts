// Adversaries who play for money: receivers of bonds, disputes with oneself, and rewards for nothing.
import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import { proposal } from "../../src/dispute/nextMoves.ts";
import * as Reward from "../../src/dispute/reward.ts";
import { settlements } from "../../src/dispute/settlements.ts";
import { spoils } from "../../src/dispute/spoils.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Raise from "../../src/dispute/raise.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { CLAIM_BOND, FULL, REFINEMENT_BOND, claimId, deployArena } from "../dispute/arena.ts";
import { collect, play, plunder } from "../dispute/match.ts";
import { rivalClaims } from "../dispute/stages.ts";
import * as Bout from "./bout.ts";
import { frontRunner } from "./frontRunner.ts";
import { liabilities } from "./invariants.ts";
import * as Ring from "./ring.ts";
import { selfDisputer } from "./selfDisputer.ts";

const { PRODUCTION, LATENCY } = Ring;
const STEPS = 100;
const LAST_BLOCK = 200n;
const LIE = { leaf: 77, step: 33 };
const GWEI = 10n ** 9n;
const PROOF_GAS_LIMIT = 14_000_000n;

/** A dispute of production's size that one strategy dominated, and the balance of its player once all is collected. */
async function netOf(
  strategyOf: (
    truth: ReturnType<Ring.Ring["trace"]>,
  ) => Parameters<typeof Bout.play>[1]["adversaries"][0]["strategy"],
) {
  const ring = Ring.modelRing(PRODUCTION, STEPS);
  const genesis = Ring.genesisOf(ring);
  const truth = ring.trace(genesis, LAST_BLOCK);
  const lie = ring.trace(genesis, LAST_BLOCK, LIE);
  const adversaries = [{ player: 1, trace: lie, strategy: strategyOf(truth) }];
  const ending = await Bout.play(ring, { truth, adversaries, latency: LATENCY });
  ring.pass(PRODUCTION.timeout);
  for (const player of [1, Bout.HONEST]) {
    const account = Ring.accountOf(player);
    for (let owed = settlements(ring.game(), truth, account); owed.length > 0;) {
      for (const move of owed) await ring.make(move, player);
      owed = settlements(ring.game(), truth, account);
    }
  }
  for (let left = spoils(ring.game(), truth); left.length > 0; left = spoils(ring.game(), truth)) {
    for (const move of left) await ring.make(move, 1);
  }
  const credit = (player: number) => ring.game().credit.get(Hex.key(Ring.accountOf(player))) ?? 0n;
  const net = (player: number) => credit(player) - (ring.staked.get(player) ?? 0n);
  return { ring, ending, net };
}

describe("a self-disputer", () => {
  it("that plays both sides alone loses at least half of what its lie put up", async () => {
    const { ending, net, ring } = await netOf(selfDisputer);
    expect(ending.won).to.equal("truth");
    expect(ring.staked.get(Bout.HONEST) ?? 0n).to.equal(0n);
    const lost = (PRODUCTION.claimBond + PRODUCTION.refinementBond) / 2n;
    expect(net(1)).to.be.at.most(-lost);
    expect(net(1)).to.be.at.most(-PRODUCTION.claimBond / 2n);
  });

  it("leaves the honest party no worse off than its gas", async () => {
    const { net } = await netOf(selfDisputer);
    expect(net(Bout.HONEST)).to.be.at.least(0n);
  });
});

describe("a receiver of bonds", () => {
  for (const refuses of [false, true]) {
    const does = refuses
      ? "refuses with a megabyte takes nothing and"
      : "answers with a megabyte is paid and";
    it(`that ${does} keeps nobody else from being paid`, async () => {
      const { arena, honest, liar } = await rivalClaims();
      await play(arena, honest, [liar], 1n);
      const [owner] = arena.signers;
      const owed: bigint = await arena.contract.credit(owner);
      const receiver = await arena.ethers.deployContract("HugeAnswer", [refuses]);
      const to = await receiver.getAddress();
      const withdrawal = arena.contract.withdraw(to, { gasLimit: 16_000_000n });
      if (refuses) {
        await expect(withdrawal)
          .to.be.revertedWithCustomError(arena.contract, "TransferFailed")
          .withArgs(to, owed);
      } else {
        await withdrawal;
        expect(await arena.ethers.provider.getBalance(to)).to.equal(owed);
      }
      const left = refuses ? owed : 0n;
      expect(await arena.contract.credit(owner)).to.equal(left);
      if (!refuses) return;
      await arena.contract.withdraw(owner);
      expect(await arena.contract.credit(owner)).to.equal(0n);
    });
  }

  it("that sends ether to the game without a call changes nobody's credit, pot or bond", async () => {
    const { arena, honest, liar } = await rivalClaims();
    const before = await arena.ethers.provider.getBalance(arena.address);
    const forced = 7n * CLAIM_BOND;
    const balance = `0x${(before + forced).toString(16)}`;
    await arena.provider.request({
      method: "hardhat_setBalance",
      params: [arena.address, balance],
    });
    await play(arena, honest, [liar], 1n);
    await collect(arena, honest);
    await plunder(arena, honest);
    const held = await arena.ethers.provider.getBalance(arena.address);
    expect(held - forced).to.equal(liabilities(arena.model()));
  });
});

describe("rewards", () => {
  it("are paid once for each move, whoever asks and in whatever parts, and never beyond the lost halves", async () => {
    const { arena, honest, liar } = await rivalClaims();
    await play(arena, honest, [liar], 1n);
    const account = Hex.toBytes(arena.signers[0]?.address ?? expect.fail("a player"));
    const sniper = 4;
    for (const move of settlements(arena.model(), honest.trace, account)) {
      await arena.make(move, sniper);
    }
    const claim = DisputeTree.requireNode(arena.model().tree, claimId(arena.model(), honest.trace));
    const { parent } = honest.trace;
    const openings = Raise.openings(arena.model(), claim, (leaf) =>
      Raise.treesUnder(arena.model(), leaf).slice(0, 1),
    );
    const before: bigint = await arena.contract.credit(arena.signers[sniper]);
    for (let part = 1; part <= openings.length; part++) {
      const start = { height: 2, index: 0, prefix: Bisection.ZERO };
      const opened = openings.slice(0, part);
      const outcome = await arena.make(
        { kind: "rewardBlocks", parent, ...start, openings: opened },
        sniper,
      );
      expect(outcome.kind).to.equal("made");
    }
    expect(await arena.contract.credit(arena.signers[sniper])).to.equal(before);
    const credits: bigint[] = await Promise.all(
      arena.signers.slice(0, 6).map((owner) => arena.contract.credit(owner)),
    );
    const pot: bigint = await arena.contract.pot(arena.genesis.id);
    const lost = CLAIM_BOND + REFINEMENT_BOND;
    expect(credits.reduce((sum, credit) => sum + credit) + pot).to.equal(lost + lost / 2n);
    expect(await arena.ethers.provider.getBalance(arena.address)).to.equal(
      liabilities(arena.model()),
    );
  });

  it("that a front-runner takes for honest moves leave the honest party with all of its bonds", async () => {
    const { ring, ending, net } = await netOf((truth) => frontRunner(truth, 1_000));
    expect(ending.won).to.equal("truth");
    expect(net(Bout.HONEST)).to.be.at.least(0n);
    expect(net(1)).to.be.at.most(-(PRODUCTION.claimBond + PRODUCTION.refinementBond) / 2n);
    expect(ring.game().pots.size).to.be.greaterThan(0);
  });
});

describe("a base fee of twice what bonds are sized for", () => {
  const fee = 100n * GWEI;

  it("is paid to movers as the capped one", () => {
    expect(Reward.cappedBaseFee(fee)).to.equal(50n * GWEI);
    expect(Reward.cappedBaseFee(20n * GWEI)).to.equal(20n * GWEI);
  });

  it("leaves a false claim dearer than twice what its honest answers cost, with the dearest step that fits L1", async () => {
    const arena = await deployArena(FULL);
    const honest = { player: 0, trace: arena.trace(arena.genesis, LAST_BLOCK) };
    const liar = { player: 1, trace: arena.trace(arena.genesis, LAST_BLOCK, LIE) };
    await arena.make(proposal(liar.trace), 1);
    const { gas } = await play(arena, honest, [liar], 5n);
    const cost = (gas + PROOF_GAS_LIMIT) * fee;
    expect(PRODUCTION.claimBond + PRODUCTION.refinementBond).to.be.at.least(2n * cost);
  });
});
