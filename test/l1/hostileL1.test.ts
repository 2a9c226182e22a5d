// An L1 that answers what was not asked: what is read of it is refused by name, and asked for again.
import { expect } from "chai";
import {
  BaseError,
  createPublicClient,
  custom,
  encodeAbiParameters,
  encodeEventTopics,
  numberToHex,
  parseAbiItem,
  ResponseBodyTooLargeError,
  RpcRequestError,
  TimeoutError,
  type Hex,
} from "viem";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as Abi from "../../src/l1/abi.ts";
import * as Chain from "../../src/l1/chain.ts";
import { ContradictionError, type Contradiction } from "../../src/l1/contradiction.ts";
import { isTemporary, untilItReads } from "../../src/l1/retry.ts";
import * as OriginHeader from "../../src/l1/originHeader.ts";
import * as Source from "../../src/l1/source.ts";
import { http } from "../../src/l1/transport.ts";

const INBOX = `0x${"1b".repeat(20)}` as const;
const PORTAL = `0x${"b0".repeat(20)}` as const;
const CHAIN = Chain.defineL1({ id: 31_337, name: "L1", rpcUrl: "http://127.0.0.1:8545" });
const word = (byte: string): Hex => `0x${byte.repeat(32)}`;

type Answers = Readonly<Record<string, unknown>>;

function sourceOf(answers: Answers, confirmations = 0n): Source.Source {
  const request = ({ method }: { method: string }) => Promise.resolve(answers[method]);
  const transport = custom({ request }, { retryCount: 0 });
  const client = createPublicClient({ chain: CHAIN, transport, cacheTime: 0 });
  return { client, contracts: { inbox: INBOX, portal: PORTAL }, confirmations };
}

const blockOf = (number: bigint, fields: object = {}) => ({
  ...{ number: numberToHex(number), hash: word("aa"), parentHash: word("ab"), timestamp: "0x7" },
  ...{ transactions: [], ...fields },
});

const logOf = (fields: object) => ({
  ...{ address: PORTAL, topics: [word("01")], data: "0x", blockNumber: "0x5", logIndex: "0x0" },
  ...{ blockHash: word("aa"), transactionHash: word("cc"), transactionIndex: "0x0" },
  ...{ removed: false, ...fields },
});

const DEPOSITED = parseAbiItem(
  "event TransactionDeposited(address indexed from, address indexed to, uint256 indexed version, bytes opaqueData)",
);

function deposited(opaqueData: Hex) {
  const args = { from: INBOX, to: PORTAL, version: 0n };
  const topics = encodeEventTopics({ abi: [DEPOSITED], args });
  return logOf({ topics, data: encodeAbiParameters([{ type: "bytes" }], [opaqueData]) });
}

const header = {
  ...{ previous: word("00"), version: 0, codec: 0, firstBlock: 1n, lastBlock: 1n, postedAt: 9n },
  ...{ originNumber: 4n, originHash: word("aa"), bodyRoot: word("00"), bodySize: 0 },
  ...{ depositsRoot: word("00"), depositsFrom: 0n, depositsTo: 0n },
};

/** A log of the inbox, of which the words at these places of the data are all ones. */
function posted(...overflowing: number[]) {
  const event = Abi.INBOX.find((item) => item.type === "event" && item.name === "BatchPosted");
  if (event?.type !== "event") throw new TypeError("the inbox has the event");
  const topics = encodeEventTopics({
    abi: Abi.INBOX,
    eventName: "BatchPosted",
    args: { batch: 1n, accumulator: word("00") },
  });
  const plain = event.inputs.filter((input) => !("indexed" in input && input.indexed === true));
  const data = encodeAbiParameters(plain, [header, "0x"] as never);
  const words = data.slice(2).match(/.{64}/g) ?? [];
  for (const place of overflowing) words[place] = "f".repeat(64);
  return logOf({ address: INBOX, topics, data: `0x${words.join("")}` });
}

async function failureOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => expect.fail("it was believed"),
    (error: unknown) => error,
  );
}

