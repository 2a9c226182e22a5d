// The messages between the two parties of a channel: one byte for the kind, the channel's id, then the fields.
import * as Bytes from "../../primitives/bytes.ts";
import { SIGNATURE_BYTES } from "../compactSignature.ts";
import * as Locks from "../locks.ts";
import * as Change from "./change.ts";
import * as Content from "./content.ts";
import * as Policy from "./policy.ts";
import { REASONS, Rejected, type Reason } from "./rejected.ts";
import * as Wire from "./wire.ts";

/** The first message of both sides on every connection: where each stands, and what it agrees to. */
export type Reestablish = {
  readonly kind: "reestablish";
  readonly turn: bigint;
  /** The last state that both signed. */
  readonly fullVersion: bigint;
  readonly fullHash: Uint8Array;
  /** The last state that the sender signed: the same one, or a proposal that was not acknowledged. */
  readonly sentVersion: bigint;
  readonly sentHash: Uint8Array;
  readonly terms: Pick<Policy.Policy, "limits" | "fee">;
};

export type Propose = {
  readonly kind: "propose";
  readonly version: bigint;
  readonly changes: readonly Change.Change[];
  readonly signature: Uint8Array;
};

export type Acknowledge = {
  readonly kind: "acknowledge";
  readonly version: bigint;
  readonly signature: Uint8Array;
};

/** The co-signed latest, for a peer that is behind. */
export type Latest = {
  readonly kind: "latest";
  readonly content: Content.Content;
  readonly signatureA: Uint8Array;
  readonly signatureB: Uint8Array;
};

export type Failure = { readonly hash: Uint8Array; readonly reason: Reason };

export type Body =
  | Reestablish
  | Propose
  | Acknowledge
  | Latest
  | { readonly kind: "request-token"; readonly turn: bigint }
  | { readonly kind: "pass-token"; readonly turn: bigint }
  /** The payee's secrets: the payer owes a state that pays. */
  | { readonly kind: "fulfil"; readonly secrets: readonly Uint8Array[] }
  /** The payee gives locks up: the payer may take them back before they expire. */
  | { readonly kind: "fail"; readonly failures: readonly Failure[] }
  | { readonly kind: "error"; readonly reason: Reason; readonly version: bigint }
  /** The sender agrees to a game that begins with the app's state of this hash. */
  | { readonly kind: "agree"; readonly app: Uint8Array }
  /** The payee of channel locks says for how much it settles each. */
  | { readonly kind: "concede"; readonly concessions: readonly Concession[] };

export type Concession = { readonly key: Uint8Array; readonly amount: bigint };

export type Message = { readonly channelId: Uint8Array; readonly body: Body };

const KINDS = [
  "reestablish",
  "propose",
  "acknowledge",
  "latest",
  "request-token",
  "pass-token",
  "fulfil",
  "fail",
  "error",
  "agree",
  "concede",
] as const satisfies readonly Body["kind"][];

const HEADER_BYTES = 33;
const LARGEST_ADD = 1 + Locks.LOCK_BYTES + 2 + Change.MAX_NOTE_BYTES;
const LARGEST_SETTLING = 1 + 32;

/** The largest message: a proposal that settles 64 locks and adds 64. */
export const MAX_MESSAGE_BYTES =
  HEADER_BYTES + 9 + Locks.MAX_LOCKS * (LARGEST_ADD + LARGEST_SETTLING) + SIGNATURE_BYTES;

/** The message's bytes. */
export function encode({ channelId, body }: Message): Uint8Array {
  return Bytes.concat(Wire.byte(KINDS.indexOf(body.kind)), channelId, encodeBody(body));
}

/** Reads a message; Rejected if these are not the bytes of any. */
export function decode(bytes: Uint8Array): Message {
  if (bytes.length > MAX_MESSAGE_BYTES) {
    throw new Rejected("too-long", ["message", MAX_MESSAGE_BYTES, bytes.length]);
  }
  const from = Wire.reader(bytes);
  const number = Wire.number(from, 1);
  const kind = KINDS[number];
  if (kind === undefined) throw new Rejected("unknown-message", [number]);
  const channelId = Wire.take(from, 32);
  const body = readBody(from, kind);
  Wire.end(from);
  return { channelId, body };
}

