// A sequencer that falls silent delays everybody by its window and no longer: then anyone posts. When it comes back, what
// it had promised and not posted waits again.
import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEther } from "viem";
import { publicActionsL2, walletActionsL1 } from "viem/op-stack";
import { contractsOf } from "../../scripts/deployment/wiring.ts";
import * as Abi from "../../src/l1/abi.ts";
import { postBatch } from "../../src/l1/contracts.ts";
import { sleep } from "../../src/l1/retry.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hexes from "../../src/primitives/hex.ts";
import * as Rollup from "../harness/rollupProcess.ts";

const NOWHERE = "0x000000000000000000000000000000000000dEaD";
const NEVER = 3_600_000;

describe("a sequencer that falls silent", function () {
  this.timeout(120_000);
  let l1: Rollup.RunningL1;
  let folder: string;
  const said: string[] = [];
  const running: Awaited<ReturnType<typeof Rollup.startSequencer>>[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "tribunal-"));
    l1 = await Rollup.startL1(Rollup.OPTIONS);
  });
  after(async () => {
    await running.at(-1)?.stop();
    await l1.connection.close();
    rmSync(folder, { recursive: true });
  });

  async function until(holds: () => Promise<boolean>): Promise<void> {
    const { signal } = new AbortController();
    for (let tries = 0; tries < 500; tries++) {
      if (await holds()) return;
      await sleep(20, signal);
    }
    throw new RangeError(`never; said: ${said.slice(-5).join(" | ")}`);
  }

  it("cannot keep a stranger from posting, nor lose what waits", async () => {
    const path = join(folder, "sequencer.sqlite");
    const silent = {
      ...Rollup.OPTIONS,
      path,
      timing: { blockMs: 20, quickMs: 20, batchMs: NEVER },
    };
    const before = await Rollup.startSequencer(l1, silent, said);
    running.push(before);
    const alice = l1.walletOf(Rollup.KEYS.alice).extend(walletActionsL1());
    const to = alice.account.address;
    const request = await before.client
      .extend(publicActionsL2())
      .buildDepositTransaction({ mint: parseEther("4"), to });
    await l1.client.waitForTransactionReceipt({ hash: await alice.depositTransaction(request) });
    await until(async () => (await before.client.getBalance({ address: to })) > 0n);
    const hash = await before
      .walletOf(Rollup.KEYS.alice)
      .sendTransaction({ to: NOWHERE, value: 3n });
    await before.client.waitForTransactionReceipt({ hash });
    await before.stop();

    const { inbox } = l1.deployed;
    const read = { address: inbox, abi: Abi.INBOX } as const;
    const window = await l1.client.readContract({ ...read, functionName: "window" });
    await l1.pass(Number(window) + 1);
    const accumulator = { ...read, functionName: "accumulator", args: [0n] } as const;
    const previous = Hexes.toBytes(await l1.client.readContract(accumulator));
    const originNumber = (await l1.client.getBlockNumber()) - 1n;
    const batch = { previous, blocks: 2n, originNumber, depositsTo: 1n, body: Bytes.EMPTY };
    const stranger = l1.walletOf(Rollup.KEYS.bob);
    const { to: target, data } = postBatch(contractsOf(l1.deployed), batch);
    const posted = await stranger.sendTransaction({ to: target, data });
    expect((await l1.client.waitForTransactionReceipt({ hash: posted })).status).to.equal(
      "success",
    );

    const again = await Rollup.startSequencer(l1, { ...Rollup.OPTIONS, path }, said);
    running.push(again);
    await until(async () => (await again.client.getBalance({ address: NOWHERE })) === 3n);
    await again.running.settled();
    const receipt = await again.client.getTransactionReceipt({ hash });
    expect(receipt.blockNumber > 2n, "behind the stranger's two blocks").to.equal(true);
    const first = await again.client.getBlock({ blockNumber: 1n });
    expect(first.transactions, "the deposit came in the stranger's batch").to.have.length(1);
  });
});
