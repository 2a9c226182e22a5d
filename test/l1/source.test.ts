import { expect } from "chai";
import { network } from "hardhat";
import { createPublicClient, custom, RpcRequestError } from "viem";
import { getL2TransactionHashes } from "viem/op-stack";
import * as Chain from "../../src/l1/chain.ts";
import * as Contracts from "../../src/l1/contracts.ts";
import * as OriginHeader from "../../src/l1/originHeader.ts";
import * as Source from "../../src/l1/source.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Rlp from "../../src/primitives/rlp.ts";
import * as Batch from "../../src/protocol/batch.ts";
import * as BlockHeader from "../../src/protocol/blockHeader.ts";
import { deployRollup, GENESIS } from "../harness/deployment.ts";
import * as L1Record from "../harness/l1Record.ts";

const NOWHERE = "0x00000000000000000000000000000000000000ff";

async function fixture(confirmations = 0n) {
  const rollup = await deployRollup();
  const chain = Chain.defineL1({ id: 31_337, name: "L1", rpcUrl: "http://127.0.0.1:8545" });
  const client = createPublicClient({
    chain,
    transport: custom(rollup.connection.provider),
    cacheTime: 0,
  });
  const address = async (contract: { getAddress: () => Promise<string> }) =>
    (await contract.getAddress()) as `0x${string}`;
  const contracts: Contracts.Contracts = {
    inbox: await address(rollup.inbox),
    portal: await address(rollup.portal),
    disputeGame: NOWHERE,
    gameRegistry: NOWHERE,
    standardBridge: NOWHERE,
  };
  const source: Source.Source = { client, contracts, confirmations };

  async function post(fields: Partial<Contracts.NewBatch>) {
    const { inbox, sequencer, ethers } = rollup;
    const call = Contracts.postBatch(contracts, {
      previous: Hex.toBytes(await inbox.accumulator(await inbox.batchCount())),
      blocks: 2n,
      originNumber: BigInt(await ethers.provider.getBlockNumber()),
      depositsTo: 0n,
      body: new Uint8Array(0),
      ...fields,
    });
    await sequencer.sendTransaction({ to: call.to, data: call.data, value: call.value });
  }
  return { ...rollup, client, contracts, source, post };
}

describe("l1/source", () => {
  it("reads what derivation takes, in the order of the log", async () => {
    const { portal, user, stranger, source, post, contracts, ethers } = await fixture();
    const deposit = (value: number) =>
      portal.connect(user).depositTransaction(stranger, value, 100_000, false, "0x0102", { value });
    await deposit(3);
    await deposit(4);
    await post({ body: Uint8Array.of(1, 2, 3), depositsTo: 1n });
    await deposit(5);
    await post({ body: new Uint8Array(5_000).fill(7), depositsTo: 3n });

    const tip = BigInt(await ethers.provider.getBlockNumber());
    const events = await Source.events(source, 0n, tip);
    expect(events.map(({ type }) => type)).to.deep.equal([
      "deposit",
      "deposit",
      "batch",
      "deposit",
      "batch",
    ]);
    // Derivation checks every hash and root of what was read.
    const genesis = Batch.genesisAccumulator(Hex.toBytes(GENESIS));
    const empty = L1Record.create(genesis, Hex.toBytes(contracts.portal));
    const record = L1Record.extend(empty, events);
    expect(L1Record.lastBlock(record)).to.equal(4n);
    expect(record.deposits.map(({ mint }) => mint)).to.deep.equal([3n, 4n, 5n]);
    expect(Hex.fromBytes(record.batches[1]?.accumulator ?? new Uint8Array(0))).to.equal(
      await ethers.getContractAt("Inbox", contracts.inbox).then((inbox) => inbox.accumulator(2)),
    );

    const parts = await Promise.all([
      Source.events(source, 0n, tip - 2n),
      Source.events(source, tip - 1n, tip),
    ]);
    expect(parts.flat()).to.deep.equal(events);
  });

  it("knows a deposit by the hash that OP-stack clients look up", async () => {
    const { client, portal, user, source, ethers } = await fixture();
    const sent = await portal
      .connect(user)
      .depositTransaction(user, 1, 100_000, false, "0x", { value: 1 });
    const { logs } = await client.getTransactionReceipt({ hash: sent.hash });
    const tip = BigInt(await ethers.provider.getBlockNumber());
    const [event] = await Source.events(source, tip, tip);
    expect(event?.type === "deposit" ? [Hex.fromBytes(event.alias)] : []).to.deep.equal(
      getL2TransactionHashes({ logs }),
    );
  });

  it("passes over what else the portal logs", async () => {
    const { source, inbox, ethers } = await fixture();
    await inbox.checkpoint(1);
    const tip = BigInt(await ethers.provider.getBlockNumber());
    expect(await Source.events(source, tip, tip)).to.deep.equal([]);
  });

  it("asks L1 once for a head without confirmations", async () => {
    const { source, client, ethers } = await fixture();
    const asked: string[] = [];
    const counted = createPublicClient({
      chain: client.chain,
      transport: custom({
        request: ({ method, params }: { method: string; params: unknown[] }) => {
          asked.push(method);
          return ethers.provider.send(method, params);
        },
      }),
    });
    const head = await Source.head({ ...source, client: counted });
    expect(head.number).to.equal(BigInt(await ethers.provider.getBlockNumber()));
    expect(asked).to.deep.equal(["eth_getBlockByNumber"]);
  });

  it("stays its confirmations behind the tip", async () => {
    const { source, client, pass } = await fixture(3n);
    for (let i = 0; i < 5; i++) await pass(12);
    const tip = await client.getBlockNumber();
    const head = await Source.head(source);
    expect(head.number).to.equal(tip - 3n);
    expect(await Source.hashOf(source, head.number)).to.deep.equal(head.hash);
    const early = await Source.head({ ...source, confirmations: 1_000n });
    expect(early.number).to.equal(0n);
  });
});

