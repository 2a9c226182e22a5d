// The watcher's process: a node of its own, which serves nobody, and the watcher on top.
import type { Address } from "viem";
import { untilItReads } from "../l1/retry.ts";
import * as Send from "../l1/send.ts";
import * as Loop from "../node/loop.ts";
import * as Node from "../node/node.ts";
import * as CatchUp from "./catchUp.ts";
import * as GameSync from "./gameSync.ts";
import type * as Propose from "./propose.ts";
import { Watcher } from "./watcher.ts";

export type RunWatcherConfig = Node.NodeConfig & {
  readonly client: Send.L1Client;
  readonly wallet: Send.L1Wallet;
  readonly disputeGame: Address;
  readonly policy: Propose.Policy | null;
  readonly pollMs: number;
  /** Milliseconds since any time. */
  readonly clock: () => number;
  readonly sendTiming: Send.Timing;
};

export type OpenWatcher = {
  readonly node: Node.RollupNode;
  readonly game: GameSync.GameSync;
  readonly watcher: Watcher;
};

export type RunningWatcher = OpenWatcher & {
  readonly failure: Promise<unknown>;
  readonly stop: () => Promise<void>;
};

/** A watcher that has yet to be told to look; the node below it has read nothing that is not in its database. */
export async function open(config: RunWatcherConfig, signal: AbortSignal): Promise<OpenWatcher> {
  const { client, wallet, disputeGame, policy, sendTiming, say, clock, deployment } = config;
  const retry = { signal, say };
  const game = await untilItReads("read the game", retry, () =>
    GameSync.open(client, disputeGame, deployment.firstL1Block),
  );
  const node = Node.open(config);
  const catchUp = CatchUp.create(clock);
  const plain = Node.plainHooks(node, () => undefined);
  const hooks = { ...plain, rest: () => CatchUp.rest(catchUp) };
  const sync = () => untilItReads("follow L1", retry, () => Node.sync(node, hooks, signal));
  const watcher = new Watcher({
    source: { chain: node.chain, inbox: node.inbox, config: game.config },
    syncChain: () => CatchUp.advance(catchUp, sync),
    sender: Send.create(client, wallet, retry, sendTiming),
    ...{ game, policy, say, clock },
  });
  return { node, game, watcher };
}

/** Watches until told to stop. */
export async function run(config: RunWatcherConfig): Promise<RunningWatcher> {
  const loops = Loop.create();
  const { signal } = loops;
  const opened = await open(config, signal);
  const turn = async () => {
    await opened.watcher.turn();
  };
  loops.run(Loop.repeat(config.pollMs, signal, turn));
  const stop = async () => {
    await loops.stop();
    await opened.watcher.close();
    Node.close(opened.node);
  };
  return { ...opened, failure: loops.failure, stop };
}
