// Whatever a stranger posts when the sequencer is silent becomes defined blocks on every node, and the chain goes on.
import { expect } from "chai";
import { parseEther, type Hex } from "viem";
import { publicActionsL2, walletActionsL1 } from "viem/op-stack";
import { contractsOf, nodeConfig } from "../../scripts/deployment/wiring.ts";
import * as Abi from "../../src/l1/abi.ts";
import { postBatch } from "../../src/l1/contracts.ts";
import { sleep } from "../../src/l1/retry.ts";
import * as Chain from "../../src/node/chain.ts";
import * as RunNode from "../../src/node/runNode.ts";
import * as Hexes from "../../src/primitives/hex.ts";
import * as Body from "../../src/protocol/body.ts";
import * as Rollup from "../harness/rollupProcess.ts";
import { fromSeed } from "../machine/seededRandom.ts";

const SEED = 20_261_130;
const BATCHES = 24;
const MOST_BLOCKS = 4;
const NOWHERE = "0x000000000000000000000000000000000000dEaD";

describe("garbage in batches", function () {
  this.timeout(120_000);
  let l1: Rollup.RunningL1;
  let node: RunNode.RunningNode;
  const said: string[] = [];
  const random = fromSeed(SEED);

  before(async () => {
    l1 = await Rollup.startL1(Rollup.OPTIONS);
    node = await derive();
  });
  after(async () => {
    await node.stop();
    await l1.connection.close();
  });

  function derive(): Promise<RunNode.RunningNode> {
    const say = (line: string) => void said.push(line);
    const listen = { host: "127.0.0.1", port: 0 };
    return RunNode.run(
      nodeConfig(l1.client, l1.deployed, { path: ":memory:", pollMs: 20, say, listen }),
    );
  }

  /** Bytes that are random, or a good body with bytes changed, lost or added. */
  function garbage(good: Uint8Array): Uint8Array {
    const bytes = [...good];
    const at = () => random.below(bytes.length + 1);
    const byte = () =>
      random.pick([0, 1, 2, 3, 4, 0x7e, 0x80, 0xb7, 0xf8, 0xff, random.below(256)]);
    if (random.oneIn(3)) return Uint8Array.from({ length: random.below(3_000) }, byte);
    for (let change = 0; change <= random.below(6); change++) {
      const kind = random.below(3);
      if (kind === 0) bytes.splice(at(), 1, byte());
      else if (kind === 1) bytes.splice(at(), 1 + random.below(40));
      else bytes.splice(at(), 0, ...Array.from({ length: random.below(40) }, byte));
    }
    return Uint8Array.from(bytes);
  }

  async function post(body: Uint8Array): Promise<void> {
    const { inbox, portal } = l1.deployed;
    const read = { address: inbox, abi: Abi.INBOX } as const;
    const window = await l1.client.readContract({ ...read, functionName: "window" });
    await l1.pass(Number(window) + 1);
    const count = await l1.client.readContract({ ...read, functionName: "batchCount" });
    const accumulator = await l1.client.readContract({
      ...read,
      ...{ functionName: "accumulator", args: [count] },
    });
    const [made] = await l1.client.readContract({
      ...{ address: portal, abi: Abi.PORTAL, functionName: "depositCounts" },
    });
    const originNumber = await l1.client.getBlockNumber();
    const { to, data } = postBatch(contractsOf(l1.deployed), {
      ...{ previous: Hexes.toBytes(accumulator), originNumber, depositsTo: made, body },
      blocks: BigInt(1 + random.below(MOST_BLOCKS)),
    });
    const hash = await l1.walletOf(Rollup.KEYS.bob).sendTransaction({ to, data });
    expect((await l1.client.waitForTransactionReceipt({ hash })).status).to.equal("success");
  }

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const { signal } = new AbortController();
    for (let tries = 0; tries < 500; tries++) {
      if (await holds()) return;
      await sleep(20, signal);
    }
    throw new RangeError(`never: ${what}; said: ${said.slice(-3).join(" | ")}`);
  }

  async function posted(): Promise<bigint> {
    const read = { address: l1.deployed.inbox, abi: Abi.INBOX } as const;
    const count = await l1.client.readContract({ ...read, functionName: "batchCount" });
    return l1.client.readContract({ ...read, functionName: "blockCount", args: [count] });
  }

  it(`become the same blocks on every node (seed ${SEED})`, async () => {
    const { timestamp } = await l1.client.getBlock();
    const transaction = await l1.walletOf(Rollup.KEYS.alice).account.signTransaction({
      ...{ type: "eip1559", chainId: Number(l1.deployed.parameters.chainId), nonce: 0 },
      ...{ to: NOWHERE, value: 1n, gas: 21_000n, maxFeePerGas: 10n ** 11n },
      maxPriorityFeePerGas: 1n,
    });
    const block = { timestamp, transactions: [Hexes.toBytes(transaction)] };
    const good = Body.encode([block, block]);
    for (let batch = 0; batch < BATCHES; batch++) await post(garbage(good));
    const last = await posted();
    await until("the node derives the last block", async () => node.node.chain.tip.number === last);

    const other = await derive();
    for (let number = 0n; number <= last; number++) {
      const [first, second] = [node, other].map((one) =>
        Chain.blockByNumber(one.node.chain, number),
      );
      expect(second?.hash, `block ${number}`).to.deep.equal(first?.hash);
    }
    await other.stop();
  });

  it("does not keep the sequencer from going on behind it", async () => {
    const l2 = await Rollup.startSequencer(l1, Rollup.OPTIONS, said);
    const wallet = l1.walletOf(Rollup.KEYS.alice).extend(walletActionsL1());
    const to: Hex = wallet.account.address;
    const request = await l2.client
      .extend(publicActionsL2())
      .buildDepositTransaction({ mint: parseEther("1"), to });
    await wallet.depositTransaction(request);
    await until("Alice has ether on the other node", async () => {
      const { client } = Rollup.clientsOf(l1, node.serving.url);
      return (await client.getBalance({ address: to })) >= parseEther("1");
    });
    await l2.stop();
  });
});
