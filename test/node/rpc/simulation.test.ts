// eth_simulateV1, and overrides in calls, over a chain in a database, asked for as a client asks.
import { expect } from "chai";
import { concat, encodeRlp, getCreateAddress, keccak256 } from "ethers";
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
const ELSEWHERE = 0xe15en;

const returnTop = [0n, Opcode.MSTORE, 32n, 0n, Opcode.RETURN];
// Adds one to slot 0, logs the sum and returns it.
const counter = assemble(
  ...[0n, Opcode.SLOAD, 1n, Opcode.ADD, Opcode.DUP1, 0n, Opcode.SSTORE],
  ...[0n, Opcode.MSTORE, 7n, 32n, 0n, Opcode.LOG1, 32n, 0n, Opcode.RETURN],
);
// Returns the hash of the block before.
const teller = assemble(1n, Opcode.NUMBER, Opcode.SUB, Opcode.BLOCKHASH, ...returnTop);
// Pays one to an account, logs, pays three to another, two to code that reverts, and gives what is left to an heir.
const payer = assemble(
  call(Opcode.CALL, 50_000n, 0xaaan, 1n, 0n, 0n, 0n, 0n),
  call(Opcode.LOG0, 0n, 0n),
  call(Opcode.CALL, 50_000n, 0xcccn, 3n, 0n, 0n, 0n, 0n),
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
  maxUsedGas: string;
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
      { from: ALICE, value: "0x5", input: "0x00", nonce: "0x63" },
    ];
    const [paid, reverted, created] = callsOf(simulate([{ calls }], { traceTransfers: true }));
    const told = (called: Called | undefined) =>
      called?.logs.map(({ topics, data }) =>
        topics.length === 0 ? "log" : [...topics.slice(1), data].map(BigInt),
      );
    const alice = BigInt(ALICE);
    expect(told(paid)).to.deep.equal([
      ...[
        [alice, PAYER, 10n],
        [PAYER, 0xaaan, 1n],
        "log",
        [PAYER, 0xcccn, 3n],
        [PAYER, 0xbbbn, 6n],
      ],
    ]);
    expect(told(reverted)).to.deep.equal([]);
    // The account's nonce gives the address, whatever the call says.
    const address = BigInt(getCreateAddress({ from: ALICE, nonce: 5 }));
    expect(told(created)).to.deep.equal([[alice, address, 5n]]);
  });

  it("tells the gas that a call gives back beside what it used", () => {
    const clears = Hex.fromBytes(assemble(0n, 0n, Opcode.SSTORE));
    const stateOverrides = { [at(ELSEWHERE)]: { code: clears, stateDiff: { "0x0": "0x1" } } };
    const calls = [{ to: at(ELSEWHERE) }, { to: at(COUNTER) }];
    const [cleared, counted] = callsOf(simulate([{ stateOverrides, calls }]));
    // EIP-3529: 4,800 for a slot that is cleared.
    expect(Number(cleared?.maxUsedGas) - Number(cleared?.gasUsed)).to.equal(4_800);
    expect(counted?.maxUsedGas).to.equal(counted?.gasUsed);
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
    const invalid = Hex.fromBytes(assemble(call(Opcode.MSTORE8, 0n, 0xefn), 1n, 0n, Opcode.RETURN));
    const others = [
      { input: invalid, gas: "0x20000" },
      { input: "0xfe", gas: "0x20000" },
      { to: at(0x02n), gas: "0x5209" },
    ];
    const flags = [{}, { traceTransfers: true }];
    for (const flag of flags) {
      const told = callsOf(simulate([{ calls: others }], flag)).map(({ error }) => error?.message);
      expect(told).to.deep.equal([
        "invalid code: must not begin with 0xef",
        "invalid opcode: INVALID",
        "precompile failed",
      ]);
    }
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
    // Who pays nothing reads no base fee, but the block keeps the one that it was given.
    const own = { blockOverrides: { baseFeePerGas: "0x7" }, calls: [{ to: at(COUNTER) }] };
    expect(simulate([own])[0]?.baseFeePerGas).to.equal("0x7");
    const offered = spentIn({ gasPrice: "0x3" }, false);
    expect(offered.spent).to.equal(offered.gas * 3n);
  });

  it("has a blob base fee with validation only", () => {
    const code = Hex.fromBytes(assemble(Opcode.BLOBBASEFEE, ...returnTop));
    const plan = { stateOverrides: { [at(ELSEWHERE)]: { code } }, calls: [{ to: at(ELSEWHERE) }] };
    const rich = { [ALICE]: { balance: word(10n ** 20n) }, ...plan.stateOverrides };
    const paid = { from: ALICE, to: at(ELSEWHERE), gas: "0x186a0", maxFeePerGas: "0x174876e800" };
    const [free] = callsOf(simulate([plan]));
    const [validated] = callsOf(
      simulate([{ stateOverrides: rich, calls: [paid] }], { validation: true }),
    );
    expect([free?.returnData, validated?.returnData]).to.deep.equal([word(0n), word(1n)]);
  });

  it("refuses a call for another chain", () => {
    const plan = [{ calls: [{ to: at(COUNTER), chainId: "0x1" }] }];
    expect(() => simulate(plan))
      .to.throw(InvalidInputError)
      .that.includes({ code: -32000 });
  });

  it("refuses what is no simulation", () => {
    for (const blocks of [[], [1], [{ calls: {} }], [{ blockOverrides: { withdrawals: [{}] } }]]) {
      expect(() => simulate(blocks)).to.throw(InvalidParamsError);
    }
    const number = `0x1${"0".repeat(16)}`;
    expect(() => simulate([{ blockOverrides: { number } }])).to.throw(InvalidParamsError);
    const last = { blockOverrides: { time: "0xffffffffffffffff" } };
    expect(() => simulate([last, {}])).to.throw(InvalidParamsError);
    expect(simulate([last])).to.have.length(1);
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
});

function byteLength(value: bigint): number {
  return Math.ceil(value.toString(16).length / 2);
}