describe("l1/source of an L1 that lies", () => {
  const refuses = async (kind: Contradiction, answers: Answers) => {
    const source = sourceOf({ eth_getBlockByHash: blockOf(5n), ...answers });
    const failure = await failureOf(Source.events(source, 3n, 6n));
    expect(failure).to.be.instanceOf(ContradictionError).that.includes({ kind });
  };

  it("refuses logs of other blocks and contracts, those that are gone, and those told twice", async () => {
    await refuses("foreign log", { eth_getLogs: [logOf({ blockNumber: "0x2" })] });
    await refuses("foreign log", { eth_getLogs: [logOf({ blockNumber: "0x7" })] });
    await refuses("foreign log", { eth_getLogs: [logOf({ address: `0x${"99".repeat(20)}` })] });
    await refuses("foreign log", { eth_getLogs: [logOf({ removed: true })] });
    await refuses("foreign log", { eth_getLogs: [logOf({}), logOf({})] });
    const honest = [logOf({ logIndex: "0x1" }), logOf({})];
    expect(
      await Source.events(
        sourceOf({ eth_getLogs: honest, eth_getBlockByHash: blockOf(5n) }),
        3n,
        6n,
      ),
    ).to.deep.equal([]);
  });

  it("refuses deposits and batches that the contracts cannot have made", async () => {
    await refuses("log", { eth_getLogs: [deposited("0x00")] });
    await refuses("log", { eth_getLogs: [deposited(`0x${"ff".repeat(73)}`)] });
    // Where the header has its integers of 64 bits.
    for (const place of [3, 4, 5, 6, 11, 12])
      await refuses("log", { eth_getLogs: [posted(place)] });
    // What does not even decode is passed over, like what was left out: the next batch shows it.
    for (const place of [1, 2, 9]) {
      const source = sourceOf({ eth_getLogs: [posted(place)] });
      expect(await Source.events(source, 3n, 6n)).to.deep.equal([]);
    }
  });

  it("refuses a block of another number, and a header that is not whole", async () => {
    const source = sourceOf({ eth_getBlockByNumber: blockOf(8n) }, 1n);
    for (const attempt of [Source.head(source), Source.hashOf(source, 9n)]) {
      const failure = await failureOf(attempt);
      expect(failure).to.be.instanceOf(ContradictionError).that.includes({ kind: "other block" });
    }
    const { client } = sourceOf({ eth_getBlockByHash: blockOf(9n) });
    const failure = await failureOf(OriginHeader.fetchHeader(client, word("aa")));
    expect(failure).to.be.instanceOf(ContradictionError).that.includes({ kind: "other block" });
  });

  it("believes no block to be final where L1 names none, and waits where it does not answer", async () => {
    const final = await Source.finalized(sourceOf({ eth_getBlockByNumber: blockOf(9n) }));
    expect(final?.number).to.equal(9n);
    expect(await Source.finalized(sourceOf({ eth_getBlockByNumber: null }))).to.equal(undefined);
    const failing = (error: Error) => {
      const transport = custom({ request: () => Promise.reject(error) }, { retryCount: 0 });
      const client = createPublicClient({ chain: CHAIN, transport, cacheTime: 0 });
      return Source.finalized({ ...sourceOf({}), client });
    };
    const url = "http://127.0.0.1:8545";
    const unknown = { code: -39_001, message: "finalized block not found" };
    expect(await failing(new RpcRequestError({ body: {}, url, error: unknown }))).to.equal(
      undefined,
    );
    const late = await failureOf(failing(new TimeoutError({ body: {}, url })));
    expect((late as BaseError).walk((cause) => cause instanceof TimeoutError)).to.not.equal(null);
  });

  it("notices that it is another chain by now", async () => {
    await Source.requireSameChain(sourceOf({ eth_chainId: "0x7a69" }));
    const failure = await failureOf(Source.requireSameChain(sourceOf({ eth_chainId: "0x1" })));
    expect(failure).to.be.instanceOf(ContradictionError).that.includes({ kind: "other chain" });
  });

  it("is asked again, and said to be", async () => {
    const said: string[] = [];
    const retry = {
      signal: new AbortController().signal,
      say: (line: string) => void said.push(line),
    };
    let asked = 0;
    const answer = await untilItReads("read", retry, () => {
      asked += 1;
      if (asked === 1) throw new ContradictionError("foreign log", "a lie");
      return Promise.resolve("truth");
    });
    expect(answer).to.equal("truth");
    const reason = "L1.ContradictionError: a lie";
    expect(said[0]).to.equal(`read: L1 did not answer (${reason}); trying again in 0.25 s`);
  });

  it("is not waited for without end where it never answers", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const transport = http(`http://127.0.0.1:${port}`, { timeout: 50 });
    const client = createPublicClient({ chain: CHAIN, transport, cacheTime: 0 });
    const failure = await failureOf(client.getBlockNumber());
    server.closeAllConnections();
    server.close();
    expect(failure).to.be.instanceOf(TimeoutError);
    expect(isTemporary(failure)).to.equal(true);
  });

  it("is read no further where its answer has no end", async () => {
    let written = 0;
    const server = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const more = () => {
        while (!response.destroyed && response.write("[".repeat(65_536))) written += 65_536;
        response.once("drain", more);
      };
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const transport = http(`http://127.0.0.1:${port}`);
    const client = createPublicClient({ chain: CHAIN, transport, cacheTime: 0 });
    const failure = await failureOf(client.getBlockNumber());
    server.closeAllConnections();
    server.close();
    expect(failure).to.be.instanceOf(BaseError);
    const cause =
      failure instanceof BaseError
        ? failure.walk((one) => one instanceof ResponseBodyTooLargeError)
        : null;
    expect(cause).to.be.instanceOf(ResponseBodyTooLargeError);
    expect(written < 64 * 1_024 * 1_024).to.equal(true);
  });
});
