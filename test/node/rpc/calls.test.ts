// What eth_call, eth_estimateGas and eth_getLogs refuse, and what they say of it.
import { expect } from "chai";
import * as Opcode from "../../../src/machine/opcode.ts";
import type { Backend } from "../../../src/node/backend.ts";
import * as Database from "../../../src/node/database.ts";
import type { Methods } from "../../../src/node/rpc/dispatch.ts";
import * as RpcMethods from "../../../src/node/rpc/methods/methods.ts";
import {
  ExecutionRevertedError,
  InvalidInputError,
  InvalidParamsError,
  ResourceNotFoundError,
} from "../../../src/node/rpc/rpcError.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import * as DerivedChain from "../../harness/derivedChain.ts";
import * as L2Chain from "../../harness/l2Chain.ts";
import * as RpcBackend from "../../harness/rpcBackend.ts";
import { CHAIN_ID } from "../../harness/signedTransactions.ts";
import { assemble, call } from "../../parity/program.ts";

const LOOP = 0x1009n;
const INVALID = 0xfefen;
const PANIC = 0x4e48n;
const OUTER = 0x0e0en;
const NOW = 0x0708n;

const at = (address: bigint) => Hex.fromBytes(Bytes.fromBigInt(address, 20));
const ALICE = at(L2Chain.addressOf(L2Chain.ALICE));

