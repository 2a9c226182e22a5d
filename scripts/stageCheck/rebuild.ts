// While the operators live: what they say about the chain. When they are dead and their databases deleted: whether L1
// alone says the same.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createPublicClient, http, parseAbi, parseEther, type Address, type Hex } from "viem";
import * as Abi from "../../src/l1/abi.ts";
import { sleep } from "../../src/l1/retry.ts";
import * as Genesis from "../../src/machine/genesis.ts";
import * as Hexes from "../../src/primitives/hex.ts";
import * as Batch from "../../src/protocol/batch.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import * as Deposit from "../../src/wallet/deposit.ts";
import { NO_STORE } from "../deployment/deploy.ts";
import * as People from "../demo/people.ts";
import * as Criteria from "./criteria.ts";
import * as Operators from "./operators.ts";
import * as Worlds from "./world.ts";

/** What the operators said before they died. */
export type Lived = {
  readonly operators: readonly Operators.Process[];
  readonly l2Url: string;
  /** The hashes of the blocks from genesis on. */
  readonly hashes: readonly Hex[];
};

export type Claim = {
  readonly game: Address;
  readonly endBlock: bigint;
  readonly rootClaim: Hex;
};

const GAME = parseAbi([
  "function rootClaim() view returns (bytes32)",
  "function l2SequenceNumber() view returns (uint256)",
]);
const IN = parseEther("10");
const POLL_MS = 50;
const MOST_POLLS = 1_000;

/** Lets the operators run the chain until the proposer has claimed all of it. */
export async function live(world: Worlds.World, user: Hex): Promise<Lived> {
  const operators = Operators.ROLES.map((role) => Operators.startOperator(world, role));
  const [sequencer, ...others] = operators;
  if (sequencer === undefined) throw new TypeError("there are three roles");
  const l2Url = await sequencer.says(/L2 answers on (\S+)/);
  for (const { name, says } of others) await says(new RegExp(`${name} follows L1`));
  world.say(`sequencer, proposer and watcher run: processes ${pids(operators)}`);

  const l1 = People.onL1(world, user);
  const l2 = People.onL2({ l2Chain: Worlds.l2Chain(world, l2Url) }, user);
  const to = l1.wallet.account.address;
  const deposited = await Deposit.depositEther(l1, l2.chain, { to, value: IN });
  await l2.client.waitForTransactionReceipt({ hash: deposited.l2Hash });
  const hash = await l2.wallet.sendTransaction({ to, value: 1n });
  const { blockNumber } = await l2.client.waitForTransactionReceipt({ hash });
  await until("the proposer claims the last block", async () => {
    const claims = await claimsOf(world);
    return claims.some(({ endBlock }) => endBlock >= blockNumber);
  });
  const hashes = await hashesOf(l2Url, await l2.client.getBlockNumber());
  world.say(`a deposit and a transfer stand in ${hashes.length - 1} blocks, all of them claimed`);
  return { operators, l2Url, hashes };
}

/** Kills every operator and deletes what it kept; gives whether nothing is left. */
export async function kill(
  { folder, say }: Worlds.World,
  { operators, l2Url }: Lived,
): Promise<boolean> {
  const signals = await Promise.all(operators.map((operator) => operator.kill()));
  const answers = await fetch(l2Url, { method: "POST", body: "{}" }).then(
    () => true,
    () => false,
  );
  const folders = operators.map(({ name }) => join(folder, name));
  const kept = folders.every((path) => existsSync(path));
  for (const path of folders) rmSync(path, { recursive: true });
  say(`killed ${pids(operators)}; the L2's port is closed; the databases are deleted`);
  return signals.every((signal) => signal === "SIGKILL") && !answers && kept;
}

