// Traces and access lists of a chain in a database, asked for as a client asks; and what bounds a question.
import { expect } from "chai";
import { getCreateAddress } from "ethers";
import { setImmediate } from "node:timers/promises";
import * as Opcode from "../../../src/machine/opcode.ts";
import type { Backend } from "../../../src/node/backend.ts";
import * as Chain from "../../../src/node/chain.ts";
import * as Database from "../../../src/node/database.ts";
import * as Derive from "../../../src/node/derive.ts";
import * as InboxRecords from "../../../src/node/inboxRecords.ts";
import * as Budget from "../../../src/node/rpc/budget.ts";
import * as Call from "../../../src/node/rpc/call.ts";
import type * as CallTracer from "../../../src/node/rpc/callTracer.ts";
import type { Methods } from "../../../src/node/rpc/dispatch.ts";
import * as RpcMethods from "../../../src/node/rpc/methods/methods.ts";
import * as Overrides from "../../../src/node/rpc/overrides.ts";
import * as Params from "../../../src/node/rpc/params.ts";
import type * as PrestateTracer from "../../../src/node/rpc/prestateTracer.ts";
import {
  InvalidInputError,
  InvalidParamsError,
  LimitExceededError,
  ResourceNotFoundError,
} from "../../../src/node/rpc/rpcError.ts";
import type * as StructLogger from "../../../src/node/rpc/structLogger.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import * as Body from "../../../src/protocol/body.ts";
import { assemble, call } from "../../parity/program.ts";
import * as L1Chain from "../../harness/l1Chain.ts";
import * as L2Chain from "../../harness/l2Chain.ts";
import * as RpcBackend from "../../harness/rpcBackend.ts";

const COUNTER = 0xc0c0n;
const CALLER = 0xca11n;
const LOOP = 0x1009n;
const BYSTANDER = 0xb15n;

// Adds one to slot 0, and logs nothing.
const counter = assemble(0n, Opcode.SLOAD, 1n, Opcode.ADD, 0n, Opcode.SSTORE);
// Looks at a balance and calls the counter.
const caller = assemble(
  ...[BYSTANDER, Opcode.BALANCE, Opcode.POP],
  call(Opcode.CALL, 100_000n, COUNTER, 0n, 0n, 0n, 0n, 0n),
);
const loop = assemble(Opcode.JUMPDEST, 0n, Opcode.JUMP);

type Trace = {
  readonly gas: number;
  readonly failed: boolean;
  readonly structLogs: readonly StructLogger.StructLog[];
};

const addressOf = (at: bigint) => Hex.fromBytes(Bytes.fromBigInt(at, 20));

