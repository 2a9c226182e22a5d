// What the dispute game logs: enough to continue any dispute from the chain alone.
import type { BlockDone } from "../protocol/blockDone.ts";
import type { Position } from "./bisection.ts";

export type Proposed = {
  readonly kind: "Proposed";
  readonly parent: Uint8Array;
  readonly claim: Uint8Array;
  readonly root: Uint8Array;
  readonly endState: BlockDone;
  readonly proposer: Uint8Array;
};

export type Bisected = {
  readonly kind: "Bisected";
  readonly position: Position;
  readonly left: Uint8Array;
  readonly right: Uint8Array;
  readonly mover: Uint8Array;
};

export type Refined = {
  readonly kind: "Refined";
  readonly leaf: Position;
  readonly leafHash: Uint8Array;
  readonly startState: Uint8Array;
  readonly root: Uint8Array;
  readonly mover: Uint8Array;
};

export type Proven = {
  readonly kind: "Proven";
  readonly node: Uint8Array;
  readonly mover: Uint8Array;
};

export type Confirmed = {
  readonly kind: "Confirmed";
  readonly claim: Uint8Array;
  readonly baseFee: bigint;
};

export type Settled = {
  readonly kind: "Settled";
  readonly node: Uint8Array;
  readonly account: Uint8Array;
  readonly amount: bigint;
};

/** A cohort is decided, and all but the winner have lost their bonds. */
export type Forfeited = {
  readonly kind: "Forfeited";
  readonly parent: Uint8Array;
  readonly winner: Uint8Array;
  readonly burned: bigint;
  readonly pooled: bigint;
};

export type Rewarded = {
  readonly kind: "Rewarded";
  readonly parent: Uint8Array;
  readonly node: Uint8Array;
  readonly account: Uint8Array;
  readonly amount: bigint;
  // What the node is marked with, so that it is paid for once; zero for what can be done once only.
  readonly flag: number;
};

export type Withdrawn = {
  readonly kind: "Withdrawn";
  readonly account: Uint8Array;
  readonly amount: bigint;
};

export type GameEvent =
  Proposed | Bisected | Refined | Proven | Confirmed | Settled | Forfeited | Rewarded | Withdrawn;
