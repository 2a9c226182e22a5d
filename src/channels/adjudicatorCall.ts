// What anyone may ask of the adjudicator: one type for each function of contracts/channels/IAdjudicator.sol.
import type { AppState } from "./appState.ts";
import type { State } from "./channelState.ts";
import type { Params } from "./params.ts";
import type { CoSigned } from "./signing.ts";
import type { Draw, TowerFee } from "./typedData.ts";

type Presented = { readonly params: Params; readonly presented: CoSigned };
type Closing = { readonly params: Params; readonly last: CoSigned };
type Reserved = {
  readonly id: Uint8Array;
  readonly tower: Uint8Array;
  readonly token: Uint8Array;
};

export type DepositEth = {
  readonly kind: "depositEth";
  readonly id: Uint8Array;
  readonly toB: boolean;
};

export type Deposit = {
  readonly kind: "deposit";
  readonly id: Uint8Array;
  readonly toB: boolean;
  readonly token: Uint8Array;
  readonly amount: bigint;
};

export type OpenDual = {
  readonly kind: "openDual";
  readonly params: Params;
  readonly amount: bigint;
  readonly draw: Draw;
  readonly signature: Uint8Array;
};

export type DepositVault = {
  readonly kind: "depositVault";
  readonly account: Uint8Array;
  readonly token: Uint8Array;
  readonly amount: bigint;
};

export type VaultOut = {
  readonly kind: "vaultOut";
  readonly token: Uint8Array;
  readonly to: Uint8Array;
  readonly amount: bigint;
};

export type Withdraw = { readonly kind: "withdraw" } & Presented;
export type Close = { readonly kind: "close" } & Closing;
export type CloseToVault = { readonly kind: "closeToVault" } & Closing;
export type CloseMany = { readonly kind: "closeMany"; readonly closings: readonly Closing[] };

export type Challenge = {
  readonly kind: "challenge";
  // Of a Challenge by a side; empty where the sender is one.
  readonly signature: Uint8Array;
} & Presented;

export type Respond = { readonly kind: "respond" } & Presented;

export type RespondFor = {
  readonly kind: "respondFor";
  readonly fee: TowerFee;
  readonly signature: Uint8Array;
} & Presented;

export type Settle = {
  readonly kind: "settle";
  readonly params: Params;
  readonly tokens: readonly Uint8Array[];
};

export type SettleState = {
  readonly kind: "settleState";
  // Packed.
  readonly locks: Uint8Array;
  readonly tokens: readonly Uint8Array[];
} & Presented;

export type ForceMove = {
  readonly kind: "forceMove";
  readonly params: Params;
  readonly prev: CoSigned;
  readonly prevApp: AppState;
  readonly next: State;
  readonly nextApp: AppState;
  // Of `next` by the side that moves.
  readonly signature: Uint8Array;
};

export type Reveal = { readonly kind: "reveal"; readonly secret: Uint8Array };
export type RevealMany = { readonly kind: "revealMany"; readonly secrets: readonly Uint8Array[] };
export type RecordOutcome = {
  readonly kind: "recordOutcome";
  readonly locks: Uint8Array;
} & Presented;
export type ReserveFee = { readonly kind: "reserveFee"; readonly amount: bigint } & Reserved;
export type StartExit = { readonly kind: "startExit" } & Reserved;
export type Exit = { readonly kind: "exit" } & Reserved;
export type Attempt = { readonly kind: "attempt"; readonly calls: readonly AdjudicatorCall[] };

export type AdjudicatorCall =
  | DepositEth
  | Deposit
  | OpenDual
  | DepositVault
  | VaultOut
  | Withdraw
  | Close
  | CloseToVault
  | CloseMany
  | Challenge
  | Respond
  | RespondFor
  | Settle
  | SettleState
  | ForceMove
  | Reveal
  | RevealMany
  | RecordOutcome
  | ReserveFee
  | StartExit
  | Exit
  | Attempt;
