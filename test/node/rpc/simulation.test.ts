// eth_simulateV1, and overrides in calls, over a chain in a database, asked for as a client asks.
import { expect } from "chai";
import { concat, encodeRlp, keccak256 } from "ethers";
import * as Opcode from "../../../src/machine/opcode.ts";
import type { Backend } from "../../../src/node/backend.ts";
import * as Database from "../../../src/node/database.ts";
import * as Budget from "../../../src/node/rpc/budget.ts";
import type { Methods } from "../../../src/node/rpc/dispatch.ts";
import * as RpcMethods from "../../../src/node/rpc/methods/methods.ts";
import {
  InvalidInputError,
  InvalidParamsError,
  LimitExceededError,
  RefusedError,
  RpcError,
  type RefusalKind,
} from "../../../src/node/rpc/rpcError.ts";
import * as Simulation from "../../../src/node/rpc/simulation.ts";
import * as SimulationPlan from "../../../src/node/rpc/simulationPlan.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import * as DerivedChain from "../../harness/derivedChain.ts";
import * as L2Chain from "../../harness/l2Chain.ts";
import * as RpcBackend from "../../harness/rpcBackend.ts";
import { CHAIN_ID } from "../../harness/signedTransactions.ts";
import { assemble, call } from "../../parity/program.ts";

const COUNTER = 0xc0c0n;
const TELLER = 0x7e11n;
const PAYER = 0x9a7en;
const REVERTER = 0xbad1n;
const LOOP = 0x1009n;
const IDENTITY = 0x04n;
const ELSEWHERE = 0xe15en;

const returnTop = [0n, Opcode.MSTORE, 32n, 0n, Opcode.RETURN];
// Adds one to slot 0, logs the sum and returns it.
const counter = assemble(
  ...[0n, Opcode.SLOAD, 1n, Opcode.ADD, Opcode.DUP1, 0n, Opcode.SSTORE],
  ...[0n, Opcode.MSTORE, 7n, 32n, 0n, Opcode.LOG1, 32n, 0n, Opcode.RETURN],
);
// Returns the hash of the block before, or, with data, what its first word's block number has for a hash.
const teller = assemble(1n, Opcode.NUMBER, Opcode.SUB, Opcode.BLOCKHASH, ...returnTop);
// Pays one to an account, logs, pays two to code that reverts, and gives what is left to an heir.
const payer = assemble(
  call(Opcode.CALL, 50_000n, 0xaaan, 1n, 0n, 0n, 0n, 0n),
  call(Opcode.LOG0, 0n, 0n),
  call(Opcode.CALL, 50_000n, REVERTER, 2n, 0n, 0n, 0n, 0n),
  ...[0xbbbn, Opcode.SELFDESTRUCT],
);
const reverter = assemble(
  call(Opcode.LOG0, 0n, 0n),
  call(Opcode.MSTORE, 0n, 0xabcdn),
  call(Opcode.REVERT, 0n, 32n),
);
const loop = assemble(Opcode.JUMPDEST, 0n, Opcode.JUMP);

type Log = { address: string; topics: string[]; data: string; logIndex: string; blockHash: string };
type Called = {
  status: string;
  gasUsed: string;
  returnData: string;
  logs: Log[];
  error?: { code: number; message: string; data?: string };
};
type Block = Record<string, unknown> & {
  number: string;
  timestamp: string;
  hash: string;
  parentHash: string;
  baseFeePerGas: string;
  gasUsed: string;
  transactions: unknown[];
  calls: Called[];
};

const at = (address: bigint) => Hex.fromBytes(Bytes.fromBigInt(address, 20));
const word = (value: bigint) => Hex.fromBytes(Bytes.fromBigInt(value, 32));
const ALICE = at(L2Chain.addressOf(L2Chain.ALICE));
const ETHER_LOGS = "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";
const TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

