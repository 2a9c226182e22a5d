// What JSON-RPC methods ask of a node, over a chain that nobody follows L1 for: no transaction waits, and none is taken.
import type { Backend } from "../../src/node/backend.ts";
import type * as Chain from "../../src/node/chain.ts";
import type { Methods } from "../../src/node/rpc/dispatch.ts";
import * as L1Chain from "./l1Chain.ts";

/** A backend whose chain is all on L1. */
export function of(chain: Chain.Chain): Backend {
  return {
    ...{ chain, portal: L1Chain.PORTAL, rollupConfig: {} },
    progress: () => {
      const none = new Uint8Array(32);
      const { number } = chain.tip;
      return {
        safe: number,
        finalized: number,
        l1Number: 1n,
        l1Hash: none,
        l1Timestamp: 1n,
        finalizedL1: undefined,
      };
    },
    submit: () => Promise.reject(new TypeError("nothing is submitted here")),
    ...{ waiting: () => undefined, allWaiting: () => [] },
    ...{ pendingNonce: (_address: bigint, nonce: bigint) => nonce, suggestedTip: () => 1n },
  };
}

/** Calls a method as a client over HTTP does, without the way through JSON. */
export function ask<T>(methods: Methods, name: string, ...params: unknown[]): T {
  const method = methods[name];
  if (method === undefined) throw new TypeError(`no method ${name}`);
  return method(params, { send: undefined }) as T;
}
