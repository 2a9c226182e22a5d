// The L1 on which everything is checked: Hardhat's, with every limit of mainnet, JSON-RPC for other processes, and the
// contracts with the clocks and bonds of production.
import hre from "hardhat";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createPublicClient,
  createWalletClient,
  http,
  parseEther,
  type Address,
  type Hex,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import * as Chains from "../../src/l1/chain.ts";
import type { L1Client, L1Wallet } from "../../src/l1/send.ts";
import { deploy, preinstall, type DeployedRollup } from "../deployment/deploy.ts";
import * as DeploymentFile from "../deployment/deploymentFile.ts";
import { PRODUCTION } from "../deployment/parameters.ts";
import { contractsOf } from "../deployment/wiring.ts";
import * as Keys from "../devnet/keys.ts";

export type World = {
  readonly l1Url: string;
  readonly l1Chain: ReturnType<typeof Chains.defineL1>;
  readonly client: L1Client;
  readonly deployed: DeployedRollup;
  /** What operators and nodes are started with. */
  readonly deploymentFile: string;
  /** Where operators keep their databases. */
  readonly folder: string;
  readonly l1WalletOf: (key: Hex) => L1Wallet;
  readonly say: (line: string) => void;
  readonly close: () => Promise<void>;
};

const HOST = "127.0.0.1";
const L1_CHAIN_ID = 31_337;
const TIMEOUT_MS = 60_000;

/** Starts the L1 and deploys the rollup on it. */
export async function start(say: (line: string) => void): Promise<World> {
  const server = await hre.network.createServer({ network: "l1" }, HOST, 0);
  const { port } = await server.listen();
  const folder = mkdtempSync(join(tmpdir(), "tribunal-stage-"));
  const close = async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  };
  const l1Url = `http://${HOST}:${port}`;
  const l1Chain = Chains.defineL1({ id: L1_CHAIN_ID, name: "L1", rpcUrl: l1Url });
  const transport = http(l1Url, { timeout: TIMEOUT_MS });
  const fast = { cacheTime: 0, pollingInterval: 50 };
  const client: L1Client = createPublicClient({ chain: l1Chain, transport, ...fast });
  const l1WalletOf = (key: Hex): L1Wallet =>
    createWalletClient({ chain: l1Chain, transport, account: privateKeyToAccount(key), ...fast });
  try {
    const l1 = { client, wallet: l1WalletOf(Keys.DEPLOYER) };
    await preinstall(l1, ["CREATE2 deployer", "Multicall3"]);
    const sequencer = privateKeyToAccount(Keys.SEQUENCER).address;
    const deployed = await deploy(l1, PRODUCTION, sequencer, () => undefined);
    const deploymentFile = join(folder, "deployment.json");
    DeploymentFile.write(deploymentFile, deployed);
    return { l1Url, l1Chain, client, deployed, deploymentFile, folder, l1WalletOf, say, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The L2 as a node at this URL shows it. */
export function l2Chain({ l1Chain, deployed }: World, rpcUrl: string) {
  const fields = { id: Number(deployed.parameters.chainId), name: "Tribunal", rpcUrl };
  return Chains.defineL2(fields, l1Chain, contractsOf(deployed));
}

/** Somebody whom nobody knows: a key made now, with ether on L1. */
export async function stranger(world: World, ether: string): Promise<Hex> {
  const key = generatePrivateKey();
  const to = privateKeyToAccount(key).address;
  const hash = await world
    .l1WalletOf(Keys.DEPLOYER)
    .sendTransaction({ to, value: parseEther(ether) });
  await world.client.waitForTransactionReceipt({ hash });
  return key;
}

/** Gives the next L1 block this time. */
export async function nextBlockAt({ client }: Pick<World, "client">, time: bigint): Promise<void> {
  const request = client.request as (call: {
    method: string;
    params: unknown[];
  }) => Promise<unknown>;
  await request({ method: "evm_setNextBlockTimestamp", params: [Number(time)] });
}

/** The time of L1's newest block. */
export async function now({ client }: Pick<World, "client">): Promise<bigint> {
  return (await client.getBlock()).timestamp;
}

/** The account of a key. */
export function accountOf(key: Hex): Address {
  return privateKeyToAccount(key).address;
}