describe("l1/originHeader", () => {
  for (const hardfork of ["cancun", "prague", "osaka"]) {
    it(`gives the bytes that hash to a block of ${hardfork}`, async () => {
      const { provider } = await network.create({ network: "l1", override: { hardfork } });
      const chain = Chain.defineL1({ id: 31_337, name: "L1", rpcUrl: "http://127.0.0.1:8545" });
      const client = createPublicClient({ chain, transport: custom(provider), cacheTime: 0 });
      await provider.request({ method: "evm_mine", params: [] });
      const block = await client.getBlock();
      const encoded = await OriginHeader.fetchHeader(client, block.hash);
      expect(BlockHeader.decode(encoded).number).to.equal(block.number);

      const altered = { ...block, gasUsed: block.gasUsed + 1n };
      expect(() => OriginHeader.encodeHeader(altered)).to.throw(OriginHeader.HeaderHashError);
    });
  }

  it("asks L1 for the bytes of a header to which a later fork has appended fields", async () => {
    const { provider } = await network.create("l1");
    const chain = Chain.defineL1({ id: 31_337, name: "L1", rpcUrl: "http://127.0.0.1:8545" });
    const params = ["latest", false];
    const latest: unknown = await provider.request({ method: "eth_getBlockByNumber", params });
    const known = await OriginHeader.fetchHeader(
      createPublicClient({ chain, transport: custom(provider), cacheTime: 0 }),
      (latest as { hash: `0x${string}` }).hash,
    );
    const later = Rlp.encode([...Rlp.decodeList(known), new Uint8Array(32).fill(7)]);
    const hash = Hex.fromBytes(keccak256(later));
    const fetch = (debug: () => Promise<unknown>) => {
      const block = () => Promise.resolve({ ...(latest as object), hash });
      const request = ({ method }: { method: string }) =>
        method === "debug_getRawHeader" ? debug() : block();
      const transport = custom({ request }, { retryCount: 0 });
      return OriginHeader.fetchHeader(createPublicClient({ chain, transport, cacheTime: 0 }), hash);
    };
    expect(await fetch(() => Promise.resolve(Hex.fromBytes(later)))).to.deep.equal(later);
    expect(BlockHeader.decode(later)).to.deep.equal(BlockHeader.decode(known));

    const error = { code: -32_601, message: "the method debug_getRawHeader does not exist" };
    for (const none of [
      () => Promise.reject(new RpcRequestError({ body: {}, url: "l1", error })),
      () => Promise.resolve(Hex.fromBytes(known)),
      () => Promise.resolve(null),
    ]) {
      const failure = await fetch(none).catch((reason: unknown) => reason);
      expect(failure)
        .to.be.instanceOf(OriginHeader.HeaderHashError)
        .that.includes({ expected: hash });
    }
  });
});
