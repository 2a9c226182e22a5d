// A whole rollup on one machine: a Hardhat L1 with JSON-RPC, the contracts, the sequencer with JSON-RPC.
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createPublicClient, createWalletClient, type Address, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import * as Chains from "../../src/l1/chain.ts";
import type { L1Client, L1Wallet } from "../../src/l1/send.ts";
import { http } from "../../src/l1/transport.ts";
import { StoppedError } from "../../src/node/loop.ts";
import { notListening } from "../../src/node/rpc/server.ts";
import type * as Propose from "../../src/watcher/propose.ts";
import * as RunWatcher from "../../src/watcher/runWatcher.ts";
import * as RunSequencer from "../../src/sequencer/runSequencer.ts";
import { begin, preinstall, type DeployedRollup } from "../deployment/deploy.ts";
import type { Parameters } from "../deployment/parameters.ts";
import { watcherConfig } from "../deployment/watcherWiring.ts";
import { contractsOf, sequencerConfig } from "../deployment/wiring.ts";
import * as Keys from "./keys.ts";
import * as L1 from "./l1.ts";
import type { StartOptions } from "./options.ts";

export type Devnet = {
  readonly l1Url: string;
  readonly l1Chain: ReturnType<typeof Chains.defineL1>;
  readonly l2Chain: ReturnType<typeof Chains.defineL2>;
  readonly client: L1Client;
  readonly deployed: DeployedRollup;
  readonly sequencer: RunSequencer.RunningSequencer;
  readonly l1WalletOf: (key: Hex) => L1Wallet;
  /** Starts an honest proposer and a watcher, each with a node of its own that knows L1 alone. */
  readonly guard: (policy: Propose.Policy) => Promise<Guarded>;
  /** Resolves once the contracts that only a dispute needs stand as well. */
  readonly complete: Promise<void>;
  /** Resolves with the reason if the L1 or the sequencer gives up. */
  readonly failure: Promise<unknown>;
  readonly stop: () => Promise<void>;
};

/** What is running; `failure` resolves if one of them gives up. */
export type Guarded = { readonly failure: Promise<unknown> };

const HOST = "127.0.0.1";
const L1_CHAIN_ID = 31_337;
const L1_BLOCK_MS = 2_000;
const POLL_MS = 100;
/** One creation tries every precompile. */
const L1_TIMEOUT_MS = 60_000;
const GUARD_POLL_MS = 1_000;

