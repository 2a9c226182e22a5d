import { expect } from "chai";
import { parseEther } from "viem";
import * as OpStack from "viem/op-stack";
import * as Deposits from "../../src/wallet/deposit.ts";
import * as Withdraw from "../../src/wallet/withdraw.ts";
import { deployTwoChains, outputAt, PROOF_MATURITY, TIMEOUT } from "../harness/twoChains.ts";

const VALUE = parseEther("2");
const FALSE_OUTPUT = new Uint8Array(32).fill(0xbb);

/** Two chains with ether in the portal and a withdrawal on L2. */
async function withdrawn() {
  const chains = await deployTwoChains();
  const { users, l2Request } = chains;
  const to = users.l1.wallet.account.address;
  await Deposits.depositEther(users.l1, users.l2.chain, { to, value: parseEther("5") });
  const receipt = await Withdraw.initiateEther(users.l2, { to, value: VALUE });
  await l2Request("evm_mine");
  const block = receipt.blockNumber;
  const status = () => Withdraw.status(users.l1, users.l2.chain, receipt);
  return { ...chains, receipt, block, status, to };
}

describe("viem's OP-stack actions", () => {
  it("deposit ether, and know the deposit by its hash on L2", async () => {
    const { users, contracts } = await deployTwoChains();
    const to = users.l1.wallet.account.address;
    const { receipt, l2Hash } = await Deposits.depositEther(users.l1, users.l2.chain, {
      to,
      value: VALUE,
    });
    const [deposit] = OpStack.extractTransactionDepositedLogs(receipt);
    expect(deposit?.args.from).to.equal(to);
    expect(OpStack.getL2TransactionHash({ log: deposit ?? expect.fail() })).to.equal(l2Hash);
    expect(await users.l1.client.getBalance({ address: contracts.portal })).to.equal(VALUE);
  });

  it("see the portal's version and no games before the first claim", async () => {
    const { users } = await deployTwoChains();
    const targetChain = users.l2.chain;
    expect(await OpStack.getPortalVersion(users.l1.client, { targetChain })).to.include({
      major: 5,
    });
    const games = await OpStack.getGames(users.l1.client, { targetChain, l2BlockNumber: 1n });
    expect(games).to.deep.equal([]);
  });

  it("take a withdrawal through its five states", async () => {
    const { users, claim, pass, receipt, block, status, to } = await withdrawn();
    const { l1, l2 } = users;
    const targetChain = l2.chain;
    expect(await status()).to.equal("waiting-to-prove");

    const honest = await claim(block);
    await honest.propose();
    expect(await status()).to.equal("ready-to-prove");
    // Its type asks for a contract that it only calls on portals before version 3.
    const withOracle = {
      ...targetChain,
      contracts: { ...targetChain.contracts, l2OutputOracle: {} },
    };
    const game = await OpStack.getGame(l1.client, { targetChain, l2BlockNumber: block });
    expect(game.l2BlockNumber).to.equal(block);
    expect(await OpStack.getTimeToProve(l1.client, { targetChain, receipt })).to.include({
      seconds: 0,
    });
    const next = { targetChain, l2BlockNumber: block };
    expect(await OpStack.getTimeToNextGame(l1.client, next)).to.include({ seconds: 0 });
    expect((await OpStack.waitForNextGame(l1.client, next)).index).to.equal(game.index);

    const [withdrawal] = OpStack.getWithdrawals(receipt);
    if (withdrawal === undefined) throw new RangeError("no withdrawal");
    const built = await OpStack.buildProveWithdrawal(l2.client, {
      account: l1.wallet.account,
      game,
      withdrawal,
    });
    const gas = await OpStack.estimateProveWithdrawalGas(l1.client, { ...built, targetChain });
    expect(gas).to.be.lessThan(175_000n);
    expect((await Withdraw.prove(l1, l2, receipt)).status).to.equal("success");
    expect(await status()).to.equal("waiting-to-finalize");

    await pass(TIMEOUT);
    expect(await status()).to.equal("waiting-to-finalize");
    await honest.confirm();
    expect(await status()).to.equal("ready-to-finalize");
    const { withdrawalHash } = withdrawal;
    const time = await OpStack.getTimeToFinalize(l1.client, {
      targetChain: withOracle,
      withdrawalHash,
    });
    expect(time.period).to.equal(PROOF_MATURITY);

    const finalizeGas = await OpStack.estimateFinalizeWithdrawalGas(l1.client, {
      account: to,
      withdrawal,
      targetChain,
    });
    expect(finalizeGas).to.be.lessThan(150_000n);
    const before = await l1.client.getBalance({ address: to });
    const paid = await Withdraw.finalize(l1, l2.chain, receipt);
    const fee = paid.gasUsed * paid.effectiveGasPrice;
    expect(await l1.client.getBalance({ address: to })).to.equal(before + VALUE - fee);
    expect(await status()).to.equal("finalized");
  });

  it("wait for the proof to be old enough, and finalize by a named submitter's proof", async () => {
    const { users, claim, pass, receipt, block, status, to } = await withdrawn();
    const { l1, l2 } = users;
    const honest = await claim(block);
    await honest.propose();
    await pass(TIMEOUT);
    await honest.confirm();
    await Withdraw.prove(l1, l2, receipt);
    expect(await status()).to.equal("waiting-to-finalize");
    await pass(PROOF_MATURITY);
    expect(await status()).to.equal("ready-to-finalize");
    const hash = await OpStack.finalizeWithdrawal(l1.wallet, {
      account: l1.wallet.account,
      chain: l1.chain,
      targetChain: l2.chain,
      withdrawal: Withdraw.withdrawalOf(receipt),
      proofSubmitter: to,
    });
    expect((await l1.client.waitForTransactionReceipt({ hash })).status).to.equal("success");
    expect(await status()).to.equal("finalized");
  });

  describe("with a liar", () => {
    it("do not find a claim while it has a rival, and find it when it has won", async () => {
      const { users, claim, pass, receipt, block, status } = await withdrawn();
      const honest = await claim(block);
      const lie = await claim(block, FALSE_OUTPUT);
      await honest.propose();
      await lie.propose();
      expect(await status()).to.equal("waiting-to-prove");

      await honest.bisect();
      await pass(TIMEOUT);
      await honest.update();
      await honest.confirm();
      expect(await status()).to.equal("ready-to-prove");
      await Withdraw.prove(users.l1, users.l2, receipt);
      await pass(PROOF_MATURITY);
      await Withdraw.finalize(users.l1, users.l2.chain, receipt);
      expect(await status()).to.equal("finalized");
    });

    it("keep a proof that was made before the rival came", async () => {
      const { users, claim, pass, receipt, block, status } = await withdrawn();
      const honest = await claim(block);
      await honest.propose();
      await Withdraw.prove(users.l1, users.l2, receipt);
      const lie = await claim(block, FALSE_OUTPUT);
      await lie.propose();
      await pass(PROOF_MATURITY);
      expect(await status()).to.equal("waiting-to-prove");
      await honest.bisect();
      await pass(TIMEOUT);
      expect(await status()).to.equal("waiting-to-prove");
      await honest.update();
      await honest.confirm();
      expect(await status()).to.equal("ready-to-finalize");
      await Withdraw.finalize(users.l1, users.l2.chain, receipt);
      expect(await status()).to.equal("finalized");
    });

    it("ask for another proof when the claim under the first one has lost", async () => {
      const { users, claim, pass, l2Request, receipt, block, status } = await withdrawn();
      const { l1, l2 } = users;
      await l2Request("evm_mine");
      // False, and yet the message is there: it gives the next block the output of this one.
      const lie = await claim(block + 1n, await outputAt(l2Request, block));
      await lie.propose();
      const game = await OpStack.getGame(l1.client, {
        targetChain: l2.chain,
        l2BlockNumber: block,
      });
      const built = await OpStack.buildProveWithdrawal(l2.client, {
        account: l1.wallet.account,
        game: { ...game, l2BlockNumber: block },
        withdrawal: Withdraw.withdrawalOf(receipt),
      });
      const { chain } = l1;
      await OpStack.proveWithdrawal(l1.wallet, { ...built, chain, targetChain: l2.chain });
      expect(await status()).to.equal("waiting-to-finalize");

      const honest = await claim(block + 1n);
      await honest.propose();
      await honest.bisect();
      await pass(TIMEOUT);
      await honest.update();
      await honest.confirm();
      expect(await status()).to.equal("ready-to-prove");
      await Withdraw.prove(l1, l2, receipt);
      await pass(PROOF_MATURITY);
      expect(await status()).to.equal("ready-to-finalize");
      await Withdraw.finalize(l1, l2.chain, receipt);
      expect(await status()).to.equal("finalized");
    });
  });
});
