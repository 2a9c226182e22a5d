// What those who follow the chain over JSON-RPC are told when L1 takes blocks back.
import { expect } from "chai";
import * as Opcode from "../../../src/machine/opcode.ts";
import type { Backend } from "../../../src/node/backend.ts";
import * as Database from "../../../src/node/database.ts";
import type { Methods } from "../../../src/node/rpc/dispatch.ts";
import * as RpcMethods from "../../../src/node/rpc/methods/methods.ts";
import { LimitExceededError, ResourceNotFoundError } from "../../../src/node/rpc/rpcError.ts";
import * as Subscriptions from "../../../src/node/rpc/subscriptions.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import type { Source } from "../../../src/watcher/claimTrace.ts";
import * as DerivedChain from "../../harness/derivedChain.ts";
import * as L2Chain from "../../harness/l2Chain.ts";
import * as RpcBackend from "../../harness/rpcBackend.ts";
import { assemble, call } from "../../parity/program.ts";

const LOGGER = 0x1099e2n;
const HOARDER = 0x80a2dn;
const BLOCKS = 4;

type Told = { readonly removed?: boolean; readonly blockNumber?: string; readonly number?: string };

const at = (address: bigint) => Hex.fromBytes(Bytes.fromBigInt(address, 20));
// Logs twice: nothing, and its first slot's worth of memory.
const logger = assemble(call(Opcode.LOG0, 0n, 0n), call(Opcode.LOG1, 0n, 32n, 5n));
const hoarder = assemble(call(Opcode.LOG0, 0n, 150_000n));

const logOf = ({ removed, blockNumber }: Told) => [removed, Number(blockNumber)];

describe("node/rpc after a reorganisation of L1", function () {
  this.timeout(30_000);
  let source: Source;
  let backend: Backend;
  let methods: Methods;
  let subscriptions: Subscriptions.Subscriptions;
  let news: Told[];

  beforeEach(async () => {
    const accounts = [
      L2Chain.contractAt(LOGGER, Hex.fromBytes(logger)),
      L2Chain.contractAt(HOARDER, Hex.fromBytes(hoarder)),
    ];
    const blocks = Array.from({ length: BLOCKS }, (_, nonce) => [
      L2Chain.transaction(L2Chain.ALICE, nonce, { to: at(LOGGER) }),
    ]);
    source = await DerivedChain.open(accounts, blocks);
    backend = RpcBackend.of(source.chain);
    subscriptions = Subscriptions.create(backend);
    methods = RpcMethods.create(backend);
    news = [];
  });
  afterEach(() => Database.close(source.chain.database));

  const ask = <T>(name: string, ...params: unknown[]) =>
    RpcBackend.ask<T>(methods, name, ...params);
  const changes = (filter: string) => ask<Told[]>("eth_getFilterChanges", filter);
  const goBackTo = (number: bigint) => {
    const bring = DerivedChain.takeBack(source, number);
    return () => bring(subscriptions.onBlock);
  };

  function subscribe(...params: unknown[]): void {
    const send = (message: string) => {
      news.push((JSON.parse(message) as { params: { result: Told } }).params.result);
      return true;
    };
    void subscriptions.methods["eth_subscribe"]?.(params, { send });
  }

  it("tells subscribers of logs what is gone, oldest first, and then what has come instead", async () => {
    subscribe("logs", { topics: [[`0x${"00".repeat(31)}05`]] });
    subscribe("logs", { address: at(HOARDER) });
    const goOn = goBackTo(2n);
    expect(news.map(logOf)).to.deep.equal([
      [true, 3],
      [true, 4],
    ]);
    await goOn();
    expect(news.slice(2).map(logOf)).to.deep.equal([
      [false, 3],
      [false, 4],
    ]);
  });

  it("tells subscribers of heads the new ones, and of nothing that is gone", async () => {
    subscribe("newHeads");
    const goOn = goBackTo(1n);
    expect(news).to.deep.equal([]);
    await goOn();
    expect(news.map(({ number }) => Number(number))).to.deep.equal([2, 3, 4]);
    expect(news[2]).to.deep.equal(ask("eth_getHeaderByNumber", "latest"));
  });

  it("tells a filter of what it was told before and is gone, though the chain is as long again", async () => {
    const logs = ask<string>("eth_newFilter", { topics: [`0x${"00".repeat(31)}05`] });
    const heads = ask<string>("eth_newBlockFilter");
    await goBackTo(2n)();
    expect(changes(logs).map(logOf)).to.deep.equal([
      [true, 3],
      [true, 4],
      [false, 3],
      [false, 4],
    ]);
    expect(changes(heads)).to.have.length(2);
    expect(changes(logs)).to.deep.equal([]);
    expect(changes(heads)).to.deep.equal([]);
  });

  it("tells a filter nothing of blocks that came and went between two questions", async () => {
    const first = goBackTo(1n);
    const filter = ask<string>("eth_newFilter", { address: at(LOGGER) });
    await first();
    const second = goBackTo(2n);
    expect(changes(filter).map(logOf)).to.deep.equal([
      [false, 2],
      [false, 2],
    ]);
    await second();
    await goBackTo(0n)();
    goBackTo(3n);
    expect(changes(filter).map(logOf)).to.deep.equal([
      // Block 1 was there before the filter, which is told that it went all the same.
      ...[
        [true, 1],
        [true, 1],
        [true, 2],
        [true, 2],
      ],
      ...[
        [false, 1],
        [false, 1],
        [false, 2],
        [false, 2],
        [false, 3],
        [false, 3],
      ],
    ]);
  });

  it("gives a filter up, by name, if more is gone than is kept, and block filters go on", async () => {
    const hoarded = Array.from({ length: 60 }, (_, nonce) =>
      L2Chain.transaction(L2Chain.ALICE, nonce, { to: at(HOARDER), gasLimit: 2_000_000n }),
    );
    Database.close(source.chain.database);
    const accounts = [L2Chain.contractAt(HOARDER, Hex.fromBytes(hoarder))];
    const perBlock = 12;
    const blocks = Array.from({ length: 5 }, (_, block) =>
      hoarded.slice(block * perBlock, (block + 1) * perBlock),
    );
    source = await DerivedChain.open(accounts, blocks);
    backend = RpcBackend.of(source.chain);
    methods = RpcMethods.create(backend);
    const logs = ask<string>("eth_newFilter", {});
    const heads = ask<string>("eth_newBlockFilter");
    await goBackTo(0n)();
    expect(() => changes(logs)).to.throw(LimitExceededError);
    expect(() => changes(logs)).to.throw(ResourceNotFoundError);
    expect(changes(heads)).to.have.length(5);
  });
});