/** Starts everything; `say` is told of each thing as it stands. */
export async function start(
  options: StartOptions,
  parameters: Parameters,
  timing: RunSequencer.RunSequencerConfig["timing"],
  say: (line: string) => void,
): Promise<Devnet> {
  await requireFree(options.l1Port);
  await requireFree(options.l2Port);
  requireFresh(options.data);
  const closers: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const close of closers.reverse()) await close();
  };
  try {
    const l1Node = await L1.start(options.l1Port, L1_BLOCK_MS);
    closers.push(() => l1Node.stop());
    const l1Url = l1Node.url;
    const l1Chain = Chains.defineL1({ id: L1_CHAIN_ID, name: "Tribunal L1", rpcUrl: l1Url });
    say(`L1 (Hardhat) answers on ${l1Url}, chain id ${L1_CHAIN_ID}`);

    const transport = http(l1Url, { timeout: L1_TIMEOUT_MS });
    const fast = { cacheTime: 0, pollingInterval: 50 };
    const client: L1Client = createPublicClient({ chain: l1Chain, transport, ...fast });
    const l1WalletOf = (key: Hex): L1Wallet =>
      createWalletClient({ chain: l1Chain, transport, account: privateKeyToAccount(key), ...fast });

    const l1 = { client, wallet: l1WalletOf(Keys.DEPLOYER) };
    await preinstall(l1, ["CREATE2 deployer", "Multicall3"]);
    const { deployed, finish } = await begin(l1, parameters, addressOf(Keys.SEQUENCER), say);
    const complete = l1Node.kzg.then(finish);
    // Whoever waits for it hears of it, and `failure` tells the others.
    complete.catch(() => undefined);

    const abort = new AbortController();
    closers.push(() => Promise.resolve(abort.abort(new StoppedError())));
    const sequencer = await RunSequencer.run(
      sequencerConfig(client, l1WalletOf(Keys.SEQUENCER), deployed, {
        path: databasePath(options.data, "sequencer"),
        listen: { host: HOST, port: options.l2Port },
        pollMs: POLL_MS,
        signal: abort.signal,
        sendTiming: { pollMs: POLL_MS, repriceMs: 20_000 },
        timing,
        say,
      }),
    );
    closers.push(() => sequencer.stop());
    const rpcUrl = sequencer.serving.url;
    const fields = { id: Number(parameters.chainId), name: "Tribunal", rpcUrl };
    const l2Chain = Chains.defineL2(fields, l1Chain, contractsOf(deployed));
    say(`L2 answers on ${rpcUrl} and ${sequencer.serving.webSocketUrl}, chain id ${fields.id}`);
    const site = { client, l1WalletOf, deployed, data: options.data, say, closers };
    const guard = (policy: Propose.Policy) => startGuards(site, policy);
    const failure = Promise.race([
      sequencer.failure,
      ...[l1Node.failure, complete.then(() => NEVER)].map((one) =>
        one.catch((error: unknown) => error),
      ),
    ]);
    return {
      ...{ l1Url, l1Chain, l2Chain, client, deployed, complete, sequencer, l1WalletOf, guard },
      ...{ failure, stop },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const NEVER = new Promise<never>(() => undefined);

type Site = Pick<Devnet, "client" | "l1WalletOf" | "deployed"> & {
  readonly data: string | undefined;
  readonly say: (line: string) => void;
  /** What stops everything, the latest first. */
  readonly closers: (() => Promise<void>)[];
};

/** The proposer, which claims by the policy, and the watcher, which claims nothing of its own. */
async function startGuards(
  { client, l1WalletOf, deployed, data, say, closers }: Site,
  policy: Propose.Policy,
): Promise<Guarded> {
  const parties = { proposer: [Keys.PROPOSER, policy], watcher: [Keys.WATCHER, null] } as const;
  const failures: Promise<unknown>[] = [];
  for (const [name, [key, own]] of Object.entries(parties)) {
    const watcher = await RunWatcher.run(
      watcherConfig(client, l1WalletOf(key), deployed, {
        ...{ path: databasePath(data, name), pollMs: GUARD_POLL_MS, policy: own },
        sendTiming: { pollMs: POLL_MS, repriceMs: 20_000 },
        say: (line) => say(`${name}: ${line}`),
      }),
    );
    closers.push(() => watcher.stop());
    failures.push(watcher.failure);
  }
  return { failure: Promise.race(failures) };
}

export function addressOf(key: Hex): Address {
  return privateKeyToAccount(key).address;
}

function databasePath(folder: string | undefined, name: string): string {
  return folder === undefined ? ":memory:" : join(folder, `${name}.sqlite`);
}

/** Each start has an L1 of its own, which knows nothing of what an earlier one has left. */
function requireFresh(folder: string | undefined): void {
  if (folder !== undefined && existsSync(databasePath(folder, "sequencer"))) {
    throw new StaleDataError(folder);
  }
}

/** Fails before anything is started, not after half of it. */
function requireFree(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error) => reject(notListening(HOST, port, error)));
    probe.listen(port, HOST, () => probe.close(() => resolve()));
  });
}

export class StaleDataError extends Error {
  override readonly name = "Devnet.StaleDataError";
  readonly folder: string;
  constructor(folder: string) {
    super(
      `${folder} holds the data of another start, which had an L1 of its own: choose a new folder`,
    );
    this.folder = folder;
  }
}
