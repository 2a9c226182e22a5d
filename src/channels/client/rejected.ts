// Why a message or a change is refused: a named reason and the values that show it. The channel stays as it was.
import * as Hex from "../../primitives/hex.ts";

/** The reasons, in the order of their numbers on the wire. */
export const REASONS = [
  // The bytes.
  "truncated",
  "trailing-bytes",
  "too-long",
  "too-many",
  "out-of-range",
  "unknown-message",
  "unknown-change",
  // The message.
  "unknown-channel",
  "not-established",
  "frozen",
  "stale-version",
  "future-version",
  "not-your-turn",
  "future-turn",
  "nothing-proposed",
  "wrong-signature",
  "final-state",
  // The changes.
  "nothing-changed",
  "unknown-asset",
  "asset-already-named",
  "asset-refused",
  "zero-amount",
  "insufficient-funds",
  "too-many-locks",
  "too-much-in-flight",
  "dust",
  "expiry-too-soon",
  "expiry-too-far",
  "duplicate-lock",
  "unknown-lock",
  "unknown-lock-kind",
  "not-the-payer",
  "lock-not-expired",
  "lock-revealed",
  "fulfilled-too-late",
  "locks-left",
  // Why a lock is released by its payee.
  "unknown-invoice",
  "wrong-amount",
  "invoice-expired",
  "invoice-paid",
  "no-route",
  "fee-too-low",
  "wrong-expiry",
  "too-many-forwarded",
  "peer-unavailable",
  "failed-downstream",
  "queue-full",
  "expired",
  "not-sent",
  // Apps.
  "unknown-app",
  "app-not-agreed",
  "app-installed",
  "no-app",
  "wrong-nets",
  "proposer-gains",
  "move-not-alone",
  "illegal-move",
  "app-not-over",
  // Virtual channels.
  "not-conceded",
  "not-in-virtual",
  "nothing-owed",
  // The chain.
  "chain-unseen",
  "too-many-claims",
] as const;

export type Reason = (typeof REASONS)[number];

export type RejectedValue = Uint8Array | bigint | number | string;

export class Rejected extends Error {
  override readonly name = "Client.Rejected";
  readonly reason: Reason;
  readonly values: readonly RejectedValue[];
  constructor(reason: Reason, values: readonly RejectedValue[]) {
    super(`${reason}(${values.map(show).join(", ")})`);
    this.reason = reason;
    this.values = values;
  }
}

function show(value: RejectedValue): string {
  return value instanceof Uint8Array ? Hex.fromBytes(value) : value.toString();
}
