// One operator of a rollup: `operatorProcess.ts ROLE L1-URL DEPLOYMENT FOLDER`, until it is killed.
import { join } from "node:path";
import { createPublicClient, createWalletClient } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import * as Chains from "../../src/l1/chain.ts";
import type { L1Client, L1Wallet } from "../../src/l1/send.ts";
import { http } from "../../src/l1/transport.ts";
import * as RunSequencer from "../../src/sequencer/runSequencer.ts";
import * as RunWatcher from "../../src/watcher/runWatcher.ts";
import * as DeploymentFile from "../deployment/deploymentFile.ts";
import { watcherConfig } from "../deployment/watcherWiring.ts";
import { sequencerConfig } from "../deployment/wiring.ts";
import * as Keys from "../devnet/keys.ts";
import { ROLES } from "./operators.ts";

const POLL_MS = 100;
const TIMING = { blockMs: 200, quickMs: 200, batchMs: 500 };
const SEND_TIMING = { pollMs: POLL_MS, repriceMs: 20_000 };
const KEYS = { sequencer: Keys.SEQUENCER, proposer: Keys.PROPOSER, watcher: Keys.WATCHER };
/** Claims whatever stands on L1. */
const AT_ONCE = { blocks: 1n, seconds: 0n };

async function main(words: readonly string[]): Promise<unknown> {
  const role = ROLES.find((one) => one === words[0]);
  const [, l1Url, file, folder] = words;
  if (role === undefined || l1Url === undefined || file === undefined || folder === undefined)
    throw new RangeError(`expected ROLE L1-URL DEPLOYMENT FOLDER, got ${words.join(" ")}`);
  const deployed = DeploymentFile.read(file);
  const chain = Chains.defineL1({ id: 31_337, name: "L1", rpcUrl: l1Url });
  const client: L1Client = createPublicClient({ chain, transport: http(l1Url), cacheTime: 0 });
  const account = privateKeyToAccount(KEYS[role]);
  const wallet: L1Wallet = createWalletClient({ chain, transport: http(l1Url), account });
  const path = join(folder, role, "chain.sqlite");
  const say = (line: string) => console.log(line);
  const local = { path, pollMs: POLL_MS, sendTiming: SEND_TIMING, say };
  if (role !== "sequencer") {
    const policy = role === "proposer" ? AT_ONCE : null;
    const { failure } = await RunWatcher.run(
      watcherConfig(client, wallet, deployed, { ...local, policy }),
    );
    say(`${role} follows L1`);
    return failure;
  }
  const { signal } = new AbortController();
  const { serving, failure } = await RunSequencer.run(
    sequencerConfig(client, wallet, deployed, {
      ...local,
      ...{ listen: { host: "127.0.0.1", port: 0 }, signal, timing: TIMING },
    }),
  );
  say(`L2 answers on ${serving.url}`);
  return failure;
}

// Whatever it gives is a failure: an operator goes on until it is killed.
main(process.argv.slice(2)).then(
  (failure) => {
    console.error(failure);
    process.exit(1);
  },
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
