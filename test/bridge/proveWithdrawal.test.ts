import { expect } from "chai";
import { getAddress } from "ethers";
import { deployRollup, PROOF_MATURITY } from "../harness/deployment.ts";
import { hashOf, message, outbox, propose, toUser, withSent } from "../harness/withdrawals.ts";

describe("Portal, proving withdrawals", () => {
  describe("proveWithdrawalTransaction", () => {
    it("keeps the proof under its submitter and puts it on record", async () => {
      const { portal, prove, hash, user, sent, claim, now } = await toUser();
      expect(await portal.numProofSubmitters(hash)).to.equal(0n);
      const proven = prove();
      await expect(proven)
        .to.emit(portal, "WithdrawalProven")
        .withArgs(hash, getAddress(sent.sender), sent.target);
      await expect(proven)
        .to.emit(portal, "WithdrawalProvenExtension1")
        .withArgs(hash, user.address);
      expect(await portal.provenWithdrawals(hash, user)).to.deep.equal([
        claim.address,
        await now(),
      ]);
      expect(await portal.numProofSubmitters(hash)).to.equal(1n);
      expect(await portal.proofSubmitters(hash, 0)).to.equal(user.address);
      await expect(portal.proofSubmitters(hash, 1))
        .to.be.revertedWithCustomError(portal, "SubmitterOutOfRange")
        .withArgs(hash, 1);
    });

    it("has no submitter to name before a proof", async () => {
      const { portal, hash } = await toUser();
      await expect(portal.proofSubmitters(hash, 0))
        .to.be.revertedWithCustomError(portal, "SubmitterOutOfRange")
        .withArgs(hash, 0);
    });

    it("reverts for a claim that has lost", async () => {
      const { portal, prove, claim } = await toUser();
      await claim.game.resolve(true);
      await expect(prove())
        .to.be.revertedWithCustomError(portal, "GameNotProper")
        .withArgs(claim.address);
    });

    it("reverts if the output is not the claim's", async () => {
      const { portal, user, sent, claim, box } = await toUser();
      const other = await outbox([message({ target: user.address })]);
      await expect(
        portal.proveWithdrawalTransaction(sent, claim.index, other.output, await box.prove(sent)),
      )
        .to.be.revertedWithCustomError(portal, "WrongOutputRoot")
        .withArgs(box.root, other.root);
      const versioned = { ...box.output, version: `0x${"00".repeat(31)}01` };
      await expect(
        portal.proveWithdrawalTransaction(sent, claim.index, versioned, await box.prove(sent)),
      ).to.be.revertedWithCustomError(portal, "WrongOutputRoot");
    });

    it("reverts for a message that was not sent", async () => {
      const { ethers, portal, sent, claim, box } = await toUser();
      const forged = { ...sent, value: sent.value + 1n };
      const proofs = await ethers.getContractAt("StorageProof", portal);
      await expect(
        portal.proveWithdrawalTransaction(forged, claim.index, box.output, await box.prove(sent)),
      ).to.be.revertedWithCustomError(proofs, "SlotNotInTrie");
    });

    it("reverts if the message passer's slot holds anything but one", async () => {
      const rollup = await deployRollup();
      const { portal, user } = rollup;
      const sent = message({ target: user.address });
      const box = await outbox([sent], 20, Uint8Array.of(2));
      const claim = await propose(rollup, box.root, 100);
      const proof = await box.prove(sent);
      await expect(portal.proveWithdrawalTransaction(sent, claim.index, box.output, proof))
        .to.be.revertedWithCustomError(portal, "MessageNotSent")
        .withArgs(hashOf(sent));
    });

    it("reverts for a message to the portal itself", async () => {
      const { portal, prove } = await withSent((to) => [message({ target: to.portal })]);
      await expect(prove()).to.be.revertedWithCustomError(portal, "TargetIsPortal");
    });

    it("reverts after the withdrawal is paid", async () => {
      const { portal, prove, confirm, finalize, pass } = await toUser();
      await prove();
      await confirm();
      await pass(PROOF_MATURITY);
      await finalize();
      await expect(prove("stranger")).to.be.revertedWithCustomError(
        portal,
        "OptimismPortal_AlreadyFinalized",
      );
    });
  });

  describe("a second proof", () => {
    it("of the same submitter reverts while the first is good", async () => {
      const { portal, prove, hash, user } = await toUser();
      await prove();
      await expect(prove())
        .to.be.revertedWithCustomError(portal, "AlreadyProven")
        .withArgs(hash, user.address);
    });

    it("of another neither resets the first nor takes its place on record", async () => {
      const rollup = await toUser();
      const { portal, prove, hash, user, stranger, box, finalize, confirm, pass } = rollup;
      await prove();
      const first = await portal.provenWithdrawals(hash, user);
      await pass(PROOF_MATURITY);
      await prove("stranger");
      const later = await propose(rollup, box.root, 200);
      await expect(prove("stranger", later.index))
        .to.be.revertedWithCustomError(portal, "AlreadyProven")
        .withArgs(hash, stranger.address);
      expect(await portal.proofSubmitters(hash, 0)).to.equal(user.address);
      expect(await portal.provenWithdrawals(hash, user)).to.deep.equal(first);
      await confirm();
      await finalize();
    });

    it("that is first on record does not make others wait for a later claim", async () => {
      const rollup = await toUser();
      const { portal, prove, hash, user, stranger, box, claim, finalize, confirm, pass } = rollup;
      const later = await propose(rollup, box.root, 200);
      await prove("stranger", later.index);
      expect(await portal.proofSubmitters(hash, 0)).to.equal(stranger.address);
      await prove("user", claim.index);
      expect(await portal.proofSubmitters(hash, 0)).to.equal(user.address);
      await confirm();
      await pass(PROOF_MATURITY);
      await finalize();
    });

    it("does not replace a record whose claim is confirmed, even for an earlier claim", async () => {
      const rollup = await toUser();
      const { portal, prove, hash, user, box, claim, finalize, pass } = rollup;
      const later = await propose(rollup, box.root, 200);
      await later.game.resolve(false);
      await prove("user", later.index);
      await pass(PROOF_MATURITY);
      await prove("stranger", claim.index);
      expect(await portal.proofSubmitters(hash, 0)).to.equal(user.address);
      await finalize("stranger");
    });

    it("replaces one whose claim has lost, of the same submitter or another", async () => {
      const rollup = await toUser();
      const { portal, prove, hash, user, stranger, box, claim, now } = rollup;
      await prove();
      await claim.game.resolve(true);
      const next = await propose(rollup, box.root, 300);
      await prove("stranger", next.index);
      expect(await portal.proofSubmitters(hash, 0)).to.equal(stranger.address);
      await prove("user", next.index);
      expect(await portal.provenWithdrawals(hash, user)).to.deep.equal([next.address, await now()]);
    });
  });

  describe("a record", () => {
    it("does not give way to an earlier claim on another line", async () => {
      const rollup = await toUser();
      const { portal, prove, hash, user, box, claim } = rollup;
      const later = await propose(rollup, box.root, 200);
      await claim.game.stray();
      await prove("user", later.index);
      await prove("stranger", claim.index);
      expect(await portal.proofSubmitters(hash, 0)).to.equal(user.address);
    });

    it("gives way if an ancestor of its claim has lost", async () => {
      const rollup = await toUser();
      const { portal, prove, hash, user, stranger, box, claim } = rollup;
      await claim.game.orphan();
      await prove("stranger", claim.index);
      expect(await portal.proofSubmitters(hash, 0)).to.equal(stranger.address);
      const next = await propose(rollup, box.root, 300);
      await prove("user", next.index);
      expect(await portal.proofSubmitters(hash, 0)).to.equal(user.address);
    });

    it("that has lost is taken by whoever proves again, whose proof keeps its time", async () => {
      const rollup = await toUser();
      const { portal, prove, hash, user, stranger, box, pass } = rollup;
      const lie = await propose(rollup, box.root, 50);
      await prove("stranger", lie.index);
      await lie.game.stray();
      const good = await propose(rollup, box.root, 300);
      await prove("user", good.index);
      expect(await portal.proofSubmitters(hash, 0)).to.equal(stranger.address);
      const own = await portal.provenWithdrawals(hash, user);

      await pass(PROOF_MATURITY);
      await lie.game.resolve(true);
      await prove("user", good.index);
      expect(await portal.proofSubmitters(hash, 0)).to.equal(user.address);
      expect(await portal.provenWithdrawals(hash, user)).to.deep.equal(own);
      await expect(prove("user", good.index))
        .to.be.revertedWithCustomError(portal, "AlreadyProven")
        .withArgs(hash, user.address);
    });
  });

  describe("what OP-stack clients read", () => {
    it("is there", async () => {
      const { portal, games } = await deployRollup();
      expect(await portal.version()).to.match(/^[3-9]\.\d+\.\d+$/);
      expect(await portal.respectedGameType()).to.equal(await games.respectedGameType());
      expect(await portal.disputeGameFactory()).to.equal(await games.getAddress());
      expect(await portal.anchorStateRegistry()).to.equal(await games.getAddress());
      expect(await portal.proofMaturityDelaySeconds()).to.equal(PROOF_MATURITY);
      expect(await portal.disputeGameFinalityDelaySeconds()).to.equal(0n);
    });
  });
});
