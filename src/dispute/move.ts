// What a party can do in a dispute: one type for each function of contracts/dispute/DisputeGame.sol.
import type { BlockDone } from "../protocol/blockDone.ts";
import type { Position, PreState } from "./bisection.ts";
import type { Opening } from "./disputeTree.ts";

export type Propose = {
  readonly kind: "propose";
  readonly parent: Uint8Array;
  readonly endState: BlockDone;
  readonly batch: bigint;
  readonly accumulator: Uint8Array;
  readonly root: Uint8Array;
  readonly siblings: readonly Uint8Array[];
};

export type Bisect = {
  readonly kind: "bisect";
  readonly position: Position;
  readonly left: Uint8Array;
  readonly right: Uint8Array;
};

export type Refine = {
  readonly kind: "refine";
  readonly leaf: Position;
  readonly leafHash: Uint8Array;
  readonly pre: PreState;
  readonly root: Uint8Array;
  readonly siblings: readonly Uint8Array[];
};

export type Prove = {
  readonly kind: "prove";
  readonly blockLeaf: Position;
  readonly startState: Uint8Array;
  readonly index: number;
  readonly prefix: Uint8Array;
  readonly nodeHash: Uint8Array;
  readonly pre: PreState;
  readonly witness: Uint8Array;
};

export type Update = {
  readonly kind: "update";
  readonly position: Position;
  readonly nodeHash: Uint8Array;
  readonly openings: readonly Opening[];
};

export type Confirm = {
  readonly kind: "confirm";
  readonly parent: Uint8Array;
  readonly root: Uint8Array;
  readonly openings: readonly Opening[];
};

export type SettleRefinement = {
  readonly kind: "settleRefinement";
  readonly parent: Uint8Array;
  readonly claimRoot: Uint8Array;
  readonly index: number;
  readonly leafHash: Uint8Array;
  readonly siblings: readonly Uint8Array[];
  readonly startState: Uint8Array;
  readonly root: Uint8Array;
  readonly openings: readonly Opening[];
};

export type RewardBlocks = {
  readonly kind: "rewardBlocks";
  readonly parent: Uint8Array;
  readonly height: number;
  readonly index: number;
  readonly prefix: Uint8Array;
  readonly openings: readonly Opening[];
};

export type RewardSteps = {
  readonly kind: "rewardSteps";
  readonly blockLeaf: Position;
  readonly startState: Uint8Array;
  readonly height: number;
  readonly index: number;
  readonly prefix: Uint8Array;
  readonly openings: readonly Opening[];
};

export type Withdraw = { readonly kind: "withdraw"; readonly to: Uint8Array };

export type Move =
  | Propose
  | Bisect
  | Refine
  | Prove
  | Update
  | Confirm
  | SettleRefinement
  | RewardBlocks
  | RewardSteps
  | Withdraw;
