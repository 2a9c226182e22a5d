// A whole rollup in this process: an L1 with every limit on, the contracts, and a sequencer that serves JSON-RPC.
import { network } from "hardhat";
import { createPublicClient, createWalletClient, custom, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { deploy, preinstall } from "../../scripts/deployment/deploy.ts";
import { DEVELOPMENT, type Parameters } from "../../scripts/deployment/parameters.ts";
import { contractsOf, sequencerConfig } from "../../scripts/deployment/wiring.ts";
import * as Chains from "../../src/l1/chain.ts";
import type { L1Client } from "../../src/l1/send.ts";
import { StoppedError } from "../../src/node/loop.ts";
import * as RunSequencer from "../../src/sequencer/runSequencer.ts";

// Hardhat's published development keys.
export const KEYS = {
  deployer: "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  sequencer: "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
  alice: "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
  bob: "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
} as const;

export type Options = {
  readonly path: string;
  readonly parameters: Parameters;
  readonly timing: RunSequencer.RunSequencerConfig["timing"];
};

export const OPTIONS: Options = {
  path: ":memory:",
  parameters: DEVELOPMENT,
  timing: { blockMs: 50, quickMs: 50, batchMs: 200 },
};

/** An L1 with the rollup's contracts on it. */
export async function startL1({ parameters }: Pick<Options, "parameters">) {
  const connection = await network.create("l1");
  const chain = Chains.defineL1({ id: 31337, name: "L1", rpcUrl: "http://127.0.0.1:8545" });
  const transport = custom(connection.provider);
  const client: L1Client = createPublicClient({ chain, transport, cacheTime: 0 });
  const walletOf = (key: `0x${string}`) =>
    createWalletClient({ chain, transport, account: privateKeyToAccount(key) });
  const l1 = { client, wallet: walletOf(KEYS.deployer) };
  await preinstall(l1, ["CREATE2 deployer", "Multicall3"]);
  const sequencer = privateKeyToAccount(KEYS.sequencer).address;
  const deployed = await deploy(l1, parameters, sequencer, () => undefined);

  /** Moves the clock of L1 and mines a block. */
  async function pass(seconds: number) {
    await connection.provider.request({ method: "evm_increaseTime", params: [seconds] });
    await connection.provider.request({ method: "evm_mine", params: [] });
  }
  return { connection, chain, transport, client, walletOf, deployed, pass };
}

export type RunningL1 = Awaited<ReturnType<typeof startL1>>;

/** A sequencer on an L1, with viem clients of its L2. */
export async function startSequencer(l1: RunningL1, options: Options, said: string[]) {
  const say = (line: string) => void said.push(line);
  const wallet = l1.walletOf(KEYS.sequencer);
  const abort = new AbortController();
  const config = sequencerConfig(l1.client, wallet, l1.deployed, {
    signal: abort.signal,
    ...{ path: options.path, listen: { host: "127.0.0.1", port: 0 }, pollMs: 20 },
    ...{ timing: options.timing, say, sendTiming: { pollMs: 20, repriceMs: 10_000 } },
  });
  const running = await RunSequencer.run(config);
  const stop = async () => {
    abort.abort(new StoppedError());
    await running.stop();
  };
  return { running, stop, ...clientsOf(l1, running.serving.url) };
}

/** viem clients of an L2 that answers at a URL. */
export function clientsOf(l1: RunningL1, rpcUrl: string) {
  const { deployed } = l1;
  const fields = { id: Number(deployed.parameters.chainId), name: "L2", rpcUrl };
  const chain = Chains.defineL2(fields, l1.chain, contractsOf(deployed));
  const transport = http(rpcUrl);
  const client = createPublicClient({ chain, transport, cacheTime: 0, pollingInterval: 20 });
  const walletOf = (key: `0x${string}`) =>
    createWalletClient({
      chain,
      transport,
      account: privateKeyToAccount(key),
      pollingInterval: 20,
    });
  return { chain, rpcUrl, client, walletOf };
}
