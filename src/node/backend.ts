// What the JSON-RPC methods may ask of the node they run in.

import type * as Chain from "./chain.ts";
import type { L1Head } from "./follow.ts";

/** A transaction that waits for a block. */
export type Waiting = {
  readonly hash: Uint8Array;
  readonly encoded: Uint8Array;
  readonly sender: bigint;
  readonly nonce: bigint;
};

/** How far the node has come with L1. */
export type Progress = {
  /** The last block whose batch stands on L1. */
  readonly safe: bigint;
  /** The last block whose batch stands in a block that L1 calls final; genesis where it names none. */
  readonly finalized: bigint;
  /** The L1 head the node has read up to. */
  readonly l1Number: bigint;
  readonly l1Hash: Uint8Array;
  readonly l1Timestamp: bigint;
  /** The newest block that L1 calls final, or undefined where it names none. */
  readonly finalizedL1: L1Head | undefined;
};

export type Backend = {
  readonly chain: Chain.Chain;
  readonly portal: Uint8Array;
  readonly progress: () => Progress;
  /** Takes a transaction, or throws why not; it is on disk when this resolves. */
  readonly submit: (encoded: Uint8Array) => Promise<Uint8Array>;
  readonly waiting: (hash: Uint8Array) => Waiting | undefined;
  readonly allWaiting: () => readonly Waiting[];
  /** The nonce after those on chain and those that wait without a gap. */
  readonly pendingNonce: (address: bigint, accountNonce: bigint) => bigint;
  /** The tip that pays for a transaction's bytes on L1, in wei per gas. */
  readonly suggestedTip: () => bigint;
  /** Facts about the deployment, for optimism_rollupConfig. */
  readonly rollupConfig: Readonly<Record<string, unknown>>;
};
