// Journeys 1 and 2: a deposit made by viem becomes ether on L2, is spent there, and a node that knows nothing but L1
// ends with the same blocks.
import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEther, type Hex } from "viem";
import { getL2TransactionHashes, publicActionsL2, walletActionsL1 } from "viem/op-stack";
import { nodeConfig } from "../../scripts/deployment/wiring.ts";
import * as Chain from "../../src/node/chain.ts";
import * as RunNode from "../../src/node/runNode.ts";
import * as Hexes from "../../src/primitives/hex.ts";
import * as Rollup from "../harness/rollupProcess.ts";

const LISTEN = { host: "127.0.0.1", port: 0 };
const NOWHERE = "0x000000000000000000000000000000000000dEaD";

describe("a sequencer on an L1 with every limit on", function () {
  this.timeout(120_000);
  let l1: Rollup.RunningL1;
  let l2: Awaited<ReturnType<typeof Rollup.startSequencer>>;
  let folder: string;
  const said: string[] = [];
  const path = () => join(folder, "sequencer.sqlite");

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "tribunal-"));
    l1 = await Rollup.startL1(Rollup.OPTIONS);
    l2 = await Rollup.startSequencer(l1, { ...Rollup.OPTIONS, path: path() }, said);
  });
  after(async () => {
    await l2.stop();
    await l1.connection.close();
    rmSync(folder, { recursive: true });
  });

  async function deposit(value: bigint): Promise<Hex> {
    const wallet = l1.walletOf(Rollup.KEYS.alice).extend(walletActionsL1());
    const to = wallet.account.address;
    const l2Actions = l2.client.extend(publicActionsL2());
    const request = await l2Actions.buildDepositTransaction({ mint: value, to });
    const hash = await wallet.depositTransaction(request);
    const receipt = await l1.client.waitForTransactionReceipt({ hash });
    const [l2Hash] = getL2TransactionHashes(receipt);
    if (l2Hash === undefined) throw new TypeError("the deposit has no L2 hash");
    return l2Hash;
  }

  it("includes a deposit made by viem and finds it under the hash that viem computes", async () => {
    const hash = await deposit(parseEther("10"));
    const receipt = await l2.client.waitForTransactionReceipt({ hash });
    expect(receipt.status).to.equal("success");
    const address = l1.walletOf(Rollup.KEYS.alice).account.address;
    expect(await l2.client.getBalance({ address })).to.equal(parseEther("10"));
  });

  it("takes a transfer and answers its receipt", async () => {
    const wallet = l2.walletOf(Rollup.KEYS.alice);
    const hash = await wallet.sendTransaction({ to: NOWHERE, value: 5n });
    const receipt = await l2.client.waitForTransactionReceipt({ hash });
    expect([receipt.status, receipt.gasUsed]).to.deep.equal(["success", 21_000n]);
    expect(await l2.client.getBalance({ address: NOWHERE })).to.equal(5n);
  });

  it("refuses with the standard texts", async () => {
    const wallet = l2.walletOf(Rollup.KEYS.alice);
    const poor = l2.walletOf(Rollup.KEYS.bob);
    const refusal = (sent: Promise<unknown>) =>
      sent.then(
        () => "taken",
        (error: unknown) => (error as { details: string }).details,
      );
    const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 10n, gas: 21_000n };
    expect(await refusal(wallet.sendTransaction({ to: NOWHERE, nonce: 0, ...fees }))).to.equal(
      "nonce too low: next nonce 2, tx nonce 0",
    );
    expect(await refusal(poor.sendTransaction({ to: NOWHERE, nonce: 0, ...fees }))).to.match(
      /^insufficient funds for gas \* price \+ value/,
    );
    const short = { ...fees, gas: 20_999n };
    expect(await refusal(wallet.sendTransaction({ to: NOWHERE, nonce: 2, ...short }))).to.match(
      /^intrinsic gas too low/,
    );
  });

  it("posts its blocks, from which another node derives the same chain", async () => {
    await l2.running.settled();
    const other = await RunNode.run(
      nodeConfig(l1.client, l1.deployed, {
        ...{ path: ":memory:", listen: LISTEN, pollMs: 20 },
        say: (line) => void said.push(line),
      }),
    );
    const { chain } = l2.running.node;
    // Hardhat's newest block is final.
    const [safe, finalized] = await Promise.all(
      (["safe", "finalized"] as const).map((blockTag) => l2.client.getBlock({ blockTag })),
    );
    expect(finalized?.number).to.equal(chain.tip.number);
    expect(finalized?.hash).to.equal(safe?.hash);
    expect(other.node.chain.tip.number).to.equal(chain.tip.number);
    for (let number = 0n; number <= chain.tip.number; number++) {
      const [own, theirs] = [chain, other.node.chain].map((one) =>
        Chain.blockByNumber(one, number),
      );
      expect(theirs?.hash).to.deep.equal(own?.hash);
      expect(theirs?.done).to.deep.equal(own?.done);
    }
    await other.stop();
  });

  it("starts where it stopped", async () => {
    const { tip } = l2.running.node.chain;
    await l2.stop();
    l2 = await Rollup.startSequencer(l1, { ...Rollup.OPTIONS, path: path() }, said);
    expect(l2.running.node.chain.tip.headerHash).to.deep.equal(tip.headerHash);
    const hash = await l2.walletOf(Rollup.KEYS.alice).sendTransaction({ to: NOWHERE, value: 1n });
    expect((await l2.client.waitForTransactionReceipt({ hash })).status).to.equal("success");
    await l2.running.settled();
    const { number } = l2.running.node.chain.tip;
    const output = await l2.client.request<{
      Method: "optimism_outputAtBlock";
      Parameters: [Hex];
      ReturnType: { outputRoot: Hex };
    }>({ method: "optimism_outputAtBlock", params: [Hexes.fromBigInt(number)] });
    const { outputRoot } = l2.running.node.chain.tip;
    expect(output.outputRoot).to.equal(Hexes.fromBytes(outputRoot));
  });
});
