// Traces and access lists of a chain in a database, asked for as a client asks; and what bounds a question.
import { expect } from "chai";
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
import * as Params from "../../../src/node/rpc/params.ts";
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
    backend = {
      ...{ chain, portal: L1Chain.PORTAL, rollupConfig: {} },
      progress: () => {
        const none = new Uint8Array(32);
        return { safe: 1n, finalized: 1n, l1Number: 1n, l1Hash: none, l1Timestamp: 1n };
      },
      submit: () => Promise.reject(new TypeError("nothing is submitted here")),
      ...{ waiting: () => undefined, allWaiting: () => [] },
      ...{ pendingNonce: (_address: bigint, nonce: bigint) => nonce, suggestedTip: () => 1n },
    };
    methods = RpcMethods.create(backend);
    const block = ask<{ transactions: Hex.Hex[] }>("eth_getBlockByNumber", "0x1");
    hashes = block.transactions;
  });
  after(() => Database.close(backend.chain.database));

  function ask<T>(name: string, ...params: unknown[]): T {
    const method = methods[name];
    if (method === undefined) throw new TypeError(`no method ${name}`);
    return method(params, { send: undefined }) as T;
  }

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

  it("refuses by name what it has no trace of", () => {
    const refuses = (type: new (reason: string) => Error, name: string, ...params: unknown[]) =>
      expect(() => ask(name, ...params), name).to.throw(type);
    refuses(InvalidInputError, "debug_traceBlockByNumber", "0x0");
    refuses(InvalidInputError, "debug_traceBlockByNumber", "0x77");
    refuses(ResourceNotFoundError, "debug_traceTransaction", `0x${"12".repeat(32)}`);
    const request = { to: addressOf(COUNTER) };
    refuses(InvalidParamsError, "debug_traceCall", request, "latest", { tracer: "4byteTracer" });
    refuses(InvalidParamsError, "debug_traceCall", request, "latest", { limit: -1 });
  });

  it("refuses a trace that is too long for one answer", () => {
    const request = { to: addressOf(LOOP), gas: "0xffffff" };
    expect(() => ask("debug_traceCall", request)).to.throw(LimitExceededError);
  });

  it("ends a call when its time is over", () => {
    const place = Call.placeAt(backend, { tag: "latest" }, new Map());
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
