// eth_subscribe: news over WebSocket.

import { randomBytes } from "node:crypto";
import * as Hex from "../../primitives/hex.ts";
import type { Backend } from "../backend.ts";
import type { BlockRecord } from "../record.ts";
import type { Connection, Methods } from "./dispatch.ts";
import * as Format from "./format.ts";
import * as Logs from "./logs.ts";
import * as Params from "./params.ts";
import { InvalidParamsError, LimitExceededError, MethodNotFoundError } from "./rpcError.ts";

type Subscription = {
  readonly id: string;
  readonly connection: Connection;
  readonly send: (message: string) => boolean;
  readonly kind: "newHeads" | "logs" | "newPendingTransactions";
  readonly logs: Params.LogFilter;
};

export type Subscriptions = {
  readonly methods: Methods;
  /** Tells the subscribers of a new block. */
  readonly onBlock: (block: BlockRecord) => void;
  /** Tells the subscribers of a transaction that now waits. */
  readonly onWaiting: (hash: Uint8Array) => void;
  /** Forgets what a closed connection had subscribed to. */
  readonly onDisconnect: (connection: Connection) => void;
};

const MAX_PER_CONNECTION = 100;
/** Each is told of each block before the next one is made. */
const MAX_IN_ALL = 2_000;

/** The methods of subscriptions, and whom the node tells of new blocks and transactions. */
export function create(backend: Backend): Subscriptions {
  const all = new Map<string, Subscription>();
  // A block can have tens of thousands of logs: who has gone is forgotten with the first that cannot be told.
  const tell = (subscription: Subscription, result: unknown): boolean => {
    const isThere = notify(subscription, result);
    if (!isThere) all.delete(subscription.id);
    return isThere;
  };
  const ofLogs = () => [...all.values()].filter(({ kind }) => kind === "logs");
  // What L1 takes back is told like what it brought, oldest block first, as other clients do.
  backend.chain.beforeCut.push((number) => {
    if (ofLogs().length === 0) return;
    for (const block of Logs.blocksAbove(backend, number)) {
      const logs = Logs.allOf(backend, block);
      for (const subscription of ofLogs()) {
        for (const log of Logs.selectFrom(logs, subscription.logs)) {
          if (!tell(subscription, { ...log, removed: true })) break;
        }
      }
    }
  });

  const subscribe = ([kind, option]: readonly unknown[], connection: Connection): string => {
    const { send } = connection;
    if (send === undefined) throw new MethodNotFoundError("eth_subscribe over HTTP");
    if (kind !== "newHeads" && kind !== "logs" && kind !== "newPendingTransactions") {
      throw new InvalidParamsError(`no subscription named ${Params.describe(kind)}`);
    }
    if (kind === "newPendingTransactions") Params.requireHashes(option);
    const own = [...all.values()].filter((one) => one.connection === connection);
    if (own.length >= MAX_PER_CONNECTION) {
      throw new LimitExceededError(`more than ${MAX_PER_CONNECTION} subscriptions`);
    }
    if (all.size >= MAX_IN_ALL) {
      throw new LimitExceededError(`more than ${MAX_IN_ALL} subscriptions of all connections`);
    }
    const id = Hex.fromBytes(new Uint8Array(randomBytes(16)));
    const logs = Params.logFilter(kind === "logs" ? (option ?? {}) : {});
    all.set(id, { id, connection, send, kind, logs });
    return id;
  };

  return {
    methods: {
      eth_subscribe: subscribe,
      eth_unsubscribe: ([id], connection) => {
        const subscription = typeof id === "string" ? all.get(id) : undefined;
        return subscription?.connection === connection && all.delete(subscription.id);
      },
    },
    onBlock: (block) => {
      const head = Format.header(block);
      // Read once, however many listen.
      let logs: Logs.BlockLog[] | undefined;
      for (const subscription of all.values()) {
        if (subscription.kind === "newHeads") tell(subscription, head);
        if (subscription.kind !== "logs") continue;
        logs ??= Logs.allOf(backend, block);
        for (const log of Logs.selectFrom(logs, subscription.logs)) {
          if (!tell(subscription, log)) break;
        }
      }
    },
    onWaiting: (hash) => {
      for (const subscription of all.values()) {
        if (subscription.kind === "newPendingTransactions") {
          tell(subscription, Hex.fromBytes(hash));
        }
      }
    },
    onDisconnect: (connection) => {
      for (const [id, subscription] of all) {
        if (subscription.connection === connection) all.delete(id);
      }
    },
  };
}

function notify({ id, send }: Subscription, result: unknown): boolean {
  const params = { subscription: id, result };
  return send(JSON.stringify({ jsonrpc: "2.0", method: "eth_subscription", params }));
}