describe("node/rpc calls", () => {
  let backend: Backend;
  let methods: Methods;

  before(async () => {
    const programs: [bigint, Uint8Array][] = [
      [LOOP, assemble(Opcode.JUMPDEST, 0n, Opcode.JUMP)],
      [INVALID, assemble(Opcode.INVALID)],
      [
        PANIC,
        assemble(
          call(Opcode.MSTORE, 0n, 0x4e487b71n << 224n),
          call(Opcode.MSTORE, 4n, 0x11n),
          call(Opcode.REVERT, 0n, 36n),
        ),
      ],
      [
        NOW,
        assemble(
          ...[Opcode.NUMBER, 0n, Opcode.MSTORE, Opcode.TIMESTAMP, 32n, Opcode.MSTORE],
          call(Opcode.RETURN, 0n, 64n),
        ),
      ],
      // Calls what halts, and then fails for a reason of its own.
      [OUTER, assemble(call(Opcode.CALL, 1_000n, INVALID, 0n, 0n, 0n, 0n, 0n), 1n, Opcode.JUMP)],
    ];
    const accounts = programs.map(([address, code]) =>
      L2Chain.contractAt(address, Hex.fromBytes(code)),
    );
    const { chain } = await DerivedChain.open(accounts, [[], []]);
    backend = RpcBackend.of(chain);
    methods = RpcMethods.create(backend);
  });
  after(() => Database.close(backend.chain.database));

  const ask = (name: string, ...params: unknown[]) =>
    RpcBackend.ask<unknown>(methods, name, ...params);
  const refused = (request: object, message: string) => {
    for (const method of ["eth_call", "eth_estimateGas"]) {
      expect(() => ask(method, request), method)
        .to.throw(InvalidInputError)
        .that.includes({ code: -32000, message });
    }
  };

  it("say why they halt, of the call itself and not of one within it", () => {
    refused({ to: at(LOOP), gas: "0x8000" }, "out of gas");
    refused({ to: at(INVALID) }, "invalid opcode: INVALID");
    refused({ to: at(OUTER) }, "invalid jump destination");
    refused({ input: "0x56" }, "stack underflow (0 <=> 1)");
    refused({ to: at(0x02n), gas: "0x5209" }, "precompile failed");
  });

  it("run in the latest block, or in one after it that is no earlier than L1's newest", () => {
    const { number, timestamp } = backend.chain.head.header;
    const now = (time: bigint, tag: string) => {
      const progress = () => ({ ...backend.progress(), l1Timestamp: time });
      const there = RpcMethods.create({ ...backend, progress });
      const words = RpcBackend.ask<string>(there, "eth_call", { to: at(NOW) }, tag).slice(2);
      return [BigInt(`0x${words.slice(0, 64)}`), BigInt(`0x${words.slice(64)}`)];
    };
    expect(now(timestamp + 9n, "latest")).to.deep.equal([number, timestamp]);
    expect(now(timestamp - 9n, "pending")).to.deep.equal([number + 1n, timestamp + 1n]);
    expect(now(timestamp + 9n, "pending")).to.deep.equal([number + 1n, timestamp + 9n]);
  });

  it("have an access list also if they fail, with why they do", () => {
    const errorOf = (request: object) =>
      (ask("eth_createAccessList", request) as { error?: string }).error;
    expect(errorOf({ to: at(INVALID) })).to.equal("invalid opcode: INVALID");
    expect(errorOf({ to: at(PANIC) })).to.equal("execution reverted");
    expect(errorOf({ to: at(0xaaan) })).to.equal(undefined);
  });

  it("say what panicked", () => {
    const message = "execution reverted: arithmetic underflow or overflow";
    for (const method of ["eth_call", "eth_estimateGas"]) {
      expect(() => ask(method, { to: at(PANIC) }), method)
        .to.throw(ExecutionRevertedError)
        .that.includes({ code: 3, message, data: `0x4e487b71${"0".repeat(62)}11` });
    }
  });

  it("are of this chain, and tip no more than they pay", () => {
    const to = at(0xaaan);
    refused({ to, chainId: "0x1" }, `chainId does not match node's (have=1, want=${CHAIN_ID})`);
    expect(ask("eth_call", { to, chainId: Hex.fromBigInt(CHAIN_ID) })).to.equal("0x");
    const fees = { maxFeePerGas: "0x1", maxPriorityFeePerGas: "0x2" };
    const message = "max priority fee per gas higher than max fee per gas: ";
    refused({ to, ...fees }, `${message}maxPriorityFeePerGas: 2, maxFeePerGas: 1`);
  });

  it("estimate within what the sender can pay, and say so", () => {
    const to = at(0xaaan);
    const estimate = (request: object) => () => ask("eth_estimateGas", request);
    expect(estimate({ from: at(0xbbbn), to, gasPrice: "0x1" }))
      .to.throw(InvalidInputError)
      .that.includes({ message: "gas required exceeds allowance (0)" });
    expect(estimate({ from: ALICE, to, gas: "0x5207" }))
      .to.throw(InvalidInputError)
      .that.includes({ message: "gas required exceeds allowance (20999)" });
    expect(estimate({ from: ALICE, to, gasPrice: "0x1" })()).to.equal("0x5208");
  });

  it("ask for no logs of a filter of blocks, nor of one that is not there", () => {
    const ofBlocks = ask("eth_newBlockFilter");
    for (const [filter, resource] of [
      [ofBlocks, "log filter"],
      ["0x1", "filter"],
    ] as const) {
      expect(() => ask("eth_getFilterLogs", filter))
        .to.throw(ResourceNotFoundError)
        .that.includes({ code: -32001, message: `${resource} not found` });
    }
  });

  it("ask for no logs of blocks that are not there yet, but a filter may wait for them", () => {
    const head = backend.chain.head.header.number;
    const ahead = { fromBlock: "0x0", toBlock: Hex.fromBigInt(head + 1n) };
    const beyond = { fromBlock: Hex.fromBigInt(head + 1n), toBlock: Hex.fromBigInt(head + 2n) };
    for (const filter of [ahead, beyond, { fromBlock: beyond.fromBlock }]) {
      expect(() => ask("eth_getLogs", filter)).to.throw(InvalidParamsError);
    }
    expect(ask("eth_getLogs", { fromBlock: "0x0", toBlock: "pending" })).to.deep.equal([]);
    const id = ask("eth_newFilter", ahead);
    expect(ask("eth_getFilterLogs", id)).to.deep.equal([]);
  });
});
