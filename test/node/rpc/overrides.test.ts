// Accounts, precompiles and blocks that a call finds otherwise than the chain has them.
import { expect } from "chai";
import * as Opcode from "../../../src/machine/opcode.ts";
import type { Backend } from "../../../src/node/backend.ts";
import * as Database from "../../../src/node/database.ts";
import type { Methods } from "../../../src/node/rpc/dispatch.ts";
import * as RpcMethods from "../../../src/node/rpc/methods/methods.ts";
import {
  InvalidInputError,
  InvalidParamsError,
  RefusedError,
  type RefusalKind,
} from "../../../src/node/rpc/rpcError.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import * as DerivedChain from "../../harness/derivedChain.ts";
import * as L2Chain from "../../harness/l2Chain.ts";
import * as RpcBackend from "../../harness/rpcBackend.ts";
import { assemble, call } from "../../parity/program.ts";

const COUNTER = 0xc0c0n;
const TELLER = 0x7e11n;
const IDENTITY = 0x04n;
const ELSEWHERE = 0xe15en;

const returnTop = [0n, Opcode.MSTORE, 32n, 0n, Opcode.RETURN];
const counter = assemble(0n, Opcode.SLOAD, 1n, Opcode.ADD, 0n, Opcode.SSTORE);
// Returns the hash of the block before.
const teller = assemble(1n, Opcode.NUMBER, Opcode.SUB, Opcode.BLOCKHASH, ...returnTop);

type Simulated = { readonly calls: readonly { readonly returnData: string }[] };

const at = (address: bigint) => Hex.fromBytes(Bytes.fromBigInt(address, 20));
const word = (value: bigint) => Hex.fromBytes(Bytes.fromBigInt(value, 32));

