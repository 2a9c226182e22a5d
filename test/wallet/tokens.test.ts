// Tokens go to L2 and come back: the wallet's calls, both bridges, and the portal between them.
import { expect } from "chai";
import { createWalletClient, custom, erc20Abi, type Hex, parseAbi } from "viem";
import { extractTransactionDepositedLogs, opaqueDataToDepositData } from "viem/op-stack";
import * as Chain from "../../src/l1/chain.ts";
import * as Deposits from "../../src/wallet/deposit.ts";
import * as Withdraw from "../../src/wallet/withdraw.ts";
import { deployTwoChains, PROOF_MATURITY, TIMEOUT } from "../harness/twoChains.ts";

const FACTORY = "0x4200000000000000000000000000000000000012";
const FACTORY_ABI = parseAbi([
  "function createOptimismMintableERC20(address remoteToken, string name, string symbol) returns (address)",
  "function tokenAddress(address remoteToken, string name, string symbol, uint8 decimals) view returns (address)",
]);
const AMOUNT = 500n;

async function withToken() {
  const chains = await deployTwoChains();
  const { ethers, users, l2Request } = chains;
  const user = users.l1.wallet.account.address;
  const token = await ethers.deployContract("PlainToken");
  await token.mint(user, 10_000n);
  const l1Token = (await token.getAddress()) as Hex;
  const l2Token = await users.l2.client.readContract({
    address: FACTORY,
    abi: FACTORY_ABI,
    functionName: "tokenAddress",
    args: [l1Token, "Plain", "PLN", 18],
  });
  await users.l2.wallet.writeContract({
    address: FACTORY,
    abi: FACTORY_ABI,
    functionName: "createOptimismMintableERC20",
    args: [l1Token, "Plain", "PLN"],
  });

  /** Does on L2 what the deposits of a transaction say, as the machine would. */
  async function relay({ receipt }: Deposits.Deposited) {
    for (const { args } of extractTransactionDepositedLogs({ logs: receipt.logs })) {
      const { data, gas } = opaqueDataToDepositData(args.opaqueData);
      await l2Request("hardhat_impersonateAccount", args.from);
      await l2Request("hardhat_setBalance", args.from, "0xde0b6b3a7640000");
      const transaction = { from: args.from, to: args.to, data, gas: `0x${gas.toString(16)}` };
      await l2Request("eth_sendTransaction", transaction);
    }
  }
  const held = (chain: "l1" | "l2", address: Hex) =>
    users[chain].client.readContract({
      address,
      abi: erc20Abi,
      functionName: "balanceOf",
      args: [user],
    });
  return { ...chains, user, l1Token, l2Token, relay, held };
}

describe("the wallet's tokens", () => {
  it("go to L2 and come back", async () => {
    const { users, user, l1Token, l2Token, relay, held, claim, pass, l2Request } =
      await withToken();
    const { l1, l2 } = users;
    const move = { l1Token, l2Token, to: user, amount: AMOUNT };
    await relay(await Deposits.depositToken(l1, l2.chain, move));
    expect([await held("l1", l1Token), await held("l2", l2Token)]).to.deep.equal([9_500n, 500n]);

    const receipt = await Withdraw.initiateToken(l2, { ...move, amount: 200n });
    await l2Request("evm_mine");
    const honest = await claim(receipt.blockNumber);
    await honest.propose();
    await Withdraw.prove(l1, l2, receipt);
    await pass(TIMEOUT + PROOF_MATURITY);
    await honest.confirm();
    await Withdraw.finalize(l1, l2.chain, receipt);
    expect([await held("l1", l1Token), await held("l2", l2Token)]).to.deep.equal([9_700n, 300n]);
  });

  it("are allowed to the bridge only if they are not yet", async () => {
    const { users, user, l1Token, l2Token, contracts } = await withToken();
    const { l1, l2 } = users;
    const hash = await l1.wallet.writeContract({
      address: l1Token,
      abi: erc20Abi,
      functionName: "approve",
      args: [contracts.standardBridge, 10_000n],
    });
    await l1.client.waitForTransactionReceipt({ hash });
    const before = await l1.client.getTransactionCount({ address: user });
    const move = { l1Token, l2Token, to: user, amount: AMOUNT };
    await Deposits.depositToken(l1, l2.chain, move);
    expect(await l1.client.getTransactionCount({ address: user })).to.equal(before + 1);
  });

  it("need an L2 whose contracts stand on this L1", async () => {
    const { users, user, l1Token, l2Token, contracts } = await withToken();
    const other = Chain.defineL1({ id: 5, name: "other", rpcUrl: "http://127.0.0.1:1" });
    const stranger = Chain.defineL2(
      { id: 42_069, name: "L2", rpcUrl: "http://127.0.0.1:1" },
      other,
      contracts,
    );
    const move = { l1Token, l2Token, to: user, amount: AMOUNT };
    try {
      await Deposits.depositToken(users.l1, stranger, move);
      expect.fail("deposited to an L2 of another L1");
    } catch (error) {
      expect(error).to.be.instanceOf(Deposits.UnknownL1Error);
      expect(error).to.include({ chainId: 31_337 });
    }
  });
});

describe("the wallet", () => {
  it("finds no withdrawal in a receipt without one", async () => {
    const { users } = await deployTwoChains();
    const { client, wallet, chain } = users.l2;
    const { account } = wallet;
    const plain = createWalletClient({ account, chain, transport: custom(client) });
    const hash = await plain.sendTransaction({ to: account.address, value: 1n });
    const receipt = await client.waitForTransactionReceipt({ hash });
    expect(() => Withdraw.withdrawalOf(receipt)).to.throw(Withdraw.NoWithdrawalError, hash);
  });
});
