import { expect } from "chai";
import { createPublicClient, custom } from "viem";
import { hardhat } from "viem/chains";
import { untilAllowed } from "../../src/l1/blockAllowance.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { deployRollup } from "../harness/deployment.ts";

describe("l1/blockAllowance", () => {
  /** A rollup whose sequencer has just posted all the blocks that it may. */
  async function spent() {
    const rollup = await deployRollup();
    const { connection, ethers, inbox, sequencer } = rollup;
    const { provider } = connection;
    const transport = custom({ request: (request) => provider.request(request) });
    const client = createPublicClient({ chain: hardhat, transport, cacheTime: 0 });
    const origin = await ethers.provider.getBlockNumber();
    const previous = await inbox.accumulator(0);
    await inbox.connect(sequencer).post(previous, 65_536n, origin, 0n, "0x");
    const address = Hex.fromBytes(Hex.toBytes(await inbox.getAddress()));
    const none = Hex.fromBytes(new Uint8Array(20));
    const others = { portal: none, disputeGame: none, gameRegistry: none, standardBridge: none };
    return { rollup, client, contracts: { inbox: address, ...others } };
  }

  it("lets a batch wait, says for how long, and lets it go once L1 has moved on", async () => {
    const { rollup, client, contracts } = await spent();
    const said: string[] = [];
    const { signal } = new AbortController();
    const say = (line: string) => {
      said.push(line);
      void rollup.pass(10);
    };
    const allowed = await rollup.inbox.blockAllowance();
    await untilAllowed(client, contracts, allowed + 2n, { signal, say });
    expect(said).to.have.length(1);
    expect(said[0]).to.match(/^the inbox takes \d+ blocks now: a batch of \d+ waits for [24] s$/);
  });

  it("asks no more once it is told to stop", async () => {
    const { client, contracts } = await spent();
    const abort = new AbortController();
    const say = () => abort.abort(new RangeError("stopped by the test"));
    const waiting = untilAllowed(client, contracts, 65_536n, { signal: abort.signal, say });
    const reason: unknown = await waiting.catch((error: unknown) => error);
    expect(abort.signal.aborted).to.equal(true);
    expect(reason).to.be.instanceOf(Error);
  });
});
