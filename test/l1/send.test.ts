import { expect } from "chai";
import hre from "hardhat";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createPublicClient, createWalletClient, http, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";
import * as Send from "../../src/l1/send.ts";

// The first of Hardhat's published development keys.
const KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const OTHER = "0x00000000000000000000000000000000000a11ce";
const TIMING = { pollMs: 20, repriceMs: 200 };

/** Forwards JSON-RPC to an in-process L1 and can be told to hang up instead. */
async function proxied(provider: {
  request: (r: { method: string; params: unknown[] }) => Promise<unknown>;
}) {
  const state = { down: false, methods: [] as string[] };
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
      provider.request({ method, params: params ?? [] }).then(
        (result) => answer({ result }),
        (error: { code: number; message: string; data?: unknown }) =>
          answer({ error: { code: error.code, message: error.message, data: error.data } }),
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
    expect(error).to.be.instanceOf(Send.NonceTakenError);
    expect((error as Send.NonceTakenError).nonce).to.equal(0);
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
