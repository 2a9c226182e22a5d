import { expect } from "chai";
import { parseEther } from "ethers";
import { deployRollup, PROOF_MATURITY } from "../harness/deployment.ts";
import { hashOf, message, outbox, propose, toUser, VALUE } from "../harness/withdrawals.ts";

describe("Portal, paying withdrawals", () => {
  describe("finalizeWithdrawalTransaction", () => {
    it("pays once the claim is confirmed and the proof is old enough", async () => {
      const { ethers, portal, prove, confirm, finalize, pass, hash, user, sent } = await toUser();
      await prove();
      await confirm();
      await pass(PROOF_MATURITY);
      const finalized = finalize("stranger");
      await expect(finalized).to.emit(portal, "WithdrawalFinalized").withArgs(hash, true);
      await expect(finalized).to.changeEtherBalances(ethers, [user, portal], [VALUE, -VALUE]);
      expect(await portal.finalizedWithdrawals(hash)).to.equal(true);
      expect(sent.value).to.equal(VALUE);
    });

    it("reverts before a proof", async () => {
      const { portal, finalize } = await toUser();
      await expect(finalize()).to.be.revertedWithCustomError(portal, "OptimismPortal_Unproven");
    });

    it("reverts before the claim is confirmed, and after it has lost", async () => {
      const { portal, prove, finalize, pass, claim } = await toUser();
      await prove();
      await pass(PROOF_MATURITY * 100);
      const name = "OptimismPortal_InvalidRootClaim";
      await expect(finalize()).to.be.revertedWithCustomError(portal, name);
      await claim.game.resolve(true);
      await expect(finalize()).to.be.revertedWithCustomError(portal, name);
    });

    it("reverts before the proof is old enough", async () => {
      const { portal, prove, confirm, finalize, pass } = await toUser();
      await confirm();
      await prove();
      await pass(PROOF_MATURITY - 2);
      await expect(finalize()).to.be.revertedWithCustomError(
        portal,
        "OptimismPortal_ProofNotOldEnough",
      );
    });

    it("pays once only, by whichever proof", async () => {
      const { portal, prove, confirm, finalize, pass, sent, stranger } = await toUser();
      await prove();
      await prove("stranger");
      await confirm();
      await pass(PROOF_MATURITY);
      await finalize();
      const name = "OptimismPortal_AlreadyFinalized";
      await expect(finalize()).to.be.revertedWithCustomError(portal, name);
      await expect(
        portal.finalizeWithdrawalTransactionExternalProof(sent, stranger),
      ).to.be.revertedWithCustomError(portal, name);
    });

    it("takes the caller's own proof if the one on record is not ripe", async () => {
      const rollup = await toUser();
      const { portal, prove, box, claim, finalize, pass, hash, stranger } = rollup;
      const later = await propose(rollup, box.root, 200);
      await prove("stranger", claim.index);
      await prove("user", later.index);
      await later.game.resolve(false);
      await pass(PROOF_MATURITY);
      expect(await portal.proofSubmitters(hash, 0)).to.equal(stranger.address);
      await finalize("user");
    });

    it("pays by a named submitter's proof", async () => {
      const { portal, prove, confirm, pass, sent, user, stranger, hash } = await toUser();
      await prove();
      await confirm();
      await pass(PROOF_MATURITY);
      await expect(
        portal.finalizeWithdrawalTransactionExternalProof(sent, stranger),
      ).to.be.revertedWithCustomError(portal, "OptimismPortal_Unproven");
      await expect(portal.finalizeWithdrawalTransactionExternalProof(sent, user))
        .to.emit(portal, "WithdrawalFinalized")
        .withArgs(hash, true);
    });

    it("takes ether forced upon the portal for no deposit, and pays as before", async () => {
      const { ethers, portal, prove, confirm, finalize, pass, user } = await toUser();
      const before = await portal.depositCounts();
      await ethers.deployContract("Forcer", [portal], { value: 5n });
      expect(await portal.depositCounts()).to.deep.equal(before);
      await prove();
      await confirm();
      await pass(PROOF_MATURITY);
      await expect(finalize("stranger")).to.changeEtherBalances(ethers, [user], [VALUE]);
    });

    it("reverts while the portal is too poor, and pays when it no longer is", async () => {
      const rollup = await deployRollup();
      const { ethers, portal, user, deployer } = rollup;
      const sent = message({ target: user.address, value: 8n });
      const box = await outbox([sent]);
      const claim = await propose(rollup, box.root, 100);
      await claim.game.resolve(false);
      const proof = await box.prove(sent);
      await portal.proveWithdrawalTransaction(sent, claim.index, box.output, proof);
      await rollup.pass(PROOF_MATURITY);
      await expect(portal.finalizeWithdrawalTransaction(sent))
        .to.be.revertedWithCustomError(portal, "WithdrawalFailed")
        .withArgs(hashOf(sent), "0x");
      await deployer.sendTransaction({ to: portal, value: 8n });
      await expect(portal.finalizeWithdrawalTransaction(sent)).to.changeEtherBalances(
        ethers,
        [user, portal],
        [8n, -8n],
      );
    });
  });

  describe("the call", () => {
    async function ready(contract: string, data: (name: string) => string, gasLimit = 100_000n) {
      const rollup = await deployRollup();
      const target = await rollup.ethers.deployContract(contract);
      const address = await target.getAddress();
      await rollup.deployer.sendTransaction({ to: rollup.portal, value: parseEther("10") });
      const calldata = data("");
      const sent = message({ target: address, value: 7n, gasLimit, data: calldata });
      const box = await outbox([sent]);
      const claim = await propose(rollup, box.root, 100);
      await claim.game.resolve(false);
      await rollup.portal.proveWithdrawalTransaction(
        sent,
        claim.index,
        box.output,
        await box.prove(sent),
      );
      await rollup.pass(PROOF_MATURITY);
      return { ...rollup, target, sent, box, claim, hash: hashOf(sent) };
    }

    it("shows its L2 sender, and nobody afterwards", async () => {
      const { ethers, portal, target, sent } = await ready("SenderRecorder", () => "0x266cf109");
      expect(target.interface.getFunction("record")?.selector).to.equal("0x266cf109");
      const observer = await ethers.deployContract("SenderObserver");
      // Within one transaction: at its end the name would be gone in any case.
      const after = await observer.getFunction("finalize").staticCall(portal, sent);
      expect(after).to.equal(ethers.ZeroAddress);
      await portal.finalizeWithdrawalTransaction(sent);
      expect((await target.getFunction("l2Sender")()).toLowerCase()).to.equal(sent.sender);
      expect(await portal.l2Sender()).to.equal(ethers.ZeroAddress);
    });

    it("gets at least its gas limit, whoever pays for the transaction", async () => {
      const limit = 300_000n;
      const { portal, target, sent } = await ready("SenderRecorder", () => "0x266cf109", limit);
      let gasLimit = 300_000n;
      for (let tries = 0; ; tries++) {
        try {
          await portal.finalizeWithdrawalTransaction(sent, { gasLimit });
          break;
        } catch {
          expect(await target.getFunction("gasGiven")()).to.equal(0n);
          gasLimit += 2_000n;
        }
        expect(tries).to.be.lessThan(100);
      }
      expect(await target.getFunction("gasGiven")()).to.be.greaterThan(limit - 200n);
    });

    it("gets its gas limit also with the longest data, whose copy costs more than all else", async () => {
      const limit = 300_000n;
      const longest = `0x266cf109${"00".repeat(65_532)}`;
      const { portal, target, sent } = await ready("SenderRecorder", () => longest, limit);
      let low = 700_000n;
      let enough = 2_600_000n;
      while (enough - low > 500n) {
        const gasLimit = (low + enough) / 2n;
        try {
          await portal.finalizeWithdrawalTransaction.staticCall(sent, { gasLimit });
          enough = gasLimit;
        } catch {
          low = gasLimit;
        }
      }
      await portal.finalizeWithdrawalTransaction(sent, { gasLimit: enough });
      expect(await target.getFunction("gasGiven")()).to.be.greaterThan(limit - 200n);
    });

    it("reverts with the gas it needs if there is too little", async () => {
      const { portal, sent } = await ready("SenderRecorder", () => "0x266cf109", 400_000n);
      await expect(
        portal.finalizeWithdrawalTransaction(sent, { gasLimit: 420_000n }),
      ).to.be.revertedWithCustomError(portal, "GasTooLow");
    });

    it("reverts if it asks for more gas than can exist", async () => {
      const limit = 2n ** 256n - 1n;
      const { portal, sent } = await ready("SenderRecorder", () => "0x266cf109", limit);
      await expect(portal.finalizeWithdrawalTransaction(sent))
        .to.be.revertedWithCustomError(portal, "GasTooLow")
        .withArgs(limit, (available: bigint) => available > 0n);
    });

    it("reverts if the target refuses, and can be tried again", async () => {
      const { portal, target, sent, hash } = await ready("MoodyTarget", () => "0x");
      const reason = target.interface.encodeErrorResult("Refused", [7n]);
      await expect(portal.finalizeWithdrawalTransaction(sent))
        .to.be.revertedWithCustomError(portal, "WithdrawalFailed")
        .withArgs(hash, reason);
      expect(await portal.finalizedWithdrawals(hash)).to.equal(false);
      await target.getFunction("setAccepts")(true);
      await portal.finalizeWithdrawalTransaction(sent);
      expect(await portal.finalizedWithdrawals(hash)).to.equal(true);
    });

    it("cannot have another withdrawal paid inside it", async () => {
      const rollup = await ready("Reenterer", () => "0x");
      const { ethers, portal, target, sent, user } = rollup;
      const second = message({ target: user.address, value: 9n });
      const box = await outbox([second]);
      const claim = await propose(rollup, box.root, 200);
      await claim.game.resolve(false);
      await portal.proveWithdrawalTransaction(
        second,
        claim.index,
        box.output,
        await box.prove(second),
      );
      await rollup.pass(PROOF_MATURITY);
      for (const next of [sent, second]) {
        const state = await ethers.provider.send("evm_snapshot", []);
        await target.getFunction("setNext")(next);
        // Enough for both: only the guard can stop the second.
        const paid = portal.finalizeWithdrawalTransaction(sent, { gasLimit: 2_000_000n });
        await expect(paid).to.changeEtherBalances(ethers, [target, user], [7n, 0n]);
        expect(await target.getFunction("caught")()).to.equal(true);
        expect(await portal.finalizedWithdrawals(hashOf(second))).to.equal(false);
        await ethers.provider.send("evm_revert", [state]);
      }
    });
  });
});
