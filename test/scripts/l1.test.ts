import { expect } from "chai";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import * as L1 from "../../scripts/devnet/l1.ts";

const BLOCK_MS = 60_000;

async function chainId(url: string): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body });
  return ((await response.json()) as { result: unknown }).result;
}

describe("scripts/devnet/l1", function () {
  this.timeout(60_000);

  it("answers from a process of its own, and no more once it was told to stop", async () => {
    const l1 = await L1.start(0, BLOCK_MS);
    expect(await chainId(l1.url)).to.equal("0x7a69");
    await l1.stop();
    const refused = await chainId(l1.url).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(TypeError);
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