function encodeBody(body: Body): Uint8Array {
  switch (body.kind) {
    case "reestablish":
      return Bytes.concat(
        Bytes.fromBigInt(body.turn, 8),
        Bytes.fromBigInt(body.fullVersion, 8),
        body.fullHash,
        Bytes.fromBigInt(body.sentVersion, 8),
        body.sentHash,
        Policy.encode(body.terms),
      );
    case "propose":
      return Bytes.concat(
        Bytes.fromBigInt(body.version, 8),
        Wire.fromList(body.changes, Change.encode),
        body.signature,
      );
    case "acknowledge":
      return Bytes.concat(Bytes.fromBigInt(body.version, 8), body.signature);
    case "latest":
      return Bytes.concat(Content.encode(body.content), body.signatureA, body.signatureB);
    case "request-token":
    case "pass-token":
      return Bytes.fromBigInt(body.turn, 8);
    case "fulfil":
      return Wire.fromList(body.secrets, (secret) => secret);
    case "fail":
      return Wire.fromList(body.failures, ({ hash, reason }) =>
        Bytes.concat(hash, Wire.byte(REASONS.indexOf(reason))),
      );
    case "error":
      return Bytes.concat(
        Wire.byte(REASONS.indexOf(body.reason)),
        Bytes.fromBigInt(body.version, 8),
      );
    case "agree":
      return body.app;
    case "concede":
      return Wire.fromList(body.concessions, ({ key, amount }) =>
        Bytes.concat(key, Bytes.fromBigInt(amount, 16)),
      );
  }
}

function readBody(from: Wire.Reader, kind: Body["kind"]): Body {
  switch (kind) {
    case "reestablish":
      return {
        kind,
        turn: Wire.integer(from, 8),
        fullVersion: Wire.integer(from, 8),
        fullHash: Wire.take(from, 32),
        sentVersion: Wire.integer(from, 8),
        sentHash: Wire.take(from, 32),
        terms: Policy.read(from),
      };
    case "propose":
      return {
        kind,
        version: Wire.integer(from, 8),
        changes: Wire.list(from, Change.MAX_CHANGES, "changes", () => Change.read(from)),
        signature: Wire.take(from, SIGNATURE_BYTES),
      };
    case "acknowledge":
      return {
        kind,
        version: Wire.integer(from, 8),
        signature: Wire.take(from, SIGNATURE_BYTES),
      };
    case "latest":
      return {
        kind,
        content: Content.read(from),
        signatureA: Wire.take(from, SIGNATURE_BYTES),
        signatureB: Wire.take(from, SIGNATURE_BYTES),
      };
    case "request-token":
    case "pass-token":
      return { kind, turn: Wire.integer(from, 8) };
    case "fulfil":
      return {
        kind,
        secrets: Wire.list(from, Locks.MAX_LOCKS, "secrets", () =>
          Wire.take(from, Change.SECRET_BYTES),
        ),
      };
    case "fail":
      return {
        kind,
        failures: Wire.list(from, Locks.MAX_LOCKS, "failures", () => ({
          hash: Wire.take(from, 32),
          reason: readReason(from),
        })),
      };
    case "error":
      return { kind, reason: readReason(from), version: Wire.integer(from, 8) };
    case "agree":
      return { kind, app: Wire.take(from, 32) };
    case "concede":
      return {
        kind,
        concessions: Wire.list(from, Locks.MAX_LOCKS, "concessions", () => ({
          key: Wire.take(from, 32),
          amount: Wire.integer(from, 16),
        })),
      };
  }
}

/** Reads the number of a reason. */
export function readReason(from: Wire.Reader): Reason {
  const number = Wire.number(from, 1);
  const reason = REASONS[number];
  if (reason === undefined) throw new Rejected("out-of-range", ["reason", REASONS.length, number]);
  return reason;
}
