// A node: follows L1, derives the chain, keeps it on disk and answers for it. With a sequencer beside it, it also
// takes transactions.

import { setImmediate } from "node:timers/promises";
import * as Context from "../machine/context.ts";
import * as Genesis from "../machine/genesis.ts";
import type * as Account from "../machine/account.ts";
import type * as Inbox from "../machine/inbox.ts";
import { assert } from "../primitives/assert.ts";
import * as Batch from "../protocol/batch.ts";
import * as BlockDone from "../protocol/blockDone.ts";
import type { Backend, Progress } from "./backend.ts";
import * as Chain from "./chain.ts";
import * as Database from "./database.ts";
import * as Derive from "./derive.ts";
import { follow, type L1Head, type L1Source, type Patience } from "./follow.ts";
import * as InboxRecords from "./inboxRecords.ts";
import { StoppedError } from "./loop.ts";
import type { BlockRecord } from "./record.ts";
import * as Methods from "./rpc/methods/methods.ts";
import * as Server from "./rpc/server.ts";
import * as Subscriptions from "./rpc/subscriptions.ts";

/** What makes a chain this chain: equal for all of its nodes. */
export type Deployment = {
  readonly chainId: bigint;
  readonly genesis: Genesis.Genesis;
  readonly portal: Uint8Array;
  /** The L1 block in which the first of the contracts was deployed. */
  readonly firstL1Block: bigint;
  /** Facts for optimism_rollupConfig. */
  readonly rollupConfig: Readonly<Record<string, unknown>>;
};

export type NodeConfig = {
  readonly deployment: Deployment;
  /** The database file, or ":memory:". */
  readonly path: string;
  readonly source: L1Source;
  readonly say: (line: string) => void;
};

export type RollupNode = {
  readonly config: NodeConfig;
  readonly chain: Chain.Chain;
  readonly inbox: Inbox.Inbox;
  readonly genesisAccumulator: Uint8Array;
  readonly patience: Patience;
  l1: L1Head | undefined;
  /** What L1 called final last. */
  finalizedL1: L1Head | undefined;
};

/** The part of a node that takes transactions. */
export type Taker = Pick<
  Backend,
  "submit" | "waiting" | "allWaiting" | "pendingNonce" | "suggestedTip"
>;

/** What a sequencer adds to following: its own blocks may already be there. */
export type Hooks = Pick<Derive.Derivation, "isOwn" | "truncate" | "onBlock" | "rest">;

const NO_STORE: Account.Source = {
  nodes: { get: () => undefined },
  code: () => {
    throw new TypeError("genesis knows its own code");
  },
};

/** Opens the database and the chain in it. */
export function open(config: NodeConfig): RollupNode {
  const { deployment, path } = config;
  const genesis = Genesis.create(deployment.genesis, NO_STORE);
  const database = Database.open(path);
  const context = Context.create("Osaka", deployment.chainId, true);
  const chain = Chain.open(database, context, genesis);
  const inbox = InboxRecords.inbox(database, deployment.portal);
  const genesisAccumulator = Batch.genesisAccumulator(BlockDone.hash(genesis));
  const unread = { l1: undefined, finalizedL1: undefined };
  return { config, chain, inbox, genesisAccumulator, patience: { looks: 0 }, ...unread };
}

/** Closes the database; every loop must have ended. */
export function close({ chain }: RollupNode): void {
  Database.close(chain.database);
}

/** For a node without a sequencer: whatever L1 does not say is forgotten, and no block is there before L1 has it. */
export function plainHooks(node: RollupNode, onBlock: (block: BlockRecord) => void): Hooks {
  return {
    isOwn: () => false,
    truncate: (number) => Chain.truncate(node.chain, number),
    onBlock,
    rest: () => setImmediate(),
  };
}

/** Reads on in L1 and derives what it says. */
export async function sync(node: RollupNode, hooks: Hooks, signal: AbortSignal): Promise<void> {
  const { chain, inbox, config, genesisAccumulator } = node;
  const { source, deployment, say } = config;
  const { database } = chain;
  const derivation: Derive.Derivation = { chain, inbox, ...hooks };
  const cutBack = () => {
    say("L1 reorganised: going back to what it still holds");
    Derive.cutBack(derivation);
  };
  // The process may have ended in between.
  if (Derive.isCutBackDue(database)) cutBack();
  const { firstL1Block } = deployment;
  const { patience } = node;
  const head = await follow(
    ...([database, source, genesisAccumulator, firstL1Block, cutBack, patience] as const),
  );
  await Derive.derive(derivation, signal);
  const isBehind = patience.looks > 0;
  if (node.l1 !== undefined && isBehind) return;
  // Finality moves with new blocks only. What was final once stays so where L1 has no answer for a moment, or an older one:
  // another node behind the same address may be late. Below it, L1 has begun anew, as development chains do.
  if (node.l1?.number !== head.number) {
    const known = node.finalizedL1;
    const found = (await source.finalized()) ?? known;
    const isOlder = found !== undefined && known !== undefined && found.number < known.number;
    node.finalizedL1 = isOlder && known.number <= head.number ? known : found;
  }
  node.l1 = head;
}

/** What the JSON-RPC methods see of the node. */
export function backend(node: RollupNode, taker: Taker): Backend {
  const { chain, config } = node;
  return {
    chain,
    portal: config.deployment.portal,
    rollupConfig: config.deployment.rollupConfig,
    progress: () => progress(node),
    ...taker,
  };
}

function progress({ chain, l1, finalizedL1 }: RollupNode): Progress {
  assert(l1 !== undefined, "a node serves after it has read L1");
  const { database } = chain;
  return {
    // Each reads a batch, which most of those who ask for L1's time do without.
    get safe() {
      return Derive.lastSafe(database);
    },
    get finalized() {
      return finalizedL1 === undefined ? 0n : Derive.lastWithin(database, finalizedL1.number);
    },
    l1Number: l1.number,
    l1Hash: l1.hash,
    l1Timestamp: l1.timestamp,
    finalizedL1,
  };
}

export type Serving = {
  readonly url: string;
  readonly webSocketUrl: string;
  readonly onBlock: (block: BlockRecord) => void;
  readonly onWaiting: (hash: Uint8Array) => void;
  readonly close: () => Promise<void>;
};

/** Answers JSON-RPC for the node. */
export async function serve(
  node: RollupNode,
  taker: Taker,
  listen: { readonly host: string; readonly port: number },
): Promise<Serving> {
  const view = backend(node, taker);
  const subscriptions = Subscriptions.create(view);
  const methods = { ...Methods.create(view), ...subscriptions.methods };
  const onInternalError = (method: string, error: unknown) => {
    // Whatever still waits when the node stops is told so, and is no fault.
    if (error instanceof StoppedError) return;
    node.config.say(`${method} failed: ${error instanceof Error ? error.stack : String(error)}`);
  };
  const { onBlock, onWaiting, onDisconnect } = subscriptions;
  const server = await Server.serve({ methods, onInternalError }, { ...listen, onDisconnect });
  return { ...server, onBlock, onWaiting };
}
