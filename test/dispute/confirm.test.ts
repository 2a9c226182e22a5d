import { expect } from "chai";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import { BASE_FEE_CAP, CLAIM_GAS } from "../../src/dispute/reward.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { CLAIM_BOND, TIMEOUT, claimAt, claimId, expectRejected } from "./arena.ts";
import type { Arena, Outcome } from "./arena.ts";
import { advance } from "./match.ts";
import type { Party } from "./match.ts";
import { END_BLOCK, honestClaim, noClaims, rivalClaims, rivalSteps } from "./stages.ts";

const WORD = new Uint8Array(32).fill(7);

async function confirm(arena: Arena, party: Party): Promise<Outcome> {
  const { parent } = party.trace;
  return arena.make({ kind: "confirm", parent, root: proposal(party.trace).root, openings: [] }, 3);
}

describe("DisputeGame.confirm", () => {
  describe("a claim without rivals", () => {
    it("is confirmed by anyone once the timeout has passed, not a second earlier", async () => {
      const { arena, honest } = await honestClaim();
      const id = claimId(arena.model(), honest.trace);
      arena.wait(TIMEOUT - 2n);
      expectRejected(await confirm(arena, honest), "TimerTooShort", [id, TIMEOUT, TIMEOUT - 1n]);
      expect((await confirm(arena, honest)).kind).to.equal("made");
      expect(await arena.contract.latestConfirmed()).to.equal(Hex.fromBytes(id));
      const cohort = await arena.contract.childCohortOf(arena.genesis.id);
      expect(cohort.confirmedAt).to.equal(arena.now());
    });

    it("is confirmed once: again changes nothing", async () => {
      const { arena, honest } = await honestClaim();
      arena.wait(TIMEOUT);
      await confirm(arena, honest);
      const again = await confirm(arena, honest);
      if (again.kind === "rejected") expect.fail(again.reason);
      expect(again.receipt.logs).to.have.length(0);
    });
  });

  it("needs a claim", async () => {
    const { arena } = await noClaims();
    const move = { kind: "confirm", parent: arena.genesis.id, root: WORD, openings: [] } as const;
    expect(await arena.make(move)).to.have.property("reason", "NodeMissing");
  });

  describe("rival claims", () => {
    it("wait forever while nobody moves, if the first was alone for less than the timeout", async () => {
      const { arena, honest, liar } = await rivalClaims();
      arena.wait(10n * TIMEOUT);
      const id = claimId(arena.model(), honest.trace);
      expectRejected(await confirm(arena, honest), "TimerTooShort", [id, TIMEOUT, 1n]);
      const lie = claimId(arena.model(), liar.trace);
      expectRejected(await confirm(arena, liar), "TimerTooShort", [lie, TIMEOUT, 0n]);
    });

    it("count the time that the first was alone", async () => {
      const { arena, honest, liar } = await honestClaim();
      arena.wait(TIMEOUT);
      await arena.make(proposal(liar.trace), 1);
      expect((await confirm(arena, honest)).kind).to.equal("made");
    });

    for (const first of ["lie", "truth"]) {
      it(`are rivals from the second one's block on: in the same block neither counts time, the ${first} first`, async () => {
        const { arena, honest, liar } = await noClaims();
        const { config } = arena;
        await arena.provider.request({ method: "evm_setAutomine", params: [false] });
        arena.wait(1n);
        for (const { trace, player } of first === "lie" ? [liar, honest] : [honest, liar]) {
          await arena.submit(proposal(trace), player, config.claimBond);
        }
        await arena.mine();
        for (const { trace } of [liar, honest]) {
          const node = await arena.contract.nodeOf(claimId(arena.model(), trace));
          expect(node.createdAt).to.equal(arena.now());
        }
        const cohort = await arena.contract.childCohortOf(arena.genesis.id);
        expect(cohort.secondAt).to.equal(arena.now());
        arena.wait(2n * TIMEOUT);
        expect(await confirm(arena, liar)).to.have.property("reason", "TimerTooShort");
        expect(await confirm(arena, honest)).to.have.property("reason", "TimerTooShort");
      });
    }

    it("exclude each other: the sibling of a confirmed claim is never confirmed", async () => {
      const { arena, honest, liar } = await honestClaim();
      arena.wait(TIMEOUT);
      await arena.make(proposal(liar.trace), 1);
      await confirm(arena, honest);
      expectRejected(await confirm(arena, liar), "SiblingConfirmed", [arena.genesis.id]);
    });

    it("are decided for the side whose rival stops answering", async () => {
      const { arena, honest, liar } = await rivalClaims();
      await arena.make(nextMoves(arena.model(), liar.trace)[0] ?? expect.fail("a move"), 1);
      arena.wait(TIMEOUT);
      expectRejected(await confirm(arena, liar), "TimerTooShort", [
        claimId(arena.model(), liar.trace),
        TIMEOUT,
        0n,
      ]);
      const [settle, ...more] = nextMoves(arena.model(), liar.trace);
      if (settle?.kind !== "confirm") expect.fail("a confirmation is due");
      expect([settle.openings.length, more.length]).to.deep.equal([1, 0]);
      expect((await arena.make(settle, 2)).kind).to.equal("made");
      expectRejected(await confirm(arena, honest), "SiblingConfirmed", [arena.genesis.id]);
    });

    it("are paid for at 50 gwei where the base fee is above", async () => {
      const { arena, honest, liar } = await honestClaim();
      arena.wait(TIMEOUT);
      await arena.make(proposal(liar.trace), 1);
      arena.setBaseFee(3n * BASE_FEE_CAP);
      expect((await confirm(arena, honest)).kind).to.equal("made");
      const { baseFee } = await arena.contract.childCohortOf(arena.genesis.id);
      expect(baseFee).to.equal(BASE_FEE_CAP);
      const proposer = arena.signers[0] ?? expect.fail("a player");
      const credit = await arena.contract.credit(proposer);
      expect(credit).to.equal(CLAIM_BOND + CLAIM_GAS * BASE_FEE_CAP);
    });

    it("are decided by a proof at once where that is all that was disputed", async () => {
      const { arena, honest } = await rivalSteps();
      await advance(arena, [honest], ["prove"]);
      expect(nextMoves(arena.model(), honest.trace)).to.have.length(0);
      arena.wait(TIMEOUT);
      const kinds = nextMoves(arena.model(), honest.trace).map(({ kind }) => kind);
      expect(kinds).to.deep.equal(["confirm"]);
    });
  });

  describe("claims on claims", () => {
    it("are confirmed in order", async () => {
      const { arena, honest } = await honestClaim();
      const parent = claimAt(arena.model(), claimId(arena.model(), honest.trace));
      const child = { player: 0, trace: arena.trace(parent, 2n * END_BLOCK) };
      await arena.make(proposal(child.trace));
      arena.wait(TIMEOUT);
      expectRejected(await confirm(arena, child), "ParentNotConfirmed", [parent.id]);
      await confirm(arena, honest);
      expect((await confirm(arena, child)).kind).to.equal("made");
    });

    it("are never confirmed on a claim that lost", async () => {
      const { arena, honest, liar } = await honestClaim();
      arena.wait(TIMEOUT);
      await arena.make(proposal(liar.trace), 1);
      const parent = claimAt(arena.model(), claimId(arena.model(), liar.trace));
      const child = { player: 1, trace: arena.trace(parent, 2n * END_BLOCK) };
      await arena.make(proposal(child.trace), 1);
      await confirm(arena, honest);
      arena.wait(2n * TIMEOUT);
      expectRejected(await confirm(arena, child), "ParentNotConfirmed", [parent.id]);
      const [status, , resolvedAt] = await arena.contract.claimTimes(
        claimId(arena.model(), child.trace),
      );
      expect(status).to.equal(1n);
      expect(resolvedAt).to.be.greaterThan(0n);
    });
  });
});
