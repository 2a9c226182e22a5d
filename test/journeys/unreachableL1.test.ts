// An L1 that goes away, and things that answer in its place: sequencer, node and watcher say so, wait, and go on where they
// were. Between them and L1 lies a proxy that does what networks do.
import { expect } from "chai";
import hre from "hardhat";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createPublicClient, createWalletClient, parseEther, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { publicActionsL2, walletActionsL1 } from "viem/op-stack";
import { deploy, preinstall, type DeployedRollup } from "../../scripts/deployment/deploy.ts";
import { DEVELOPMENT } from "../../scripts/deployment/parameters.ts";
import { watcherConfig } from "../../scripts/deployment/watcherWiring.ts";
import { contractsOf, nodeConfig, sequencerConfig } from "../../scripts/deployment/wiring.ts";
import * as Chains from "../../src/l1/chain.ts";
import { isTemporary, sleep } from "../../src/l1/retry.ts";
import { http, MalformedAnswerError } from "../../src/l1/transport.ts";
import * as RunNode from "../../src/node/runNode.ts";
import * as RunSequencer from "../../src/sequencer/runSequencer.ts";
import * as RunWatcher from "../../src/watcher/runWatcher.ts";
import { KEYS } from "../harness/rollupProcess.ts";

const HOST = "127.0.0.1";
const NOWHERE = "0x000000000000000000000000000000000000dEaD";
const ANY = { host: HOST, port: 0 };
const OUTAGE_MS = 400;
const SEND_TIMING = { pollMs: 20, repriceMs: 20_000 };
const { signal: NEVER } = new AbortController();

