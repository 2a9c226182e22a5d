import { expect } from "chai";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import * as L1 from "../../scripts/devnet/l1.ts";

const BLOCK_MS = 60_000;

async function ask(url: string, method: string, params: unknown[] = []): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body });
  return ((await response.json()) as { result: unknown }).result;
}

const chainId = (url: string) => ask(url, "eth_chainId");

describe("scripts/devnet/l1", function () {
  this.timeout(60_000);

  it("answers from a process of its own, and no more once it was told to stop", async () => {
    const l1 = await L1.start(0, BLOCK_MS);
    expect(await chainId(l1.url)).to.equal("0x7a69");
    await l1.stop();
    const refused = await chainId(l1.url).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(TypeError);
  });

  it("keeps to the clock, however fast its blocks come", async () => {
    const l1 = await L1.start(0, BLOCK_MS);
    for (let i = 0; i < 10; i++) await ask(l1.url, "evm_mine");
    const block = await ask(l1.url, "eth_getBlockByNumber", ["latest", false]);
    const { timestamp } = block as { timestamp: string };
    await l1.stop();
    expect(Number(timestamp)).to.be.at.most(Date.now() / 1_000);
  });

  it("says so when it ends by itself", async () => {
    const l1 = await L1.start(0, BLOCK_MS);
    process.kill(l1.processId, "SIGKILL");
    const reason: unknown = await l1.failure.catch((error: unknown) => error);
    expect(reason).to.be.instanceOf(L1.L1EndedError);
    await l1.stop();
  });

  it("says so when it ends before it answers", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const reason: unknown = await L1.start(port, BLOCK_MS).catch((error: unknown) => error);
    taken.close();
    expect(reason).to.be.instanceOf(L1.L1EndedError);
  });
});
