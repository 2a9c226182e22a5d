// From a deployment and a key to the configuration of a watcher.
import type * as Send from "../../src/l1/send.ts";
import type * as Propose from "../../src/watcher/propose.ts";
import type { RunWatcherConfig } from "../../src/watcher/runWatcher.ts";
import type { DeployedRollup } from "./deploy.ts";
import { contractsOf, nodeConfig, type Local } from "./wiring.ts";

export type WatcherLocal = Omit<Local, "listen"> & {
  /** When to claim; null for a watcher that only answers others. */
  readonly policy: Propose.Policy | null;
  readonly sendTiming: Send.Timing;
};

/** A watcher of this deployment, with the key that pays for bonds and gas. */
export function watcherConfig(
  client: Send.L1Client,
  wallet: Send.L1Wallet,
  deployed: DeployedRollup,
  local: WatcherLocal,
): RunWatcherConfig {
  const { path, pollMs, say, policy, sendTiming } = local;
  // A watcher's node serves nobody.
  const listen = { host: "127.0.0.1", port: 0 };
  const node = nodeConfig(client, deployed, { path, pollMs, say, listen });
  const { disputeGame } = contractsOf(deployed);
  const clock = () => performance.now();
  return { ...node, client, wallet, disputeGame, policy, pollMs, sendTiming, clock };
}