const json = (body: string) => answer("200 OK", "application/json", body);
function answer(status: string, type: string, body: string): string {
  const head = [`HTTP/1.1 ${status}`, `content-type: ${type}`, "connection: close"];
  return `${head.join("\r\n")}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

/** What stands in L1's place, and what it says to any request; undefined for silence. */
const IMPOSTORS: readonly (readonly [string, string | undefined])[] = [
  ["nobody", undefined],
  ["bytes that are no HTTP", "\x01\x02 garbage\r\n\r\n"],
  ["a server in trouble", answer("500 Internal Server Error", "text/plain", "oops")],
  ["a gatekeeper", answer("403 Forbidden", "text/html", "<html>no</html>")],
  ["a captive portal", answer("200 OK", "text/html", "<html>log in</html>")],
  ["half an answer", json('{"jsonrpc":"2.0","id":1,"result":"0x').replace("th: ", "th: 9")],
  ["an empty object", json("{}")],
  ["null", json("null")],
  ["a word", json('{"jsonrpc":"2.0","id":1,"result":"banana"}')],
  ["an object without fields", json('{"jsonrpc":"2.0","id":1,"result":{}}')],
  ["nothing found", json('{"jsonrpc":"2.0","id":1,"result":null}')],
  [
    "a node that lags",
    json('{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"header not found"}}'),
  ],
];

describe("an L1 that cannot be reached", function () {
  this.timeout(180_000);
  const said: string[] = [];
  const sockets = new Set<Socket>();
  const closers: (() => unknown)[] = [];
  let impostor: string | undefined | null = null;
  let deployed: DeployedRollup;
  let l1Port: number;
  let sequencer: RunSequencer.RunningSequencer;
  let node: RunNode.RunningNode;
  let watcher: RunWatcher.RunningWatcher;
  const failures: unknown[] = [];

  function proxy(): Server {
    return createServer((socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => socket.destroy());
      if (impostor === undefined) return void socket.destroy();
      const text = impostor;
      if (text !== null) return void socket.on("data", () => socket.end(text));
      const upstream = connect(l1Port, HOST);
      upstream.on("error", () => socket.destroy());
      socket.on("close", () => upstream.destroy());
      socket.pipe(upstream).pipe(socket);
    });
  }

  function become(what: string | undefined | null): void {
    impostor = what;
    for (const socket of sockets) socket.destroy();
  }

  function clientsOf(url: string) {
    const chain = Chains.defineL1({ id: 31_337, name: "L1", rpcUrl: url });
    const transport = http(url, { timeout: 60_000 });
    const client = createPublicClient({ chain, transport, cacheTime: 0, pollingInterval: 20 });
    const walletOf = (key: Hex) =>
      createWalletClient({ chain, transport, account: privateKeyToAccount(key) });
    return { chain, client, walletOf };
  }

  function l2Of(rpcUrl: string) {
    const { chain: l1Chain } = clientsOf(`http://${HOST}:${l1Port}`);
    const fields = { id: Number(deployed.parameters.chainId), name: "L2", rpcUrl };
    const chain = Chains.defineL2(fields, l1Chain, contractsOf(deployed));
    const transport = http(rpcUrl);
    const client = createPublicClient({ chain, transport, cacheTime: 0, pollingInterval: 20 });
    const account = privateKeyToAccount(KEYS.alice);
    return { client, wallet: createWalletClient({ chain, transport, account }) };
  }

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 600; tries++) {
      expect(failures).to.deep.equal([]);
      if (await holds()) return;
      await sleep(20, NEVER);
    }
    throw new RangeError(`never: ${what}; said: ${said.slice(-5).join(" | ")}`);
  }

  before(async () => {
    const server = await hre.network.createServer({ network: "l1" }, HOST, 0);
    ({ port: l1Port } = await server.listen());
    closers.push(() => server.close());
    const between = proxy();
    await new Promise<void>((resolve) => between.listen(0, HOST, resolve));
    closers.push(() => between.close());
    const direct = clientsOf(`http://${HOST}:${l1Port}`);
    const through = clientsOf(`http://${HOST}:${(between.address() as AddressInfo).port}`);
    const deployer = { client: direct.client, wallet: direct.walletOf(KEYS.deployer) };
    await preinstall(deployer, ["CREATE2 deployer", "Multicall3"]);
    const account = privateKeyToAccount(KEYS.sequencer).address;
    deployed = await deploy(deployer, DEVELOPMENT, account, () => undefined);

    const say = (line: string) => void said.push(line);
    const local = { path: ":memory:", pollMs: 20, say };
    const abort = new AbortController();
    sequencer = await RunSequencer.run(
      sequencerConfig(through.client, through.walletOf(KEYS.sequencer), deployed, {
        ...{ ...local, listen: ANY, sendTiming: SEND_TIMING, signal: abort.signal },
        timing: { blockMs: 20, quickMs: 20, batchMs: 100 },
      }),
    );
    closers.push(async () => {
      abort.abort();
      await sequencer.stop();
    });
    // These two start while nobody is there.
    become(undefined);
    const starting = [
      RunNode.run(nodeConfig(through.client, deployed, { ...local, listen: ANY })),
      RunWatcher.run(
        watcherConfig(through.client, through.walletOf(KEYS.bob), deployed, {
          ...{ ...local, sendTiming: SEND_TIMING, policy: { blocks: 1n, seconds: 0n } },
        }),
      ),
    ] as const;
    await sleep(OUTAGE_MS, NEVER);
    become(null);
    [node, watcher] = await Promise.all(starting);
    closers.push(
      () => node.stop(),
      () => watcher.stop(),
    );
    for (const { failure } of [sequencer, node, watcher])
      void failure.then((error) => failures.push(error));

    const alice = direct.walletOf(KEYS.alice).extend(walletActionsL1());
    const { client } = l2Of(sequencer.serving.url);
    const request = await client
      .extend(publicActionsL2())
      .buildDepositTransaction({ mint: parseEther("4"), to: alice.account.address });
    await alice.depositTransaction(request);
    const { address } = alice.account;
    await until("Alice has ether", async () => (await client.getBalance({ address })) > 0n);
  });
  after(async () => {
    become(null);
    for (const close of closers.reverse()) await close();
  });

  it("at the start is said and waited out", () => {
    expect(said.join("\n")).to.match(/follow L1: L1 did not answer .*; trying again in 0.25 s/);
    expect(said.join("\n")).to.match(/follow L1: L1 answers again/);
  });

  let sent = 0n;
  for (const [what, text] of IMPOSTORS) {
    it(`and has ${what} in its place loses nothing`, async () => {
      said.length = 0;
      become(text);
      const { wallet } = l2Of(sequencer.serving.url);
      const fees = { gas: 21_000n, maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 10n };
      await wallet.sendTransaction({ to: NOWHERE, value: 1n, ...fees });
      sent += 1n;
      await sleep(OUTAGE_MS, NEVER);
      become(null);
      const { client } = l2Of(node.serving.url);
      await until(
        "another node derives it",
        async () => (await client.getBalance({ address: NOWHERE })) === sent,
      );
      expect(said.some((line) => /L1 did not answer/.test(line))).to.equal(true);
    });
  }

  it("answers a wrong shape with a name, which is waited out", async () => {
    for (const body of ['{"jsonrpc":"2.0","id":1,"result":7}', "null", "7"]) {
      const server = createServer((socket) => {
        socket.on("data", () => socket.end(json(body)));
      });
      await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
      const { client } = clientsOf(`http://${HOST}:${(server.address() as AddressInfo).port}`);
      const error = await client.getBlockNumber().catch((reason: unknown) => reason);
      server.close();
      expect(error, body).to.be.instanceOf(MalformedAnswerError);
      expect(error, body).to.include({ method: "eth_blockNumber", expected: "hex" });
      expect(isTemporary(error), body).to.equal(true);
    }
  });
});