describe("node/rpc overrides", () => {
  let backend: Backend;
  let methods: Methods;

  before(async () => {
    const accounts = [
      L2Chain.contractAt(COUNTER, Hex.fromBytes(counter)),
      L2Chain.contractAt(TELLER, Hex.fromBytes(teller)),
    ];
    const { chain } = await DerivedChain.open(accounts, [[], []]);
    backend = RpcBackend.of(chain);
    methods = RpcMethods.create(backend);
  });
  after(() => Database.close(backend.chain.database));

  const ask = <T>(name: string, ...params: unknown[]) =>
    RpcBackend.ask<T>(methods, name, ...params);
  const simulate = (blockStateCalls: unknown[]) =>
    ask<(Simulated & Record<string, unknown>)[]>("eth_simulateV1", { blockStateCalls });
  const callsOf = (blocks: readonly Simulated[]) => blocks.flatMap((block) => block.calls);
  const calls = (to: bigint, input: string, state: object, block?: object) =>
    ask<string>("eth_call", { to: at(to), input }, "latest", state, block);

  it("of a block are what its calls read, and which hashes they can read", () => {
    const reads = [
      [Opcode.NUMBER, { number: "0x64" }, 100n],
      [Opcode.TIMESTAMP, { time: "0x77359400" }, 2_000_000_000n],
      [Opcode.GASLIMIT, { gasLimit: "0x989680" }, 10_000_000n],
      [Opcode.COINBASE, { feeRecipient: at(0xfeen) }, 0xfeen],
      [Opcode.PREVRANDAO, { prevRandao: word(9n) }, 9n],
      [Opcode.BLOBBASEFEE, { blobBaseFee: "0x7" }, 7n],
    ] as const;
    for (const [opcode, override, value] of reads) {
      const state = { [at(ELSEWHERE)]: { code: Hex.fromBytes(assemble(opcode, ...returnTop)) } };
      expect(BigInt(calls(ELSEWHERE, "0x", state, override))).to.equal(value);
      const plan = {
        blockOverrides: override,
        stateOverrides: state,
        calls: [{ to: at(ELSEWHERE) }],
      };
      expect(BigInt(callsOf(simulate([plan])).at(-1)?.returnData ?? 0)).to.equal(value);
    }
    const hashAt = (number: string) => ask<{ hash: string }>("eth_getBlockByNumber", number).hash;
    const before = (number: string) => calls(TELLER, "0x", {}, { number });
    expect(before("0x1")).to.equal(hashAt("0x0"));
    expect(before("0x3")).to.equal(hashAt("0x2"));
    expect(BigInt(before("0x5"))).to.equal(0n);
    // 256 blocks later the place of block 2 in the ring is that of a block that is not there.
    expect(BigInt(before("0x103"))).to.equal(0n);
  });

  it("move a precompile, and put code in its place", () => {
    const code = Hex.fromBytes(assemble(42n, ...returnTop));
    const state = { [at(IDENTITY)]: { code, movePrecompileToAddress: at(ELSEWHERE) } };
    expect(calls(ELSEWHERE, "0x1234", state)).to.equal("0x1234");
    expect(BigInt(calls(IDENTITY, "0x1234", state))).to.equal(42n);
    expect(calls(IDENTITY, "0x1234", {})).to.equal("0x1234");
    const moved = { [at(IDENTITY)]: { movePrecompileToAddress: at(ELSEWHERE) } };
    expect(calls(IDENTITY, "0x1234", moved)).to.equal("0x");
  });

  it("move a precompile for one block of a simulation only", () => {
    const moveTo = (to: bigint) => ({ [at(IDENTITY)]: { movePrecompileToAddress: at(to) } });
    const asked = [IDENTITY, ELSEWHERE, ELSEWHERE + 1n].map((to) => ({
      ...{ to: at(to), input: "0x1234" },
    }));
    const told = simulate([
      { stateOverrides: moveTo(ELSEWHERE), calls: asked },
      { stateOverrides: moveTo(ELSEWHERE + 1n), calls: asked },
      { calls: asked },
    ]).map((block) => block.calls.map(({ returnData }) => returnData));
    expect(told).to.deep.equal([
      ["0x", "0x1234", "0x"],
      ["0x", "0x", "0x1234"],
      ["0x1234", "0x", "0x"],
    ]);
  });

  it("move a precompile for calls within calls and for all that estimate or trace", () => {
    const outer = assemble(
      call(Opcode.STATICCALL, 50_000n, ELSEWHERE, 0n, 0n, 0n, 0n),
      ...[Opcode.RETURNDATASIZE, Opcode.ADD, ...returnTop],
    );
    const state = {
      [at(IDENTITY)]: { movePrecompileToAddress: at(ELSEWHERE) },
      [at(0x0e0en)]: { code: Hex.fromBytes(outer) },
    };
    expect(BigInt(calls(0x0e0en, "0x", state))).to.equal(1n);
    const request = { to: at(ELSEWHERE), input: "0x1234" };
    const plain = ask<string>("eth_estimateGas", { ...request, to: at(IDENTITY) });
    expect(ask("eth_estimateGas", request, "latest", state)).to.equal(plain);
    const trace = ask<{ returnValue: string }>("debug_traceCall", request, "latest", {
      ...{ stateOverrides: state, blockOverrides: { number: "0x9" } },
    });
    expect(trace.returnValue).to.equal("0x1234");
  });

  it("move nothing that is no precompile", () => {
    const state = { [at(COUNTER)]: { movePrecompileToAddress: at(ELSEWHERE) } };
    for (const attempt of [
      () => calls(COUNTER, "0x", state),
      () => simulate([{ stateOverrides: state }]),
    ]) {
      const message = `account ${at(COUNTER)} is not a precompile`;
      expect(attempt).to.throw(InvalidInputError).that.includes({ code: -32000, message });
    }
  });

  it("move no precompile to itself or over something else", () => {
    const cases: [RefusalKind, number, object][] = [
      [
        ...(["precompileMovedToItself", -38022] as const),
        { [at(IDENTITY)]: { movePrecompileToAddress: at(IDENTITY) } },
      ],
      [
        ...(["precompileMovedTwice", -38023] as const),
        {
          [at(IDENTITY)]: { movePrecompileToAddress: at(ELSEWHERE) },
          [at(0x02n)]: { movePrecompileToAddress: at(ELSEWHERE) },
        },
      ],
      [
        ...(["precompileMovedTwice", -38023] as const),
        {
          [at(IDENTITY)]: { movePrecompileToAddress: at(ELSEWHERE) },
          [at(ELSEWHERE)]: { balance: "0x1" },
        },
      ],
    ];
    for (const [kind, code, state] of cases) {
      for (const attempt of [
        () => calls(COUNTER, "0x", state),
        () => simulate([{ stateOverrides: state }]),
      ]) {
        expect(attempt).to.throw(RefusedError).that.includes({ kind, code });
      }
    }
  });

  it("give no more ether than there are numbers for, or say so", () => {
    const all = `0x${"f".repeat(64)}`;
    const code = Hex.fromBytes(assemble(Opcode.SELFBALANCE, 0n, Opcode.SSTORE));
    const state = { [at(0xaan)]: { balance: all }, [at(0xbbn)]: { balance: "0x5", code } };
    const request = { from: at(0xaan), to: at(0xbbn), value: all };
    const options = {
      ...{ tracer: "prestateTracer", tracerConfig: { diffMode: true } },
      stateOverrides: state,
    };
    const traced = () => ask("debug_traceCall", request, "latest", options);
    expect(traced).to.throw(InvalidParamsError);
    const log = Hex.fromBytes(assemble(Opcode.SELFBALANCE, 0n, 0n, Opcode.LOG1));
    const logging = { ...state, [at(0xbbn)]: { balance: "0x5", code: log } };
    expect(() => ask("eth_call", request, "latest", logging)).to.throw(InvalidParamsError);
    const plan = { stateOverrides: logging, calls: [request] };
    expect(() => simulate([plan])).to.throw(InvalidParamsError);
  });

  it("leave nothing in a state of an account that has nothing", () => {
    const [with_, without] = [{ [at(0x5555n)]: { balance: "0x0" } }, {}].map(
      (stateOverrides) => simulate([{ stateOverrides }])[0]?.["stateRoot"],
    );
    expect(with_).to.equal(without);
  });
});
