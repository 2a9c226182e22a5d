// A sequencer that never made a block, and a user who makes a token, moves it and ether to the L2 and takes both back, with
// nothing but transactions of L1: deposits, a batch of their own, a claim of their own.
import { expect } from "chai";
import {
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
  parseAbi,
  parseEther,
  type Address,
  type Hex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { getL2TransactionHashes, walletActionsL1 } from "viem/op-stack";
import { contractsOf, nodeConfig } from "../../scripts/deployment/wiring.ts";
import * as Abi from "../../src/l1/abi.ts";
import { postBatch } from "../../src/l1/contracts.ts";
import * as RunNode from "../../src/node/runNode.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hexes from "../../src/primitives/hex.ts";
import * as Deposit from "../../src/wallet/deposit.ts";
import * as Withdraw from "../../src/wallet/withdraw.ts";
import * as Rollup from "../harness/rollupProcess.ts";
import * as Court from "../watcher/court.ts";

const FACTORY: Address = "0x4200000000000000000000000000000000000012";
const FACTORY_ABI = parseAbi([
  "function createOptimismMintableERC20(address remoteToken, string name, string symbol) returns (address)",
  "function tokenAddress(address remoteToken, string name, string symbol, uint8 decimals) view returns (address)",
]);
const PASSER: Address = "0x4200000000000000000000000000000000000016";
const PASSER_ABI = parseAbi([
  "function initiateWithdrawal(address target, uint256 gasLimit, bytes data) payable",
]);
const USER = Rollup.KEYS.alice;
const [ETHER_OUT, TOKENS_OUT] = [parseEther("3"), 700n];
const NAMES = ["Plain", "PLN"] as const;
const BLOCKS = 5n;
const FAST = { cacheTime: 0, pollingInterval: 10 };

describe("a user whose sequencer is dead from the first block on", function () {
  this.timeout(120_000);

  it("takes ether and tokens to the L2 and back by L1 alone", async () => {
    const l1 = await Rollup.startL1(Rollup.OPTIONS);
    const { chain, transport, deployed } = l1;
    const { inboxWindow, timeout } = deployed.parameters;
    const account = privateKeyToAccount(USER);
    const { address } = account;
    const client = createPublicClient({ chain, transport, ...FAST });
    const wallet = createWalletClient({ chain, transport, account, ...FAST });
    const onL1 = { chain, client, wallet };
    const listen = { host: "127.0.0.1", port: 0 };
    const node = await RunNode.run(
      nodeConfig(l1.client, deployed, {
        path: ":memory:",
        listen,
        pollMs: 20,
        say: () => undefined,
      }),
    );
    const l2 = Rollup.clientsOf(l1, node.serving.url);
    const onL2 = { chain: l2.chain, client: l2.client, wallet: l2.walletOf(USER) };

    const token = await l1.connection.ethers.deployContract("PlainToken");
    await token.mint(address, 1_000n);
    const l1Token = (await token.getAddress()) as Address;
    const l2Token = await l2.client.readContract({
      ...{ address: FACTORY, abi: FACTORY_ABI, functionName: "tokenAddress" },
      args: [l1Token, ...NAMES, 18],
    });

    /** Has a call made on the L2 in the user's name. */
    async function force(to: Address, data: Hex, value: bigint, gas: bigint): Promise<Hex> {
      const request = { gas, to, data, value, mint: value };
      const sender = wallet.extend(walletActionsL1());
      const hash = await sender.depositTransaction({ request, targetChain: l2.chain });
      const { logs, status } = await client.waitForTransactionReceipt({ hash });
      expect(status).to.equal("success");
      const [l2Hash] = getL2TransactionHashes({ logs });
      if (l2Hash === undefined) expect.fail("a deposit has a hash on the L2");
      return l2Hash;
    }
    const making = { abi: FACTORY_ABI, functionName: "createOptimismMintableERC20" } as const;
    await force(
      FACTORY,
      encodeFunctionData({ ...making, args: [l1Token, ...NAMES] }),
      0n,
      2_000_000n,
    );
    await Deposit.depositToken(onL1, l2.chain, { l1Token, l2Token, to: address, amount: 1_000n });
    const leaving = { abi: Abi.STANDARD_BRIDGE, functionName: "bridgeERC20To" } as const;
    const tokensOut = await force(
      l2.chain.contracts.l2StandardBridge.address,
      encodeFunctionData({ ...leaving, args: [l2Token, l1Token, address, TOKENS_OUT, 0, "0x"] }),
      0n,
      400_000n,
    );
    const etherOut = await force(
      PASSER,
      encodeFunctionData({
        ...{ abi: PASSER_ABI, functionName: "initiateWithdrawal" },
        args: [address, 21_000n, "0x"],
      }),
      ETHER_OUT,
      200_000n,
    );

    await l1.pass(Number(inboxWindow) + 1);
    const inbox = { address: deployed.inbox, abi: Abi.INBOX } as const;
    const previous = await client.readContract({
      ...{ ...inbox, functionName: "accumulator", args: [0n] },
    });
    const originNumber = (await client.getBlockNumber()) - 1n;
    const { to, data } = postBatch(contractsOf(deployed), {
      ...{ previous: Hexes.toBytes(previous), blocks: BLOCKS, originNumber, depositsTo: 4n },
      body: Bytes.EMPTY,
    });
    const posted = await wallet.sendTransaction({ to, data });
    expect((await client.waitForTransactionReceipt({ hash: posted })).status).to.equal("success");
    const receipts = await Promise.all(
      [tokensOut, etherOut].map((hash) => l2.client.waitForTransactionReceipt({ hash })),
    );
    for (const { status } of receipts) expect(status).to.equal("success");

    const court = { l1, program: address, close: () => l1.connection.close() };
    const own = await Court.watcher(court, USER, Court.AT_ONCE);
    await own.watcher.turn();
    for (const receipt of receipts) await Withdraw.prove(onL1, onL2, receipt);
    await l1.pass(Number(timeout) + 1);
    await Court.play([() => own.watcher.turn()]);
    await own.close();

    const before = await client.getBalance({ address });
    let gas = 0n;
    for (const receipt of receipts) {
      const paid = await Withdraw.finalize(onL1, l2.chain, receipt);
      gas += paid.gasUsed * paid.effectiveGasPrice;
    }
    expect((await client.getBalance({ address })) - before + gas).to.equal(ETHER_OUT);
    expect(await token.balanceOf(address)).to.equal(TOKENS_OUT);
    await node.stop();
    await l1.connection.close();
  });
});