describe("node/rpc simulation", function () {
  this.timeout(30_000);
  let backend: Backend;
  let methods: Methods;

  before(async () => {
    const contracts = [
      ...([
        [COUNTER, counter],
        [TELLER, teller],
        [PAYER, payer],
      ] as const),
      ...([
        [REVERTER, reverter],
        [LOOP, loop],
      ] as const),
    ];
    const accounts = contracts.map(([address, code]) =>
      L2Chain.contractAt(address, Hex.fromBytes(code)),
    );
    const transactions = [0, 1, 2].map((nonce) => {
      const to = at(nonce === 2 ? REVERTER : COUNTER);
      return L2Chain.transaction(L2Chain.ALICE, nonce, { to });
    });
    const { chain } = await DerivedChain.open(accounts, [[], transactions]);
    backend = RpcBackend.of(chain);
    methods = RpcMethods.create(backend);
  });
  after(() => Database.close(backend.chain.database));

  const ask = <T>(name: string, ...params: unknown[]) =>
    RpcBackend.ask<T>(methods, name, ...params);
  const simulate = (blockStateCalls: unknown[], flags: object = {}, block: unknown = "latest") =>
    ask<Block[]>("eth_simulateV1", { blockStateCalls, ...flags }, block);
  const callsOf = (blocks: Block[]) => blocks.flatMap(({ calls }) => calls);

  it("gives each call what the block that ran the same gave it", () => {
    const receipts = ask<Called[]>("eth_getBlockReceipts", "0x2");
    const { number, timestamp, baseFeePerGas } = ask<Block>("eth_getBlockByNumber", "0x2");
    const blockOverrides = { number, time: timestamp, baseFeePerGas };
    const fees = { maxFeePerGas: "0x174876e800", maxPriorityFeePerGas: "0x3b9aca00" };
    const calls = [COUNTER, COUNTER, REVERTER].map((to, nonce) => ({
      ...{ from: ALICE, to: at(to), gas: "0x186a0", nonce: `0x${nonce}`, ...fees },
    }));
    for (const validation of [true, false]) {
      const [block] = simulate([{ blockOverrides, calls }], { validation }, "0x1");
      const told = ({ status, gasUsed, logs }: Called) => [
        ...[status, gasUsed],
        ...logs.map(({ address, topics, data, logIndex }) => [address, topics, data, logIndex]),
      ];
      expect(block?.calls.map(told)).to.deep.equal(receipts.map(told));
      expect(block?.gasUsed).to.equal(ask<Block>("eth_getBlockByNumber", "0x2").gasUsed);
    }
  });

  it("makes a chain: blocks name their parents, read their hashes, and find what came before", () => {
    const count = { to: at(COUNTER) };
    const blocks = simulate([
      { calls: [count, count] },
      { blockOverrides: { number: "0x6" }, calls: [count, { to: at(TELLER) }] },
    ]);
    const head = ask<Block>("eth_getBlockByNumber", "latest");
    expect(blocks.map(({ number }) => Number(number))).to.deep.equal([3, 4, 5, 6]);
    let parent = head;
    for (const block of blocks) {
      expect(block.parentHash).to.equal(parent.hash);
      expect(Number(block.timestamp)).to.equal(Number(parent.timestamp) + 1);
      parent = block;
    }
    const values = callsOf(blocks).map(({ returnData }) => BigInt(returnData));
    expect(values).to.deep.equal([3n, 4n, 5n, BigInt(blocks[2]?.hash ?? 0)]);
    const indices = blocks[0]?.calls.flatMap(({ logs }) => logs.map(({ logIndex }) => logIndex));
    expect(indices).to.deep.equal(["0x0", "0x1"]);
    for (const { hash, calls } of blocks) {
      for (const log of calls.flatMap(({ logs }) => logs)) expect(log.blockHash).to.equal(hash);
    }
    expect(ask<Block>("eth_getBlockByNumber", "latest")).to.deep.equal(head);
  });

  it("hashes a block's header and a call's transaction as Ethereum does", () => {
    const request = { from: ALICE, to: at(COUNTER), gas: "0x186a0", input: "0x1234" };
    const [block] = simulate([{ calls: [request] }], { returnFullTransactions: true });
    if (block === undefined) throw new TypeError("one block was asked for");
    const quantities = new Set(["difficulty", "number", "gasLimit", "gasUsed", "timestamp"]);
    for (const name of ["baseFeePerGas", "blobGasUsed", "excessBlobGas"]) quantities.add(name);
    const names = [
      ...["parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot"],
      ...["logsBloom", "difficulty", "number", "gasLimit", "gasUsed", "timestamp", "extraData"],
      ...["mixHash", "nonce", "baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas"],
      ...["parentBeaconBlockRoot", "requestsHash"],
    ];
    const minimal = (quantity: bigint) =>
      quantity === 0n ? "0x" : Hex.fromBytes(Bytes.fromBigInt(quantity, byteLength(quantity)));
    const fields = names.map((name) => {
      const value = String(block[name]);
      return quantities.has(name) ? minimal(BigInt(value)) : value;
    });
    expect(keccak256(encodeRlp(fields))).to.equal(block.hash);

    const [transaction] = block.transactions as Record<string, unknown>[];
    expect(transaction).to.include({ type: "0x2", nonce: "0x3", from: ALICE, input: "0x1234" });
    const chainId = minimal(CHAIN_ID);
    const unsigned = [chainId, "0x03", "0x", "0x", "0x0186a0", at(COUNTER), "0x", "0x1234", []];
    const encoded = concat(["0x02", encodeRlp([...unsigned, "0x", "0x", "0x"])]);
    expect(transaction?.["hash"]).to.equal(keccak256(encoded));
    expect(transaction?.["blockHash"]).to.equal(block.hash);
  });

  it("shows a transaction of each type that a request describes", () => {
    const accessList = [{ address: at(COUNTER), storageKeys: [word(0n)] }];
    const authorization = { chainId: "0x1", address: at(COUNTER), nonce: "0x0", yParity: "0x0" };
    const requests = [
      { gasPrice: "0x1" },
      { gasPrice: "0x1", accessList },
      { maxFeePerGas: "0x1", accessList },
      { authorizationList: [{ ...authorization, r: "0x1", s: "0x1" }] },
    ];
    const calls = requests.map((fields) => ({
      from: ALICE,
      to: at(COUNTER),
      gas: "0x186a0",
      ...fields,
    }));
    const [block] = simulate([{ calls }], { returnFullTransactions: true });
    const types = block?.transactions.map((one) => (one as { type: string }).type);
    expect(types).to.deep.equal(["0x0", "0x1", "0x2", "0x4"]);
    expect(block?.calls.map(({ status }) => status)).to.deep.equal(["0x1", "0x1", "0x1", "0x1"]);
  });

  // The first of geth's own examples of the method.
  it("lets ether move that only an override gave, and tells of it as of a token if it is asked to", () => {
    const [from, middle, end] = [0xc000n, 0xc001n, 0xc002n].map(at);
    const blocks = [
      {
        stateOverrides: { [String(from)]: { balance: "0x3e8" } },
        calls: [
          { from, to: middle, value: "0x3e8" },
          { from: middle, to: end, value: "0x3e8" },
        ],
      },
    ];
    const told = callsOf(simulate(blocks, { traceTransfers: true }));
    expect(told.map(({ status, gasUsed }) => [status, gasUsed])).to.deep.equal([
      ["0x1", "0x5208"],
      ["0x1", "0x5208"],
    ]);
    expect(
      told.map(({ logs }) => logs.map(({ address, topics, data }) => [address, topics, data])),
    ).to.deep.equal([
      [[ETHER_LOGS, [TRANSFER, word(0xc000n), word(0xc001n)], word(1_000n)]],
      [[ETHER_LOGS, [TRANSFER, word(0xc001n), word(0xc002n)], word(1_000n)]],
    ]);
    for (const { logs } of callsOf(simulate(blocks))) expect(logs).to.deep.equal([]);
  });

  it("tells of ether in the order in which it moves, and of none that came back", () => {
    const calls = [
      { from: ALICE, to: at(PAYER), value: "0xa" },
      { from: ALICE, to: at(REVERTER), value: "0xa" },
      { from: ALICE, value: "0x5", input: "0x00" },
    ];
    const [paid, reverted, created] = callsOf(simulate([{ calls }], { traceTransfers: true }));
    const told = (called: Called | undefined) =>
      called?.logs.map(({ topics, data }) =>
        topics.length === 0 ? "log" : [...topics.slice(1), data].map(BigInt),
      );
    const alice = BigInt(ALICE);
    expect(told(paid)).to.deep.equal([
      ...[[alice, PAYER, 10n], [PAYER, 0xaaan, 1n], "log", [PAYER, 0xbbbn, 9n]],
    ]);
    expect(told(reverted)).to.deep.equal([]);
    expect(told(created)?.[0]?.[2]).to.equal(5n);
  });

  it("tells a revert with its data, and another failure by its name, and goes on", () => {
    const calls = [{ to: at(REVERTER) }, { to: at(LOOP), gas: "0x8000" }, { to: at(COUNTER) }];
    const [reverted, halted, counted] = callsOf(simulate([{ calls }]));
    const data = word(0xabcdn);
    expect(reverted).to.deep.include({ status: "0x0", returnData: data, logs: [] });
    expect(reverted?.error).to.deep.equal({ code: 3, message: "execution reverted", data });
    expect(halted?.error).to.deep.equal({ code: -32015, message: "out of gas" });
    expect(halted).to.include({ status: "0x0", gasUsed: "0x8000", returnData: "0x" });
    expect(counted?.status).to.equal("0x1");
  });

  it("charges nothing without validation, and what a block would charge with it", () => {
    const balance = assemble(BigInt(ALICE), Opcode.BALANCE, ...returnTop);
    const stateOverrides = { [at(ELSEWHERE)]: { code: Hex.fromBytes(balance) } };
    const had = BigInt(ask<string>("eth_getBalance", ALICE, "latest"));
    const reader = at(L2Chain.addressOf(L2Chain.BOB));
    const spentIn = (fees: object, validation: boolean) => {
      const calls = [
        { from: ALICE, to: at(COUNTER), gas: "0x186a0", ...fees },
        { from: reader, to: at(ELSEWHERE), gas: "0x186a0", ...fees },
      ];
      const [block] = simulate([{ stateOverrides, calls }], { validation });
      const spent = had - BigInt(block?.calls[1]?.returnData ?? 0);
      const { baseFeePerGas = "0x0", calls: [first] = [] } = block ?? {};
      return { spent, gas: BigInt(first?.gasUsed ?? 0), baseFee: BigInt(baseFeePerGas) };
    };
    expect(spentIn({}, false)).to.include({ spent: 0n, baseFee: 0n });
    const { spent, gas, baseFee } = spentIn({ maxFeePerGas: "0x174876e800" }, true);
    expect(baseFee > 0n).to.equal(true);
    expect(spent).to.equal(gas * baseFee);
    const offered = spentIn({ gasPrice: "0x3" }, false);
    expect(offered.spent).to.equal(offered.gas * 3n);
  });

  describe("refuses by the code of execution-apis", () => {
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
      expect(callsOf(simulate(blocks))[0]?.status).to.equal("0x1");
    });
  });

  it("refuses what is no simulation", () => {
    for (const blocks of [[], [1], [{ calls: {} }], [{ blockOverrides: { withdrawals: [{}] } }]]) {
      expect(() => simulate(blocks)).to.throw(InvalidParamsError);
    }
    const number = `0x1${"0".repeat(16)}`;
    expect(() => simulate([{ blockOverrides: { number } }])).to.throw(InvalidParamsError);
    expect(() => simulate([{}], { validation: 1 })).to.throw(InvalidParamsError);
  });

  it("ends when its time is over, and when its answer is too long", () => {
    const gas = "0xffffff";
    const run = (calls: unknown[], budget: Budget.Budget) =>
      Simulation.run(
        backend,
        { tag: "latest" },
        SimulationPlan.parse({ blockStateCalls: [{ calls }] }),
        budget,
      );
    const late = Budget.begin("this simulation", -1);
    expect(() => run([{ to: at(LOOP), gas }], late)).to.throw(LimitExceededError);
    const input = Hex.fromBytes(assemble(1_500_000n, 0n, Opcode.RETURN));
    const many = Array.from({ length: 40 }, (_, index) => ({
      stateOverrides: { [at(ELSEWHERE + BigInt(index))]: { code: input } },
      calls: [{ to: at(ELSEWHERE + BigInt(index)) }],
    }));
    expect(() => simulate(many)).to.throw(LimitExceededError);
  });

  describe("overrides", () => {
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
      const hashAt = (number: string) => ask<Block>("eth_getBlockByNumber", number).hash;
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
      const [first, second] = callsOf(
        simulate([
          { stateOverrides: state, calls: [{ to: at(ELSEWHERE), input: "0x1234" }] },
          { calls: [{ to: at(IDENTITY), input: "0x1234" }] },
        ]),
      );
      expect(first?.returnData).to.equal("0x1234");
      expect(BigInt(second?.returnData ?? 0)).to.equal(42n);
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

    it("move no precompile to itself, over something else, or that is none", () => {
      const cases: [RefusalKind, number, object][] = [
        [
          "precompileNotMoved",
          -38022,
          { [at(IDENTITY)]: { movePrecompileToAddress: at(IDENTITY) } },
        ],
        [
          "precompileNotMoved",
          -38022,
          { [at(COUNTER)]: { movePrecompileToAddress: at(ELSEWHERE) } },
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
          const error = failureOf(attempt);
          expect(error).to.be.instanceOf(RefusedError);
          expect(error).to.include({ kind, code });
        }
      }
    });

    it("leave nothing in a state of an account that has nothing", () => {
      const [with_, without] = [{ [at(0x5555n)]: { balance: "0x0" } }, {}].map(
        (stateOverrides) => simulate([{ stateOverrides }])[0]?.["stateRoot"],
      );
      expect(with_).to.equal(without);
    });
  });
});

function byteLength(value: bigint): number {
  return Math.ceil(value.toString(16).length / 2);
}

function failureOf(attempt: () => unknown): RpcError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
  throw new TypeError("expected a failure");
}
