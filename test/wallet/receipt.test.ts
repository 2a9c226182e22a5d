// What the wallet says of a transaction that did not do what it was sent for.
import { expect } from "chai";
import { createPublicClient, createWalletClient, custom, numberToHex, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import * as Chain from "../../src/l1/chain.ts";
import * as Deposit from "../../src/wallet/deposit.ts";
import * as Receipt from "../../src/wallet/receipt.ts";
import * as Withdraw from "../../src/wallet/withdraw.ts";

const ACCOUNT = privateKeyToAccount(`0x${"a1".repeat(32)}`);
const SENT: Hex = `0x${"77".repeat(32)}`;
const ONE_BLOCK = { baseFeePerGas: "0x1", number: "0x1", hash: SENT, timestamp: "0x1" };
const L1 = Chain.defineL1({ id: 31_337, name: "L1", rpcUrl: "http://127.0.0.1:1" });
const NOWHERE: Hex = `0x${"00".repeat(19)}01`;
const L2 = Chain.defineL2({ id: 42_069, name: "L2", rpcUrl: "http://127.0.0.1:1" }, L1, {
  inbox: NOWHERE,
  portal: NOWHERE,
  disputeGame: NOWHERE,
  gameRegistry: NOWHERE,
  standardBridge: NOWHERE,
});

/** A chain that takes every transaction, and whose receipts have this status and no logs. */
function clientsOf<C extends typeof L1 | typeof L2>(chain: C, status: "0x0" | "0x1") {
  const answers: Record<string, unknown> = {
    eth_chainId: numberToHex(chain.id),
    eth_blockNumber: "0x1",
    eth_getBlockByNumber: ONE_BLOCK,
    eth_getTransactionCount: "0x0",
    eth_estimateGas: "0x5208",
    eth_maxPriorityFeePerGas: "0x1",
    eth_sendRawTransaction: SENT,
    eth_getTransactionReceipt: { transactionHash: SENT, blockNumber: "0x1", status, logs: [] },
  };
  const transport = custom({ request: async ({ method }: { method: string }) => answers[method] });
  return {
    chain,
    client: createPublicClient({ chain, transport }),
    wallet: createWalletClient({ chain, transport, account: ACCOUNT }),
  };
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("the wallet", () => {
  const move = { to: ACCOUNT.address, value: 1n };

  it("says so where a deposit reverts", async () => {
    const error = await failureOf(Deposit.depositEther(clientsOf(L1, "0x0"), L2, move));
    expect(error).to.be.instanceOf(Receipt.RevertedError).and.to.include({ hash: SENT });
  });

  it("says so where nothing was deposited", async () => {
    const error = await failureOf(Deposit.depositEther(clientsOf(L1, "0x1"), L2, move));
    expect(error).to.be.instanceOf(Deposit.NoDepositError).and.to.include({ hash: SENT });
  });

  it("says so where a withdrawal reverts on L2, so that nobody waits for it on L1", async () => {
    const error = await failureOf(Withdraw.initiateEther(clientsOf(L2, "0x0"), move));
    expect(error).to.be.instanceOf(Receipt.RevertedError).and.to.include({ hash: SENT });
  });
});
