import { expect } from "chai";
import hre from "hardhat";
import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { AddressInfo } from "node:net";
import { createPublicClient, createWalletClient, http, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";
import * as Flight from "../../src/l1/flight.ts";
import * as Send from "../../src/l1/send.ts";

// The first of Hardhat's published development keys.
const KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const OTHER = "0x00000000000000000000000000000000000a11ce";
const TIMING = { pollMs: 20, repriceMs: 200 };
/** 21,000, and the sender's margin. */
const TRANSFER_GAS_LIMIT = 46_250n;

/** Forwards JSON-RPC to an in-process L1 and can be told to hang up instead. */
async function proxied(provider: {
  request: (r: { method: string; params: unknown[] }) => Promise<unknown>;
}) {
  const state = {
    down: false,
    methods: [] as string[],
    refused: [] as string[],
    before: undefined as ((method: string) => Promise<void>) | undefined,
  };
  const server: Server = createServer((request, response) => {
    if (state.down) return void request.socket.destroy();
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { id, method, params } = JSON.parse(body) as {
        id: number;
        method: string;
        params: unknown[];
      };
      state.methods.push(method);
      const answer = (part: object) =>
        response.end(JSON.stringify({ jsonrpc: "2.0", id, ...part }));
      const ready = state.before?.(method) ?? Promise.resolve();
      ready
        .then(() => provider.request({ method, params: params ?? [] }))
        .then(
          (result) => answer({ result }),
          (error: { code: number; message: string; data?: unknown }) => {
            state.refused.push(error.message);
            answer({ error: { code: error.code, message: error.message, data: error.data } });
          },
        );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { state, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function fixture() {
  const connection = await hre.network.create("l1");
  const proxy = await proxied(connection.provider);
  const transport = http(proxy.url, { retryCount: 0 });
  const account = privateKeyToAccount(KEY);
  const client = createPublicClient({ chain: hardhat, transport, cacheTime: 0 });
  const wallet = createWalletClient({ chain: hardhat, transport, account });
  const said: string[] = [];
  const abort = new AbortController();
  const retry = { signal: abort.signal, say: (line: string) => void said.push(line) };
  const sender = Send.create(client, wallet, retry, TIMING);
  return { connection, proxy, client, account, said, abort, sender };
}

type Pending = { readonly hash: string; readonly maxFeePerGas: string };

function quiet() {
  return { signal: new AbortController().signal, say: () => undefined };
}

const transfer = (value: bigint) => ({ what: "transfer", to: OTHER, data: "0x", value }) as const;

describe("l1/send", () => {
  let world: Awaited<ReturnType<typeof fixture>>;
  beforeEach(async () => {
    world = await fixture();
  });
  afterEach(async () => {
    world.proxy.server.closeAllConnections();
    world.proxy.server.close();
    await world.connection.close();
  });

  it("sends what is queued at once in order, one nonce after the other", async () => {
    const receipts = await Promise.all(
      [1n, 2n, 3n].map((v) => Send.send(world.sender, transfer(v))),
    );
    const nonces = receipts.map(async ({ transactionHash: hash }) =>
      world.client.getTransaction({ hash }),
    );
    expect((await Promise.all(nonces)).map(({ nonce, value }) => [nonce, value])).to.deep.equal([
      [0, 1n],
      [1, 2n],
      [2, 3n],
    ]);
  });

  it("waits while L1 is unreachable, says so, and resumes", async () => {
    world.proxy.state.down = true;
    const sent = Send.send(world.sender, transfer(5n));
    setTimeout(() => (world.proxy.state.down = false), 600);
    expect((await sent).status).to.equal("success");
    expect(world.said.some((line) => line.includes("trying again in"))).to.equal(true);
    expect(world.said.at(-1)).to.equal("transfer: L1 answers again");
  });

  it("stops waiting when told to", async () => {
    world.proxy.state.down = true;
    const sent = Send.send(world.sender, transfer(5n));
    const reason = new DOMException("stopping", "AbortError");
    setTimeout(() => world.abort.abort(reason), 100);
    expect(await sent.catch((error: unknown) => error)).to.equal(reason);
  });

  it("reprices a stuck transaction at the same nonce", async () => {
    const { provider } = world.connection;
    await provider.request({ method: "evm_setAutomine", params: [false] });
    const sent = Send.send(world.sender, transfer(7n));
    await new Promise((resolve) => setTimeout(resolve, 600));
    await provider.request({ method: "evm_mine", params: [] });
    const receipt = await sent;
    const { nonce } = await world.client.getTransaction({ hash: receipt.transactionHash });
    expect(nonce).to.equal(0);
    expect(await world.client.getBalance({ address: OTHER })).to.equal(7n);
    const offers = world.proxy.state.methods.filter(
      (method) => method === "eth_sendRawTransaction",
    );
    expect(offers.length).to.be.greaterThan(1);
  });

  describe("with a transaction that L1 does not take", () => {
    let rpc: (method: string, ...params: unknown[]) => Promise<unknown>;
    beforeEach(async () => {
      rpc = (method, ...params) => world.connection.provider.request({ method, params });
      await rpc("evm_setAutomine", false);
    });

    it("offers it again when L1 has forgotten it", async () => {
      const sent = Send.send(world.sender, transfer(7n));
      const [dropped] = await waiting(1);
      await rpc("hardhat_dropTransaction", dropped?.hash);
      const [again] = await waiting(1);
      expect(again?.hash).to.not.equal(dropped?.hash);
      await rpc("evm_mine");
      expect((await sent).transactionHash).to.equal(again?.hash);
      expect(await world.client.getBalance({ address: OTHER })).to.equal(7n);
    });

    it("offers no more than ten times what L1 asks, and the same again from there on", async () => {
      const sent = Send.send(hasty(), transfer(7n));
      const market = await world.client.estimateFeesPerGas();
      const offered = new Set<string>();
      for (let calm = 0; calm < 20;) {
        const [pending] = await waiting(1);
        calm = pending === undefined || offered.has(pending.hash) ? calm + 1 : 0;
        if (pending !== undefined) offered.add(pending.hash);
        await sleep(10);
      }
      const [last] = await waiting(1);
      const price = BigInt(last?.maxFeePerGas ?? 0);
      expect(price).to.be.lessThanOrEqual(10n * market.maxFeePerGas);
      expect((price * 9n) / 8n).to.be.greaterThan(10n * market.maxFeePerGas);
      expect(offered.size).to.be.lessThan(25);
      await rpc("hardhat_dropTransaction", last?.hash);
      expect((await waiting(1))[0]?.hash).to.equal(last?.hash);
      await rpc("evm_mine");
      expect((await sent).transactionHash).to.equal(last?.hash);
    });

    it("follows L1 where its price has risen by more than a step", async () => {
      const sent = Send.send(world.sender, transfer(7n));
      await waiting(1);
      const risen = 10n ** 12n;
      await rpc("hardhat_setNextBlockBaseFeePerGas", `0x${risen.toString(16)}`);
      await rpc("hardhat_mine");
      const { maxFeePerGas } = await world.client.estimateFeesPerGas();
      await until(async () => BigInt((await waiting(1))[0]?.maxFeePerGas ?? 0) >= maxFeePerGas);
      await rpc("evm_mine");
      expect((await sent).status).to.equal("success");
    });

    it("keeps its last offer where its money does not suffice for another", async () => {
      const { maxFeePerGas } = await world.client.estimateFeesPerGas();
      const enough = (3n * TRANSFER_GAS_LIMIT * maxFeePerGas) / 2n + 7n;
      await rpc("hardhat_setBalance", world.account.address, `0x${enough.toString(16)}`);
      const sent = Send.send(hasty(), transfer(7n));
      await until(() => world.said.some((line) => line.includes("L1 refuses to take it at")));
      await rpc("evm_mine");
      expect((await sent).status).to.equal("success");
    });

    it("replaces, after a restart, what the process before it had left waiting", async () => {
      void Send.send(world.sender, transfer(7n)).catch(() => undefined);
      const [left] = await waiting(1);
      world.abort.abort();
      const restarted = Send.create(world.client, world.sender.wallet, quiet(), TIMING);
      const sent = Send.send(restarted, transfer(8n));
      await until(async () => (await waiting(1))[0]?.hash !== left?.hash);
      await rpc("evm_mine");
      const { transactionHash: hash } = await sent;
      expect((await world.client.getTransaction({ hash })).nonce).to.equal(0);
      expect(await world.client.getBalance({ address: OTHER })).to.equal(8n);
    });

    it("says whose nonce it was where that is taken after all, and goes on", async () => {
      void Send.send(world.sender, transfer(7n)).catch(() => undefined);
      await waiting(1);
      world.abort.abort();
      const restarted = Send.create(world.client, world.sender.wallet, quiet(), TIMING);
      const sent = Send.send(restarted, transfer(8n)).catch((error: unknown) => error);
      await sleep(60);
      await rpc("evm_mine");
      expect(await sent).to.be.instanceOf(Flight.NonceTakenError);
      await rpc("evm_setAutomine", true);
      expect((await Send.send(restarted, transfer(9n))).status).to.equal("success");
      expect(await world.client.getBalance({ address: OTHER })).to.equal(16n);
    });

    it("takes it that its offer was included between two looks", async () => {
      const sent = Send.send(hasty(), transfer(7n));
      const { state } = world.proxy;
      await waiting(1);
      // The next higher offer arrives when the nonce is spent.
      state.before = async (method) => {
        if (method !== "eth_sendRawTransaction") return;
        state.before = undefined;
        await rpc("evm_mine");
      };
      expect((await sent).status).to.equal("success");
      expect(state.refused.some((message) => /nonce too low/i.test(message))).to.equal(true);
    });

    /** What waits to be included, once there is something. */
    async function waiting(count: number): Promise<readonly Pending[]> {
      let found: readonly Pending[] = [];
      await until(async () => {
        const block = await rpc("eth_getBlockByNumber", "pending", true);
        found = (block as { transactions: readonly Pending[] }).transactions;
        return found.length >= count;
      });
      return found;
    }

    async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
      for (let tries = 0; tries < 1_000; tries++) {
        if (await holds()) return;
        await sleep(5);
      }
      expect.fail("it never happened");
    }

    function hasty(): Send.Sender {
      const { client, sender } = world;
      const timing = { pollMs: 5, repriceMs: 10 };
      return Send.create(client, sender.wallet, sender.retry, timing);
    }
  });

  it("names a nonce that somebody else took", async () => {
    const { provider } = world.connection;
    await provider.request({ method: "evm_setAutomine", params: [false] });
    const sent = Send.send(world.sender, transfer(7n)).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const foreign = await world.account.signTransaction({
      ...{ chainId: 31337, type: "eip1559", nonce: 0, to: OTHER, gas: 30_000n },
      ...{ maxFeePerGas: 10n ** 12n, maxPriorityFeePerGas: 10n ** 11n },
    });
    await provider.request({ method: "eth_sendRawTransaction", params: [foreign] });
    await provider.request({ method: "evm_mine", params: [] });
    const error = await sent;
    expect(error).to.be.instanceOf(Flight.NonceTakenError);
    expect((error as Flight.NonceTakenError).nonce).to.equal(0);
  });

  it("passes on at once what the estimate says is hopeless, and goes on with the next", async () => {
    // Init code that reverts with nothing: PUSH0 PUSH0 REVERT, as the code of an account.
    const target = "0x00000000000000000000000000000000000dead1";
    const code: Hex = "0x5f5ffd";
    await world.connection.provider.request({ method: "hardhat_setCode", params: [target, code] });
    const call = { what: "poke", to: target, data: "0x", value: 0n } as const;
    const error = await Send.send(world.sender, call).catch((reason: unknown) => reason);
    expect((error as Error).name).to.equal("EstimateGasExecutionError");
    expect((await Send.send(world.sender, transfer(1n))).status).to.equal("success");
  });
});