/** Starts a node that has nothing but L1, and compares. */
export async function compare(
  world: Worlds.World,
  { hashes, operators }: Lived,
  isDead: boolean,
  nodeUrl: string,
): Promise<Criteria.Outcome[]> {
  const number = BigInt(hashes.length - 1);
  const derived = await hashesOf(nodeUrl, number);
  const isSame = derived.every((hash, block) => hash === hashes[block]);
  const claims = await claimsOf(world);
  const outputs = await Promise.all(claims.map(({ endBlock }) => outputAt(nodeUrl, endBlock)));
  const areTrue = claims.every(({ rootClaim }, index) => rootClaim === outputs[index]?.outputRoot);
  const isGenesis = (await genesisOnL1(world)) === genesisOf(world);
  const last = claims.at(-1);
  const killed = `killed ${pids(operators)} with SIGKILL and deleted their databases`;
  return [
    Criteria.outcome(
      1,
      `read rootClaim() of all ${claims.length} claims on L1, and the node's output root at each block`,
      `all equal; the last one, of block ${last?.endBlock}, is ${last?.rootClaim}`,
      claims.length > 0 && areTrue,
    ),
    Criteria.outcome(
      2,
      `${killed}; started npm run node with an empty database and L1's URL`,
      `${derived.length} of ${hashes.length} block hashes equal, state roots as claimed`,
      isSame && areTrue && derived.length === hashes.length,
    ),
    Criteria.outcome(
      3,
      "the same: nothing but L1 was left to read; compared the genesis file with L1",
      `accumulator(0) of the inbox commits to that genesis: ${await genesisOnL1(world)}`,
      isDead && isSame && isGenesis,
    ),
  ];
}

/** The claims on L1 behind genesis, in the order of proposal. */
export async function claimsOf({ client, deployed }: Worlds.World): Promise<Claim[]> {
  const registry = { address: deployed.gameRegistry, abi: Abi.GAME_REGISTRY } as const;
  const count = await client.readContract({ ...registry, functionName: "gameCount" });
  const claims: Claim[] = [];
  for (let index = 1n; index < count; index++) {
    const [, , game] = await client.readContract({
      ...registry,
      ...{ functionName: "gameAtIndex", args: [index] },
    });
    const read = { address: game, abi: GAME } as const;
    const endBlock = await client.readContract({ ...read, functionName: "l2SequenceNumber" });
    const rootClaim = await client.readContract({ ...read, functionName: "rootClaim" });
    claims.push({ game, endBlock, rootClaim });
  }
  return claims;
}

/** Asks until it holds. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const { signal } = new AbortController();
  for (let polls = 0; polls < MOST_POLLS; polls++) {
    if (await holds()) return;
    await sleep(POLL_MS, signal);
  }
  throw new NeverError(what);
}

async function hashesOf(url: string, last: bigint): Promise<Hex[]> {
  const client = createPublicClient({ transport: http(url) });
  const hashes: Hex[] = [];
  for (let blockNumber = 0n; blockNumber <= last; blockNumber++) {
    hashes.push((await client.getBlock({ blockNumber })).hash);
  }
  return hashes;
}

async function outputAt(url: string, block: bigint): Promise<{ readonly outputRoot: Hex }> {
  return createPublicClient({ transport: http(url) }).request<{
    Method: "optimism_outputAtBlock";
    Parameters: [Hex];
    ReturnType: { outputRoot: Hex };
  }>({ method: "optimism_outputAtBlock", params: [Hexes.fromBigInt(block)] });
}

async function genesisOnL1({ client, deployed }: Worlds.World): Promise<Hex> {
  const inbox = { address: deployed.inbox, abi: Abi.INBOX } as const;
  return client.readContract({ ...inbox, functionName: "accumulator", args: [0n] });
}

function genesisOf({ deployed }: Worlds.World): Hex {
  const tip = Genesis.create(deployed.genesis, NO_STORE);
  return Hexes.fromBytes(Batch.genesisAccumulator(BlockDone.hash(tip)));
}

function pids(operators: readonly Operators.Process[]): string {
  return operators.map(({ name, pid }) => `${name} ${pid}`).join(", ");
}

export class NeverError extends Error {
  override readonly name = "Rebuild.NeverError";
  readonly what: string;
  constructor(what: string) {
    super(`waited in vain: ${what}`);
    this.what = what;
  }
}
