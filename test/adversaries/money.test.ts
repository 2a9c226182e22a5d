// Adversaries who play for money: receivers of bonds, disputes with oneself, and rewards for nothing.
import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import type { Move } from "../../src/dispute/move.ts";
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
import { everyUpdate } from "./cachePoker.ts";
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

describe("the pot of one liar's bonds", () => {
  it("pays all that the liar forced, at the highest price and each move collected alone by somebody new", async () => {
    const ring = Ring.modelRing(PRODUCTION, STEPS, Reward.BASE_FEE_CAP);
    const genesis = Ring.genesisOf(ring);
    const truth = ring.trace(genesis, LAST_BLOCK);
    const lie = ring.trace(genesis, LAST_BLOCK, LIE);
    await ring.make(proposal(truth), Bout.HONEST);
    await ring.make(proposal(lie), 1);
    for (let quiet = false; !quiet;) {
      quiet = true;
      for (const [player, trace] of [[Bout.HONEST, truth] as const, [1, lie] as const]) {
        for (const move of nextMoves(ring.game(), trace)) {
          if (player === 1 && move.kind === "prove") continue;
          expect(await ring.make(move, player)).to.equal(undefined);
          quiet = false;
        }
      }
    }
    ring.pass(PRODUCTION.timeout);
    let stranger = 2;
    const make = async (move: Move) =>
      expect(await ring.make(move, stranger++)).to.equal(undefined);
    // Timers are recorded, of steps and then of blocks, so that neither decision has to open anything.
    const updates = everyUpdate(ring.game());
    for (const move of [...updates, ...updates]) await make(move);
    const undone = <Kind extends Move["kind"]>(moves: readonly Move[], kind: Kind) =>
      moves.filter((move): move is Extract<Move, { kind: Kind }> => move.kind === kind);
    const [confirm] = undone(nextMoves(ring.game(), truth), "confirm");
    await make({ ...(confirm ?? expect.fail("a confirmation")), openings: [] });
    const owed = settlements(ring.game(), truth, Ring.accountOf(Bout.HONEST));
    const [settle] = undone(owed, "settleRefinement");
    await make({ ...(settle ?? expect.fail("a settlement")), openings: [] });
    const alone: string[] = [];
    while (alone.length < 42) {
      const [move] = spoils(ring.game(), truth);
      if (move?.kind !== "rewardBlocks" && move?.kind !== "rewardSteps")
        expect.fail("a collection");
      // From the second on a call begins with a node that is paid for.
      const opened = alone.includes(move.kind) ? 2 : 1;
      await make({ ...move, openings: move.openings.slice(0, opened) });
      alone.push(move.kind);
    }
    expect(spoils(ring.game(), truth)).to.deep.equal([]);
    const count = (kind: string) => alone.filter((made) => made === kind).length;
    expect([count("rewardBlocks"), count("rewardSteps")]).to.deep.equal([16, 26]);

    const { CLAIM_GAS, CONFIRM_GAS, REFINE_GAS, SETTLE_GAS, UPDATE_GAS } = Reward;
    const { MOVE_GAS, PROOF_GAS, COLLECT_GAS, OPENING_GAS, PAYMENT_GAS } = Reward;
    const each = MOVE_GAS + COLLECT_GAS + OPENING_GAS + PAYMENT_GAS;
    const ofClaim = CLAIM_GAS + CONFIRM_GAS + REFINE_GAS + SETTLE_GAS + UPDATE_GAS + 16n * each;
    // The last call opens the node above the step too, and pays its proof.
    const ofTree = 26n * each + PROOF_GAS + PAYMENT_GAS + OPENING_GAS;
    const lost = (PRODUCTION.claimBond + PRODUCTION.refinementBond) / 2n;
    const paid = lost - (ring.game().pots.get(Hex.key(genesis.id)) ?? 0n);
    expect(paid).to.equal((ofClaim + ofTree) * Reward.BASE_FEE_CAP);
    expect(ofTree * Reward.BASE_FEE_CAP).to.be.below(PRODUCTION.refinementBond / 2n);
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
