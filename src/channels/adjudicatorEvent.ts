// What the adjudicator logs: the events of contracts/channels/IAdjudicator.sol.
import type { CallRejected } from "./callRejected.ts";
import type { State } from "./channelState.ts";

type Id = { readonly id: Uint8Array };
type Account = { readonly account: Uint8Array };
type Token = { readonly token: Uint8Array };
type Tower = { readonly tower: Uint8Array };
type Amount = { readonly amount: bigint };
type Shares = { readonly toA: bigint; readonly toB: bigint };
type Clock = { readonly deadline: bigint };
type Version = { readonly version: bigint };
type Challenger = {
  readonly challengerIsB: boolean;
  readonly salt: bigint;
  readonly signature: Uint8Array;
};

export type AdjudicatorEvent =
  | ({ readonly kind: "Deposited" } & Id & Token & Shares)
  | ({ readonly kind: "Withdrawn" } & Id & Token & Shares)
  | ({ readonly kind: "Settled" } & Id & Token & Shares)
  | ({ readonly kind: "Challenged" } & Id & Version & Clock & Challenger)
  | ({ readonly kind: "Responded"; readonly signatures: Uint8Array } & Id & Version)
  | ({ readonly kind: "MoveForced"; readonly next: State; readonly data: Uint8Array } & Id & Clock)
  | ({ readonly kind: "OutcomeRecorded" } & Id & Amount)
  | ({ readonly kind: "BondPaid" } & Id & Account & Amount)
  | { readonly kind: "Revealed"; readonly hash: Uint8Array; readonly secret: Uint8Array }
  | ({ readonly kind: "VaultCredited" } & Account & Token & Amount)
  | ({ readonly kind: "VaultDebited" } & Account & Token & Amount)
  | ({ readonly kind: "FeeReserved" } & Account & Id & Tower & Token & Amount)
  | ({ readonly kind: "FeePaid" } & Account & Id & Tower & Token & Amount)
  | ({ readonly kind: "ExitStarted"; readonly exitAt: bigint } & Account & Id & Tower & Token)
  | ({ readonly kind: "Exited" } & Account & Id & Tower & Token & Amount)
  | { readonly kind: "AttemptFailed"; readonly index: number; readonly reason: CallRejected };

/** Where a rule says what has happened. */
export type Emit = (event: AdjudicatorEvent) => void;
