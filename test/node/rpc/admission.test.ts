// Why a call or a block of eth_simulateV1 is refused, by the codes of execution-apis.
import { expect } from "chai";
import * as Opcode from "../../../src/machine/opcode.ts";
import type { Backend } from "../../../src/node/backend.ts";
import * as Database from "../../../src/node/database.ts";
import type { Methods } from "../../../src/node/rpc/dispatch.ts";
import * as RpcMethods from "../../../src/node/rpc/methods/methods.ts";
import {
  InvalidInputError,
  RefusedError,
  RpcError,
  type RefusalKind,
} from "../../../src/node/rpc/rpcError.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import * as DerivedChain from "../../harness/derivedChain.ts";
import * as L2Chain from "../../harness/l2Chain.ts";
import * as RpcBackend from "../../harness/rpcBackend.ts";

const COUNTER = 0xc0c0n;

const at = (address: bigint) => Hex.fromBytes(Bytes.fromBigInt(address, 20));
const ALICE = at(L2Chain.addressOf(L2Chain.ALICE));

type Simulated = { readonly calls: readonly { readonly status: string }[] };

describe("eth_simulateV1 refuses, by the code of execution-apis,", function () {
  this.timeout(30_000);
  let backend: Backend;
  let methods: Methods;

  before(async () => {
    const accounts = [L2Chain.contractAt(COUNTER, Hex.fromBytes(Uint8Array.of(Opcode.STOP)))];
    // Alice has sent three.
    const transactions = [0, 1, 2].map((nonce) =>
      L2Chain.transaction(L2Chain.ALICE, nonce, { to: at(COUNTER) }),
    );
    const { chain } = await DerivedChain.open(accounts, [[], transactions]);
    backend = RpcBackend.of(chain);
    methods = RpcMethods.create(backend);
  });
  after(() => Database.close(backend.chain.database));

  const ask = <T>(name: string, ...params: unknown[]) =>
    RpcBackend.ask<T>(methods, name, ...params);
  const simulate = (blockStateCalls: unknown[], flags: object = {}) =>
    ask<Simulated[]>("eth_simulateV1", { blockStateCalls, ...flags }, "latest");

  const price = { maxFeePerGas: "0x174876e800", gas: "0x186a0" };
  const own = { from: ALICE, to: at(COUNTER), ...price };
  const strict = { validation: true };
  const cases: [RefusalKind, number, unknown[], object?][] = [
    ["nonceTooLow", -38010, [{ calls: [{ ...own, nonce: "0x2" }] }], strict],
    ["nonceTooHigh", -38011, [{ calls: [{ ...own, nonce: "0x4" }] }], strict],
    ["feeCapTooLow", -38012, [{ calls: [{ ...own, maxFeePerGas: "0x1" }] }], strict],
    ["intrinsicGasTooLow", -38013, [{ calls: [{ ...own, gas: "0x5207" }] }], strict],
    ["intrinsicGasTooLow", -38013, [{ calls: [{ ...own, gas: "0x5207" }] }]],
    ["insufficientFunds", -38014, [{ calls: [{ ...own, from: at(0x123n) }] }], strict],
    ["insufficientFunds", -38014, [{ calls: [{ to: ALICE, value: "0x1" }] }]],
    ["blockGasExceeded", -38015, [{ calls: [{ ...own, gas: "0x1c9c381" }] }]],
    ["blockNumberNotRising", -38020, [{ blockOverrides: { number: "0x2" } }]],
    ["timestampNotRising", -38021, [{ blockOverrides: { time: "0x1" } }]],
    ["senderHasCode", -38024, [{ calls: [{ ...own, from: at(COUNTER), gas: "0x0" }] }], strict],
    ["tooManyBlocks", -38026, [{ blockOverrides: { number: "0x103" } }]],
    ["tooManyBlocks", -38026, Array.from({ length: 257 }, () => ({}))],
    [
      "tooManyBlocks",
      -38026,
      [
        {
          blockOverrides: { gasLimit: "0x5f5e100" },
          calls: Array.from({ length: 2_049 }, () => ({ to: ALICE })),
        },
      ],
    ],
  ];
  for (const [kind, code, blocks, flags = {}] of cases) {
    it(`${kind}: ${JSON.stringify([blocks, flags]).slice(0, 90)}`, () => {
      const error = failureOf(() => simulate(blocks, flags));
      expect(error).to.be.instanceOf(RefusedError);
      expect(error).to.include({ kind, code });
    });
  }

  it("timestampNotRising: the time of the block before", () => {
    const { timestamp: time } = ask<{ timestamp: string }>("eth_getBlockByNumber", "latest");
    const error = failureOf(() => simulate([{ blockOverrides: { time } }]));
    expect(error).to.include({ kind: "timestampNotRising", code: -38021 });
  });

  it("initcodeTooLong, with and without validation", () => {
    const input = `0x${"00".repeat(49_153)}`;
    for (const flags of [{}, strict]) {
      const { maxFeePerGas } = price;
      const calls = [{ from: ALICE, input, gas: "0x186a00", maxFeePerGas }];
      const error = failureOf(() => simulate([{ calls }], flags));
      expect(error).to.include({ kind: "initcodeTooLong", code: -38025 });
    }
  });

  it("gas above the cap of a transaction, with validation, and lowers it without", () => {
    const blocks = [{ calls: [{ ...own, gas: "0x1000001" }] }];
    expect(failureOf(() => simulate(blocks, strict))).to.be.instanceOf(InvalidInputError);
    expect(simulate(blocks)[0]?.calls[0]?.status).to.equal("0x1");
  });
});

function failureOf(attempt: () => unknown): RpcError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
  throw new TypeError("expected a failure");
}
