// What L1 takes back, the L2 takes back: deposits, batches and the blocks made of them; user transactions wait again.
import { expect } from "chai";
import { parseEther, type Hex } from "viem";
import { publicActionsL2, walletActionsL1 } from "viem/op-stack";
import { sleep } from "../../src/l1/retry.ts";
import * as Rollup from "../harness/rollupProcess.ts";

const NOWHERE = "0x000000000000000000000000000000000000dEaD";

describe("an L1 that reorganises", function () {
  this.timeout(120_000);
  let l1: Rollup.RunningL1;
  let l2: Awaited<ReturnType<typeof Rollup.startSequencer>>;
  const said: string[] = [];

  before(async () => {
    l1 = await Rollup.startL1(Rollup.OPTIONS);
    l2 = await Rollup.startSequencer(l1, Rollup.OPTIONS, said);
  });
  after(async () => {
    await l2.stop();
    await l1.connection.close();
  });

  const rpc = (method: string, params: unknown[]) =>
    l1.connection.provider.request({ method, params });

  async function deposit(key: Hex, value: bigint): Promise<void> {
    const wallet = l1.walletOf(key).extend(walletActionsL1());
    const to = wallet.account.address;
    const request = await l2.client
      .extend(publicActionsL2())
      .buildDepositTransaction({ mint: value, to });
    const hash = await wallet.depositTransaction({ ...request, gas: 200_000n });
    await l1.client.waitForTransactionReceipt({ hash });
  }

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const { signal } = new AbortController();
    for (let tries = 0; tries < 500; tries++) {
      if (await holds()) return;
      await sleep(20, signal);
    }
    throw new RangeError(`never: ${what}; said: ${said.slice(-5).join(" | ")}`);
  }

  const balance = (address: Hex) => l2.client.getBalance({ address });

  it("takes back a deposit that is gone, and keeps the transactions that still can run", async () => {
    const alice = l1.walletOf(Rollup.KEYS.alice).account.address;
    const bob = l1.walletOf(Rollup.KEYS.bob).account.address;
    await deposit(Rollup.KEYS.alice, parseEther("3"));
    await until("Alice has ether", async () => (await balance(alice)) === parseEther("3"));
    await l2.running.settled();

    const snapshot = await rpc("evm_snapshot", []);
    await deposit(Rollup.KEYS.bob, parseEther("7"));
    await until("Bob has ether", async () => (await balance(bob)) === parseEther("7"));
    const hash = await l2.walletOf(Rollup.KEYS.alice).sendTransaction({ to: NOWHERE, value: 1n });
    await l2.client.waitForTransactionReceipt({ hash });
    await l2.running.settled();

    await rpc("evm_revert", [snapshot]);
    for (let block = 0; block < 12; block++) await rpc("evm_mine", []);
    await until("Bob's deposit is gone", async () => (await balance(bob)) === 0n);
    await until(
      "Alice's transfer is in a block again",
      async () => (await balance(NOWHERE)) === 1n,
    );
    await l2.running.settled();
    const { header } = l2.running.node.chain.tip;
    expect(said.some((line) => line.startsWith("L1 reorganised"))).to.equal(true);
    expect((await l2.client.getTransactionReceipt({ hash })).blockNumber).to.be.at.most(
      header.number,
    );
  });
});
