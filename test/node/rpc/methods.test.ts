// The node's JSON-RPC as its users call it: ethers as a client nobody here wrote, and raw requests for what no client sends.
import { expect } from "chai";
import { Contract, ContractFactory, JsonRpcProvider, Wallet, keccak256, parseEther } from "ethers";
import { createRequire } from "node:module";
import type { Abi, Address, Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { publicActionsL2, walletActionsL1 } from "viem/op-stack";
import { WebSocket } from "ws";
import * as Rollup from "../../harness/rollupProcess.ts";

const WETH9 = createRequire(import.meta.url)("canonical-weth/build/contracts/WETH9.json") as {
  abi: object[];
  bytecode: string;
};
const NOWHERE = "0x000000000000000000000000000000000000dEaD";

type Answer = { result?: unknown; error?: { code: number; message: string; data?: string } };

describe("node/rpc/methods", function () {
  this.timeout(120_000);
  let l1: Rollup.RunningL1;
  let l2: Awaited<ReturnType<typeof Rollup.startSequencer>>;
  let provider: JsonRpcProvider;
  let alice: Wallet;
  let weth: Contract;

  before(async () => {
    l1 = await Rollup.startL1(Rollup.OPTIONS);
    l2 = await Rollup.startSequencer(l1, Rollup.OPTIONS, []);
    provider = new JsonRpcProvider(l2.rpcUrl, undefined, { pollingInterval: 20, cacheTimeout: -1 });
    alice = new Wallet(Rollup.KEYS.alice, provider);
    const depositor = l1.walletOf(Rollup.KEYS.alice).extend(walletActionsL1());
    const request = await l2.client
      .extend(publicActionsL2())
      .buildDepositTransaction({ mint: parseEther("50"), to: depositor.account.address });
    await depositor.depositTransaction(request);
    while ((await provider.getBalance(alice)) === 0n) await new Promise((r) => setTimeout(r, 20));
    const deployed = await new ContractFactory(WETH9.abi, WETH9.bytecode, alice).deploy();
    await deployed.waitForDeployment();
    weth = new Contract(deployed.target, WETH9.abi, alice);
  });
  after(async () => {
    provider.destroy();
    await l2.stop();
    await l1.connection.close();
  });

  async function ask(method: string, ...params: unknown[]): Promise<Answer> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const response = await fetch(l2.rpcUrl, { method: "POST", body });
    return (await response.json()) as Answer;
  }
  const send = async (contract: Contract, method: string, ...args: unknown[]) => {
    const response = await contract.getFunction(method).send(...args);
    const receipt = await response.wait();
    if (receipt === null) throw new TypeError("a mined transaction has a receipt");
    return receipt;
  };

  it("lets ethers deploy, call, estimate and read logs", async () => {
    const receipt = await send(weth, "deposit", { value: 1_000n });
    const balance = (await weth.getFunction("balanceOf")(alice.address)) as bigint;
    expect(balance).to.equal(1_000n);
    const filter = weth.filters["Deposit"]?.(alice.address);
    if (filter === undefined) throw new TypeError("WETH9 has a Deposit event");
    const logs = await weth.queryFilter(filter, receipt.blockNumber, receipt.blockNumber);
    expect(logs.map(({ transactionHash }) => transactionHash)).to.deep.equal([receipt.hash]);
    const none = await weth.queryFilter(filter, 0, receipt.blockNumber - 1);
    expect(none).to.deep.equal([]);
  });

  it("estimates gas that suffices and is the least", async () => {
    const data = weth.interface.encodeFunctionData("transfer", [NOWHERE, 1n]);
    const request = { from: alice.address, to: String(weth.target), data };
    const estimate = await provider.estimateGas(request);
    const gas = (value: bigint) => `0x${value.toString(16)}`;
    expect(await ask("eth_call", { ...request, gas: gas(estimate) })).to.have.property("result");
    expect(await ask("eth_call", { ...request, gas: gas(estimate - 1n) })).to.have.property(
      "error",
    );
  });

  it("estimates what authorizations cost, for wallets that send them", async () => {
    const authority = privateKeyToAccount(`0x${"a7".repeat(32)}`);
    const address = String(weth.target) as Address;
    const chainId = l2.client.chain.id;
    const wallet = l2.walletOf(Rollup.KEYS.alice);
    // The second has gas given back, because the account exists: less is used than there must be at the start.
    for (const nonce of [0, 1]) {
      const authorization = await authority.signAuthorization({ address, chainId, nonce });
      const request = { authorizationList: [authorization], to: authority.address } as const;
      const hash = await wallet.sendTransaction(request);
      const { status, type } = await l2.client.waitForTransactionReceipt({ hash });
      expect([status, type]).to.deep.equal(["success", "eip7702"]);
    }
    const code = await l2.client.getCode({ address: authority.address });
    expect(code).to.equal(`0xef0100${address.slice(2).toLowerCase()}`);
  });

  it("traces a transaction before its batch is on L1 as after", async () => {
    const receipt = await send(weth, "deposit", { value: 3n });
    const options = { tracer: "callTracer", tracerConfig: { withLog: true } };
    const traced = await ask("debug_traceTransaction", receipt.hash, options);
    const weth9 = String(weth.target).toLowerCase();
    expect(traced.result).to.include({ to: weth9, value: "0x3", type: "CALL" });
    const { gasUsed, logs } = traced.result as { gasUsed: string; logs: { topics: string[] }[] };
    expect(BigInt(gasUsed)).to.equal(receipt.gasUsed);
    expect(logs.map(({ topics }) => topics)).to.deep.equal(receipt.logs.map((log) => log.topics));
    await l2.running.settled();
    expect(await ask("debug_traceTransaction", receipt.hash, options)).to.deep.equal(traced);
  });

  it("answers a revert with code 3, the reason and the data", async () => {
    const data = weth.interface.encodeFunctionData("withdraw", [10n ** 20n]);
    const { error } = await ask("eth_call", { from: alice.address, to: weth.target, data });
    expect(error).to.deep.equal({ code: 3, message: "execution reverted", data: "0x" });
  });

  it("proves an account and a slot of an old block", async () => {
    const before = await provider.getBlockNumber();
    const root = (await provider.getBlock(before))?.stateRoot;
    const proof = await ask("eth_getProof", weth.target, ["0x0"], `0x${before.toString(16)}`);
    await send(weth, "deposit", { value: 5n });
    const later = await ask("eth_getProof", weth.target, ["0x0"], `0x${before.toString(16)}`);
    expect(later).to.deep.equal(proof);
    const { accountProof } = proof.result as { accountProof: string[] };
    expect(keccak256(accountProof[0] ?? "0x")).to.equal(root);
  });

  it("overrides state in a call", async () => {
    const code = "0x5f5460005260206000f3"; // returns slot 0
    const state = { [NOWHERE]: { code, stateDiff: { "0x0": "0x2a" } } };
    const { result } = await ask("eth_call", { to: NOWHERE }, "latest", state);
    expect(BigInt(result as string)).to.equal(42n);
  });

  it("lets viem simulate blocks and calls, with what changes hands", async () => {
    const address = String(weth.target) as Address;
    const account = alice.address as Address;
    const value = parseEther("0.25");
    const call = { to: address, data: "0xd0e30db0", value } as const; // deposit()
    const { results, assetChanges } = await l2.client.simulateCalls({
      ...{ account, calls: [call, { ...call, to: NOWHERE, data: "0x" }] },
      traceAssetChanges: true,
    });
    expect(results.map(({ status }) => status)).to.deep.equal(["success", "success"]);
    const changes = assetChanges.map(({ token, value: { diff } }) => [token.symbol, diff]);
    expect(changes).to.deep.include.members([
      ["ETH", -2n * value],
      ["WETH", value],
    ]);

    const deposit = { account: NOWHERE, ...call } as const;
    const withdrawal = weth.interface.encodeFunctionData("withdraw", [value + 1n]) as Hex;
    const simulated = await l2.client.simulateBlocks({
      blocks: [
        {
          blockOverrides: { baseFeePerGas: 7n },
          stateOverrides: [{ address: NOWHERE, balance: value }],
          calls: [deposit, { ...deposit, value: 0n, data: withdrawal }],
        },
        {
          calls: [
            {
              account: NOWHERE,
              to: address,
              abi: WETH9.abi as Abi,
              functionName: "balanceOf",
              args: [NOWHERE],
            },
          ],
        },
      ],
      traceTransfers: true,
      returnFullTransactions: true,
    });
    const calls = simulated.flatMap((one) => one.calls);
    expect(calls.map(({ status }) => status)).to.deep.equal(["success", "failure", "success"]);
    expect(calls[2]?.result).to.equal(value);
  });

  it("fills in what a request leaves open, and takes it when it is signed as it was filled in", async () => {
    const request = { from: alice.address, to: weth.target, value: "0x7", input: "0xd0e30db0" };
    const { result } = await ask("eth_fillTransaction", request);
    const { raw, tx } = result as { raw: string; tx: Record<string, string> };
    expect(keccak256(raw)).to.equal(tx["hash"]);
    expect(tx).to.include({ type: "0x2", value: "0x7", input: "0xd0e30db0" });
    expect(BigInt(tx["nonce"] ?? 0)).to.equal(BigInt(await alice.getNonce()));
    const { from, hash, r, s, v, yParity, gasPrice, input, gas, ...fields } = tx;
    for (const left of [from, hash, r, s, v, yParity, gasPrice]) expect(left).to.be.a("string");
    const { blockHash, blockNumber, transactionIndex, type, nonce, ...rest } = fields;
    expect([blockHash, blockNumber, transactionIndex]).to.deep.equal([null, null, null]);
    const sent = await alice.sendTransaction({
      ...{ ...rest, data: input ?? "0x", gasLimit: gas ?? "0x0" },
      ...{ type: Number(type), nonce: Number(nonce) },
    });
    expect((await sent.wait())?.status).to.equal(1);
    const own = { ...request, nonce: "0x5", gas: "0x10000", gasPrice: "0x77" };
    const kept = (await ask("eth_fillTransaction", own)).result as { tx: object };
    expect(kept.tx).to.include({ nonce: "0x5", gas: "0x10000", gasPrice: "0x77", type: "0x0" });
    const dearest = { maxPriorityFeePerGas: `0x${"f".repeat(64)}` };
    const beyond: [number, object][] = [
      [-32000, { chainId: "0x1" }],
      [-32602, { gas: `0x1${"0".repeat(16)}` }],
      [-32602, dearest],
    ];
    for (const [code, fields] of beyond) {
      const { error } = await ask("eth_fillTransaction", { ...request, ...fields });
      expect(error?.code, JSON.stringify(fields)).to.equal(code);
    }
  });

  it("reads blocks and transactions of every kind back in Ethereum's form", async () => {
    const transfers = [
      { type: 0, to: NOWHERE, value: 1n },
      { type: 1, to: NOWHERE, value: 1n, accessList: [] },
      { type: 2, to: NOWHERE, value: 1n },
    ];
    for (const transfer of transfers) {
      const response = await alice.sendTransaction(transfer);
      const receipt = await response.wait();
      const found = await provider.getTransaction(response.hash);
      expect(found?.type).to.equal(transfer.type);
      expect(found?.from).to.equal(alice.address);
      expect(receipt?.type).to.equal(transfer.type);
      const raw = await ask("eth_getRawTransactionByHash", response.hash);
      expect(keccak256(String(raw.result))).to.equal(response.hash);
      const block = await provider.getBlock(receipt?.blockNumber ?? 0);
      expect(block?.transactions).to.include(response.hash);
    }
  });

  it("gives a fee history and a tip that is accepted", async () => {
    const { result } = await ask("eth_feeHistory", "0x4", "latest", [10, 90]);
    const history = result as { baseFeePerGas: string[]; reward: string[][] };
    expect(history.baseFeePerGas).to.have.length(5);
    expect(history.reward.every((row) => row.length === 2)).to.equal(true);
    const fees = await provider.getFeeData();
    expect(fees.maxPriorityFeePerGas).to.be.a("bigint");
  });

  it("offers in its fee history no less than is asked, whatever was in the blocks", async () => {
    const { result } = await ask("eth_feeHistory", "0x400", "latest", [0, 50, 100]);
    const { reward } = result as { reward: string[][] };
    const asked = BigInt((await ask("eth_maxPriorityFeePerGas")).result as string);
    expect(asked > 0n).to.equal(true);
    for (const tip of reward.flat()) expect(BigInt(tip) >= asked, tip).to.equal(true);
  });

  it("holds a transaction with a nonce gap until the gap closes", async () => {
    const nonce = await alice.getNonce();
    const later = await alice.sendTransaction({ to: NOWHERE, value: 1n, nonce: nonce + 1 });
    expect((await ask("txpool_status")).result).to.deep.equal({ pending: "0x0", queued: "0x1" });
    expect(await provider.getTransactionReceipt(later.hash)).to.equal(null);
    const inspected = (await ask("txpool_inspect")).result as {
      queued: Record<string, Record<string, string>>;
    };
    expect(inspected.queued[alice.address.toLowerCase()]?.[nonce + 1]).to.match(
      /^0x0{36}dead: 1 wei \+ 21000 gas × \d+ wei$/,
    );
    const first = await alice.sendTransaction({ to: NOWHERE, value: 1n, nonce });
    expect((await later.wait())?.status).to.equal(1);
    expect((await first.wait())?.status).to.equal(1);
  });

  it("waits for the receipt with who sends and waits, and says so if it does not come", async () => {
    const next = { to: NOWHERE, value: 1n, nonce: await alice.getNonce() };
    const sync = await ask(
      "eth_sendRawTransactionSync",
      await alice.signTransaction(await alice.populateTransaction(next)),
    );
    expect(sync.result).to.include({ status: "0x1", from: alice.address.toLowerCase() });
    const gapped = await alice.populateTransaction({ ...next, nonce: next.nonce + 3 });
    const encoded = await alice.signTransaction(gapped);
    const late = await ask("eth_sendRawTransactionSync", encoded, 60);
    expect(late.error).to.include({ code: 4, data: keccak256(encoded) });
    expect((await ask("eth_sendRawTransactionSync", encoded, 0)).error?.code).to.equal(-32602);
    const { result } = await ask("txpool_contentFrom", alice.address);
    expect(Object.keys((result as { queued: object }).queued)).to.deep.equal([
      String(next.nonce + 3),
    ]);
  });

  it("tells news of heads and logs over WebSocket", async () => {
    const socket = new WebSocket(l2.running.serving.webSocketUrl);
    await new Promise((resolve) => socket.once("open", resolve));
    const messages: { params?: { result: Record<string, unknown> } }[] = [];
    socket.on("message", (data: Buffer) => messages.push(JSON.parse(data.toString()) as object));
    const subscribe = (id: number, ...params: unknown[]) =>
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method: "eth_subscribe", params }));
    subscribe(1, "newHeads");
    subscribe(2, "logs", { address: weth.target });
    const receipt = await send(weth, "deposit", { value: 9n });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const news = messages.flatMap(({ params }) => (params === undefined ? [] : [params.result]));
    expect(news.some(({ number }) => Number(number) === receipt.blockNumber)).to.equal(true);
    expect(news.some(({ transactionHash }) => transactionHash === receipt.hash)).to.equal(true);
    socket.close();
  });

  const refused: [string, number, string, unknown[]][] = [
    ["a block that is not there", -32000, "eth_getBalance", [NOWHERE, "0xfffffff"]],
    ["an address that is too short", -32602, "eth_getBalance", ["0x12", "latest"]],
    ["a transaction that is no hex", -32602, "eth_sendRawTransaction", ["hello"]],
    ["a transaction that is no transaction", -32000, "eth_sendRawTransaction", ["0x02c0"]],
    ["an unknown filter", -32001, "eth_getFilterChanges", ["0x1"]],
    ["a range that runs backwards", -32602, "eth_getLogs", [{ fromBlock: "0x2", toBlock: "0x1" }]],
    ["a subscription over HTTP", -32601, "eth_subscribe", ["newHeads"]],
    [
      "a call above the balance",
      -32000,
      "eth_call",
      [{ from: NOWHERE, to: NOWHERE, value: "0xffffffffffff" }],
    ],
  ];
  for (const [what, code, method, params] of refused) {
    it(`refuses ${what} with ${code}`, async () => {
      expect((await ask(method, ...params)).error?.code).to.equal(code);
    });
  }

  it("refuses a transaction of another chain and one with a changed signature", async () => {
    const fields = { to: NOWHERE, gasLimit: 21_000, type: 2, nonce: 99, maxFeePerGas: 10n ** 10n };
    const foreign = await alice.signTransaction({ ...fields, chainId: 1 });
    const { error } = await ask("eth_sendRawTransaction", foreign);
    expect([error?.code, error?.message]).to.deep.equal([-32000, "invalid chain id for signer"]);
  });

  it("knows what operators ask", async () => {
    const status = (await ask("optimism_syncStatus")).result as Record<string, { number: number }>;
    expect(status["unsafe_l2"]?.number).to.equal(await provider.getBlockNumber());
    expect((await ask("web3_clientVersion")).result).to.match(/^tribunal\//);
    expect((await ask("net_version")).result).to.equal("42069");
    const { result } = await ask("eth_getBlockByNumber", "latest", false);
    expect((await ask("eth_coinbase")).result).to.equal((result as { miner: string }).miner);
  });
});
