// A game read from an address behind which there are two nodes, of which one has fallen behind.
import { expect } from "chai";
import { createPublicClient, custom, RpcRequestError } from "viem";
import { hardhat } from "viem/chains";
import { untilItReads } from "../../src/l1/retry.ts";
import * as GameSync from "../../src/watcher/gameSync.ts";
import { proposal } from "../../src/dispute/nextMoves.ts";
import { advance } from "../dispute/match.ts";
import { honestClaim } from "../dispute/stages.ts";
import type { Arena } from "../dispute/arena.ts";

type Filter = { readonly blockHash?: string; readonly toBlock?: string };

/** L1 as its newest node has it, but for logs: those come from a node that lacks the newest blocks, so many times. */
function twoNodes({ provider, ethers, address }: Arena) {
  const lag = { blocks: 0, answers: 0, asked: 0 };
  const isNewer = (number: bigint, head: number) => number > BigInt(head - lag.blocks);
  const request = async ({ method, params }: { method: string; params: unknown[] }) => {
    if (method !== "eth_getLogs" || lag.answers === 0) return provider.request({ method, params });
    lag.answers--;
    lag.asked++;
    const [filter = {}] = params as [Filter?];
    const head = await ethers.provider.getBlockNumber();
    if (filter.blockHash === undefined) {
      const logs = (await provider.request({ method, params })) as { blockNumber: string }[];
      return logs.filter(({ blockNumber }) => !isNewer(BigInt(blockNumber), head));
    }
    const block = await ethers.provider.getBlock(filter.blockHash);
    if (block !== null && !isNewer(BigInt(block.number), head))
      return provider.request({ method, params });
    const error = { code: -32_000, message: "unknown block" };
    throw new RpcRequestError({ body: { method, params }, error, url: "" });
  };
  const transport = custom({ request });
  const client = createPublicClient({ chain: hardhat, cacheTime: 0, transport });
  const open = (firstBlock = 0n) => GameSync.open(client, address as `0x${string}`, firstBlock);
  return { client, lag, open };
}

describe("a game read through nodes of which one is behind", () => {
  it("lacks nothing: what that node does not have yet is asked for again", async () => {
    const { arena, liar } = await honestClaim();
    const { lag, open } = twoNodes(arena);
    const state = await open();
    const said: string[] = [];
    const retry = { signal: new AbortController().signal, say: (line: string) => said.push(line) };
    const read = () => untilItReads("read the game", retry, () => GameSync.sync(state));
    await read();
    await arena.make(proposal(liar.trace), liar.player);
    Object.assign(lag, { blocks: 1, answers: 1 });
    const game = await read();
    expect(lag.asked).to.equal(1);
    expect(said).to.have.length(2);
    expect([...game.claims.keys()]).to.deep.equal([...arena.model().claims.keys()]);
  });

  it("is the same whether its blocks are read one by one or from ranges", async () => {
    const { arena, honest, liar } = await honestClaim();
    const state = await twoNodes(arena).open();
    await GameSync.sync(state);
    await arena.make(proposal(liar.trace), liar.player);
    await advance(arena, [honest, liar], ["bisect", "refine"]);
    const { number } = (await arena.ethers.provider.getBlock("latest")) ?? expect.fail("a head");
    const near = await GameSync.sync(state);
    await arena.provider.request({ method: "hardhat_mine", params: ["0x40"] });
    const later = await twoNodes(arena).open();
    const far = await GameSync.sync(later);
    expect(later.last?.number).to.equal(BigInt(number + 0x40));
    expect(far.tree).to.deep.equal(near.tree);
    expect(later.read).to.deep.equal(state.read);
  });
});

describe("a game whose log is read from a block after its birth", () => {
  async function failureFrom(arena: Arena, firstBlock: bigint): Promise<unknown> {
    const state = await twoNodes(arena).open(firstBlock);
    return GameSync.sync(state).then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  it("is none where nothing was logged since", async () => {
    const { arena } = await honestClaim();
    const head = BigInt(await arena.ethers.provider.getBlockNumber());
    expect(await failureFrom(arena, head + 1n))
      .to.be.instanceOf(GameSync.NoGameError)
      .that.includes({ address: arena.address, head });
  });

  it("is none where the first that was logged is no claim", async () => {
    const { arena, honest, liar } = await honestClaim();
    await arena.make(proposal(liar.trace), liar.player);
    const head = BigInt(await arena.ethers.provider.getBlockNumber());
    await advance(arena, [honest, liar], ["bisect"]);
    expect(await failureFrom(arena, head + 1n))
      .to.be.instanceOf(GameSync.NoGenesisError)
      .that.includes({ kind: "Bisected" });
  });
});