describe("node/rpc debug", function () {
  this.timeout(30_000);
  let backend: Backend;
  let methods: Methods;
  let hashes: Hex.Hex[];

  before(async () => {
    const accounts = [
      L2Chain.contractAt(COUNTER, Hex.fromBytes(counter)),
      L2Chain.contractAt(CALLER, Hex.fromBytes(caller)),
      L2Chain.contractAt(LOOP, Hex.fromBytes(loop)),
    ];
    const { l1, context, genesis } = L2Chain.create(accounts);
    const database = Database.open(":memory:");
    const chain = Chain.open(database, context, genesis);
    const to = Bytes.fromBigInt(CALLER, 20);
    const made = [
      L1Chain.deposit(l1, { to, mint: 5n, value: 5n }),
      L1Chain.deposit(l1, { to, value: 7n }),
    ];
    for (const one of made) InboxRecords.putDeposit(database, one, Bytes.fromBigInt(one.index, 32));
    const transactions = [0, 1, 2].map((nonce) =>
      L2Chain.transaction(L2Chain.ALICE, nonce, { to: addressOf(nonce === 2 ? COUNTER : CALLER) }),
    );
    const timestamp = L2Chain.GENESIS_TIME + 100n;
    const body = Body.encode([{ timestamp, transactions }]);
    const { index: number, l1Block, ...posted } = L1Chain.post(l1, { blocks: 1n, body });
    InboxRecords.putBatch(database, Number(l1Block), { number, ...posted });
    const inbox = InboxRecords.inbox(database, L1Chain.PORTAL);
    const hooks = { onBlock: () => undefined, isOwn: () => false, rest: () => setImmediate() };
    const derivation = { chain, inbox, ...hooks };
    const truncate = (block: bigint) => Chain.truncate(chain, block);
    await Derive.derive({ ...derivation, truncate }, new AbortController().signal);
    backend = RpcBackend.of(chain);
    methods = RpcMethods.create(backend);
    const block = ask<{ transactions: Hex.Hex[] }>("eth_getBlockByNumber", "0x1");
    hashes = block.transactions;
  });
  after(() => Database.close(backend.chain.database));

  const ask = <T>(name: string, ...params: unknown[]) =>
    RpcBackend.ask<T>(methods, name, ...params);

  const gasUsed = (hash: Hex.Hex) =>
    Number(ask<{ gasUsed: Hex.Hex }>("eth_getTransactionReceipt", hash).gasUsed);

  it("runs each transaction of a block again as it ran, deposits and what came before included", () => {
    expect(hashes).to.have.length(5);
    const values = hashes.map((hash) => {
      const trace = ask<Trace>("debug_traceTransaction", hash);
      expect(trace.gas).to.equal(gasUsed(hash));
      const store = trace.structLogs.find(({ op }) => op === "SSTORE");
      return Object.values(store?.storage ?? {}).map(BigInt);
    });
    // The second deposit has nothing to send.
    expect(values).to.deep.equal([[1n], [], [2n], [3n], [4n]]);
  });

  it("tells of a block what it tells of its transactions", () => {
    const options = { tracer: "callTracer" };
    const { hash } = ask<{ hash: Hex.Hex }>("eth_getBlockByNumber", "0x1");
    const each = hashes.map((txHash) => ({
      txHash,
      result: ask("debug_traceTransaction", txHash, options),
    }));
    expect(ask("debug_traceBlockByNumber", "0x1", options)).to.deep.equal(each);
    expect(ask("debug_traceBlockByHash", hash, options)).to.deep.equal(each);
  });

  it("tells of a deposit that could not begin, and of calls within calls", () => {
    const options = { tracer: "callTracer" };
    const [deposit, poor] = hashes;
    const ran = ask<CallTracer.CallFrame>("debug_traceTransaction", deposit, options);
    expect(ran.calls?.map(({ type, to }) => [type, to])).to.deep.equal([
      ["CALL", addressOf(COUNTER)],
    ]);
    const failed = ask<CallTracer.CallFrame>("debug_traceTransaction", poor, options);
    expect(failed).to.include({ type: "CALL", value: "0x7", gasUsed: "0x0" });
    expect(failed.error).to.equal("insufficient funds or gas");
    const top = { ...options, tracerConfig: { onlyTopCall: true } };
    const alone = ask<CallTracer.CallFrame>("debug_traceTransaction", deposit, top);
    expect(alone).to.not.have.property("calls");
  });

  it("leaves out of a call what was not asked for, and tells no more instructions than the limit", () => {
    const request = { to: addressOf(COUNTER) };
    const bare = { disableStack: true, disableStorage: true, limit: 2 };
    const { structLogs } = ask<Trace>("debug_traceCall", request, "latest", bare);
    expect(structLogs.map(({ op }) => op)).to.deep.equal(["PUSH0", "SLOAD"]);
    expect(structLogs[1]).to.have.all.keys("pc", "op", "gas", "gasCost", "depth");
    const full = { enableMemory: true, enableReturnData: true };
    const whole = ask<Trace>("debug_traceCall", request, "latest", full);
    expect(whole.structLogs[1]).to.include.keys("stack", "memory", "returnData", "storage");
  });

  it("tells what a transaction found and what it changed, with as little as is asked for", () => {
    const trace = <T>(tracerConfig: object, hash = hashes[2]) =>
      ask<T>("debug_traceTransaction", hash, { tracer: "prestateTracer", tracerConfig });
    const [sender, slot] = [addressOf(L2Chain.addressOf(L2Chain.ALICE)), `0x${"00".repeat(32)}`];
    const word = (value: number) => `0x${String(value).padStart(64, "0")}`;
    const found = trace<PrestateTracer.Prestate>({});
    // The bystander is looked at and is not there.
    expect(found).to.include.keys(sender, addressOf(CALLER), addressOf(COUNTER));
    expect(found).not.to.have.property(addressOf(BYSTANDER));
    expect(found[addressOf(COUNTER)]).to.deep.equal({
      ...{ balance: "0x0", nonce: 1, code: Hex.fromBytes(counter), storage: { [slot]: word(1) } },
    });
    const bare = trace<PrestateTracer.Prestate>({ disableCode: true, disableStorage: true });
    expect(bare[addressOf(COUNTER)]).to.deep.equal({ balance: "0x0", nonce: 1 });
    const { pre, post } = trace<PrestateTracer.Difference>({ diffMode: true });
    expect(pre[addressOf(COUNTER)]?.storage).to.deep.equal({ [slot]: word(1) });
    expect(post[addressOf(COUNTER)]).to.deep.equal({ storage: { [slot]: word(2) } });
    expect(post[sender]).to.include({ nonce: 1 });
    expect(pre).not.to.have.property(addressOf(CALLER));
    // Of a slot that was zero there is nothing before.
    const first = trace<PrestateTracer.Difference>({ diffMode: true }, hashes[0]);
    expect(first.pre[addressOf(COUNTER)]).not.to.have.property("storage");
    expect(first.post[addressOf(COUNTER)]).to.deep.equal({ storage: { [slot]: word(1) } });
  });

  it("tells of a call what it would find and change in the state that it is given", () => {
    const overrides = {
      stateOverrides: { [addressOf(COUNTER)]: { stateDiff: { "0x0": "0x29" } } },
    };
    const options = { tracer: "prestateTracer", tracerConfig: { diffMode: true }, ...overrides };
    const request = { to: addressOf(COUNTER) };
    const { pre, post } = ask<PrestateTracer.Difference>(
      "debug_traceCall",
      request,
      "latest",
      options,
    );
    const values = [pre, post].map((side) =>
      Object.values(side[addressOf(COUNTER)]?.storage ?? {}).map(Number),
    );
    expect(values).to.deep.equal([[41], [42]]);
  });

  it("tells of an account that is gone afterwards what it was, and nothing after", () => {
    const from = addressOf(L2Chain.addressOf(L2Chain.ALICE));
    const created = getCreateAddress({ from, nonce: 3 }).toLowerCase() as Hex.Hex;
    const input = Hex.fromBytes(assemble(BYSTANDER, Opcode.SELFDESTRUCT));
    const stateOverrides = { [created]: { balance: "0x5" } };
    const options = { tracer: "prestateTracer", tracerConfig: { diffMode: true }, stateOverrides };
    const trace = ask<PrestateTracer.Difference>(
      "debug_traceCall",
      { from, input },
      "latest",
      options,
    );
    expect(trace.pre[created]).to.deep.equal({ balance: "0x5" });
    expect(trace.post).not.to.have.property(created);
    expect(trace.post[addressOf(BYSTANDER)]).to.deep.equal({ balance: "0x5" });
  });

  it("counts selectors of calls within calls", () => {
    const request = { to: addressOf(COUNTER), input: "0x12345678ff" };
    const options = { tracer: "4byteTracer" };
    const counts = ask("debug_traceCall", request, "latest", options);
    expect(counts).to.deep.equal({ "0x12345678-1": 1 });
    expect(ask("debug_traceTransaction", hashes[1], options)).to.deep.equal({});
  });

  it("refuses by name what it has no trace of", () => {
    const refuses = (type: new (reason: string) => Error, name: string, ...params: unknown[]) =>
      expect(() => ask(name, ...params), name).to.throw(type);
    refuses(InvalidInputError, "debug_traceBlockByNumber", "0x0");
    refuses(InvalidInputError, "debug_traceBlockByNumber", "0x77");
    refuses(ResourceNotFoundError, "debug_traceTransaction", `0x${"12".repeat(32)}`);
    const request = { to: addressOf(COUNTER) };
    refuses(InvalidParamsError, "debug_traceCall", request, "latest", { tracer: "muxTracer" });
    refuses(InvalidParamsError, "debug_traceCall", request, "latest", { limit: -1 });
  });

  it("refuses a trace that is too long for one answer", () => {
    const request = { to: addressOf(LOOP), gas: "0xffffff" };
    expect(() => ask("debug_traceCall", request)).to.throw(LimitExceededError);
  });

  it("ends a call when its time is over", () => {
    const nothing = { accounts: new Map(), block: Overrides.parseBlock({}) };
    const place = Call.placeAt(backend, { tag: "latest" }, nothing);
    const late = { ...place, budget: Budget.begin("this call", -1) };
    const request = Params.callRequest({ to: addressOf(LOOP) });
    expect(() => Call.run(late, request, 1_000_000n)).to.throw(LimitExceededError);
  });

  it("lists what a call reads, which makes it no dearer", () => {
    type Listed = { accessList: { address: string; storageKeys: string[] }[]; gasUsed: Hex.Hex };
    const request = { to: addressOf(CALLER) };
    const { accessList, gasUsed: used } = ask<Listed>("eth_createAccessList", request);
    expect(accessList).to.deep.equal([
      { address: addressOf(BYSTANDER), storageKeys: [] },
      { address: addressOf(COUNTER), storageKeys: [`0x${"00".repeat(32)}`] },
    ]);
    const again = ask<Trace>("debug_traceCall", { ...request, accessList }, "pending");
    expect(again.gas).to.equal(Number(used));
    expect(
      ask<Listed>("eth_createAccessList", { ...request, accessList }).accessList,
    ).to.deep.equal(accessList);
  });

  it("finds a transaction by its sender and nonce, also a deposit, and none that was not sent", () => {
    const sender = addressOf(L2Chain.addressOf(L2Chain.ALICE));
    const find = (address: string, nonce: string) =>
      ask<{ hash: string } | null>("eth_getTransactionBySenderAndNonce", address, nonce);
    expect([0, 1, 2].map((nonce) => find(sender, `0x${nonce}`)?.hash)).to.deep.equal(
      hashes.slice(2),
    );
    expect(find(sender, "0x3")).to.equal(null);
    const { from } = ask<{ from: string }>("eth_getTransactionByHash", hashes[1]);
    expect(find(from, "0x1")?.hash).to.equal(hashes[1]);
    // Contracts begin with nonce 1: what they passed over is no transaction's.
    expect(find(addressOf(COUNTER), "0x0")).to.equal(null);
  });

  it("answers in one go what other methods answer one by one", () => {
    const [zero, one] = [0, 1].map((slot) => `0x${String(slot).padStart(64, "0")}`);
    const values = ask("eth_getStorageValues", { [addressOf(COUNTER)]: [zero, one] }, "latest");
    const each = [zero, one].map((slot) => ask("eth_getStorageAt", addressOf(COUNTER), slot));
    expect(values).to.deep.equal({ [addressOf(COUNTER)]: each });
    const many = Array.from({ length: 1_025 }, () => zero);
    expect(() => ask("eth_getStorageValues", { [addressOf(COUNTER)]: many })).to.throw(
      InvalidParamsError,
    );
    const { hash, ...block } = ask<{ hash: string }>("eth_getBlockByNumber", "0x1");
    const header = ask<object>("eth_getHeaderByNumber", "0x1");
    expect({ hash, ...block }).to.deep.include(header);
    expect(ask("eth_getHeaderByHash", hash)).to.deep.equal(header);
    expect(header).not.to.have.any.keys("transactions", "uncles", "size");
    const raw = hashes.map((one) => ask("eth_getRawTransactionByHash", one));
    const byPlace = (name: string, id: string) =>
      hashes.map((_, index) => ask(name, id, Hex.fromBigInt(BigInt(index))));
    expect(byPlace("eth_getRawTransactionByBlockNumberAndIndex", "0x1")).to.deep.equal(raw);
    expect(byPlace("eth_getRawTransactionByBlockHashAndIndex", hash)).to.deep.equal(raw);
  });

  it("finds receipts by the hash of a block as by its number", () => {
    const { hash } = ask<{ hash: Hex.Hex }>("eth_getBlockByNumber", "0x1");
    expect(ask("eth_getBlockReceipts", hash)).to.deep.equal(ask("eth_getBlockReceipts", "0x1"));
  });

  describe("filters", () => {
    it("name no more than a thousand addresses and topics", () => {
      const address = Array.from({ length: 1_001 }, () => addressOf(COUNTER));
      const topics = [Array.from({ length: 1_001 }, () => `0x${"00".repeat(32)}`)];
      expect(() => ask("eth_getLogs", { address })).to.throw(InvalidParamsError);
      expect(() => ask("eth_newFilter", { topics })).to.throw(InvalidParamsError);
    });

    it("that nobody asks for make room for new ones", () => {
      const first = ask("eth_newPendingTransactionFilter");
      for (let i = 0; i < 100; i++) ask("eth_newPendingTransactionFilter");
      expect(() => ask("eth_getFilterChanges", first)).to.throw(ResourceNotFoundError);
      const kept = ask("eth_newBlockFilter");
      for (let i = 0; i < 1_000; i++) ask("eth_newBlockFilter");
      expect(() => ask("eth_getFilterChanges", kept)).to.throw(ResourceNotFoundError);
    });
  });
});
