// What a party agrees to: its limits, which it tells its peer on connecting, and margins of its own.
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import * as Locks from "../locks.ts";
import type { Lock } from "../locks.ts";
import * as Content from "./content.ts";
import type { App } from "./app.ts";
import type { Court } from "./court.ts";
import { Rejected } from "./rejected.ts";
import * as Wire from "./wire.ts";

export type AssetLimits = {
  readonly token: Uint8Array;
  /** The smallest lock: below twice the gas of claiming one on chain nobody would enforce it. */
  readonly dust: bigint;
  /** The most that the locks of the other side may hold at once. */
  readonly inFlight: bigint;
};

/** What a party takes from the other side of a channel. Seconds of block time. */
export type Limits = {
  /** How many locks the other side may have at once. */
  readonly maxLocks: number;
  readonly minMargin: bigint;
  readonly maxHold: bigint;
  readonly assets: readonly AssetLimits[];
};

/** What forwarding costs: `flat` and so many millionths of what is forwarded, rounded up. */
export type Fee = { readonly flat: bigint; readonly millionths: number };

export type Policy = {
  readonly limits: Limits;
  readonly fee: Fee;
  /** How long before a lock's expiry its secret goes to the registry instead of to the peer, in seconds. */
  readonly revealMargin: bigint;
  /** How much longer an incoming lock of another chain must last than the outgoing one, in seconds. */
  readonly crossMargin: bigint;
  /** How far inside the peer's margins a proposal stays, for the time it takes to arrive, in seconds. */
  readonly slack: bigint;
  /** What counts as the same money, by token; a token without an entry, ether too, is money of its chain alone. */
  readonly units: readonly { readonly token: Uint8Array; readonly unit: string }[];
  /** The apps that this party plays. */
  readonly apps: readonly App[];
  /** How many of one peer's locks are forwarded at once. */
  readonly maxForwarded: number;
  /** How many locks it passes on or takes on one adjudicator, over all channels; else what it can claim in `revealMargin`. */
  readonly maxClaims?: number;
  /** The most changes in one proposal. */
  readonly batch: number;
  readonly maxQueue: number;
  readonly resendMs: number;
  /** How long a party that may be behind waits for its peer before it challenges. */
  readonly graceMs: number;
};

export type Margin = "minMargin" | "maxHold" | "crossMargin" | "window";

/** Confirmed deposits of each side in one asset. */
export type Funds = { readonly A: bigint; readonly B: bigint };

/**
 * The margins must add up, in a channel whose clock runs for `window` seconds: MarginError for the first that is below what
 * the others ask of it.
 */
export function checkMargins(policy: Policy, window: bigint, isVirtual: boolean): void {
  const { limits, revealMargin, crossMargin, slack } = policy;
  const { minMargin, maxHold } = limits;
  // A lock that is taken must leave time to show its secret, and whoever proposes one stays inside both limits.
  atLeast("minMargin", revealMargin + slack, minMargin);
  atLeast("maxHold", minMargin + 2n * slack, maxHold);
  atLeast("crossMargin", 2n * revealMargin, crossMargin);
  // Who may take so long to have a call included must have as long to answer.
  atLeast("window", revealMargin, window);
  if (isVirtual) atLeast("maxHold", 2n * window + 3n * revealMargin + slack, maxHold);
}

function atLeast(margin: Margin, minimum: bigint, actual: bigint): void {
  if (actual < minimum) throw new MarginError(margin, minimum, actual);
}

/** Each side must be able to pay what it owes, what it locked and what it may withdraw. */
export function checkFunds(content: Content.Content, fundsOf: (token: Uint8Array) => Funds): void {
  content.assets.forEach((asset, index) => {
    const funds = fundsOf(asset.token);
    for (const side of ["A", "B"] as const) {
      const owed = Content.outOf(asset, side) + Content.paidBy(asset, side);
      const left = funds[side] - owed - Content.lockedBy(content, index, side);
      if (left < 0n) throw new Rejected("insufficient-funds", [asset.token, side, -left]);
    }
  });
}

/** A lock already in the content must be one that its payee's limits take, whenever it expires. */
export function checkLock(content: Content.Content, lock: Lock, limits: Limits): void {
  const payer = Content.payerOf(lock);
  const count = content.locks.filter((other) => Content.payerOf(other) === payer).length;
  if (count > limits.maxLocks) throw new Rejected("too-many-locks", [limits.maxLocks, count]);
  const token = content.assets[lock.asset]?.token ?? Bytes.EMPTY;
  const asset = limitsOf(limits, token);
  if (lock.amount < asset.dust) throw new Rejected("dust", [asset.dust, lock.amount]);
  const held = Content.lockedBy(content, lock.asset, payer);
  if (held > asset.inFlight) throw new Rejected("too-much-in-flight", [asset.inFlight, held]);
}

/** A lock's expiry must lie within margins, `slack` seconds inside. */
export function checkExpiry(lock: Lock, limits: Limits, time: bigint, slack: bigint): void {
  const soonest = time + limits.minMargin + slack;
  if (lock.expiry < soonest) throw new Rejected("expiry-too-soon", [soonest, lock.expiry]);
  checkHold(lock, limits, time, slack);
}

/** A lock must not hold its pot, which nobody can have settled before it expires, for longer than its payee takes. */
export function checkHold(lock: Lock, limits: Limits, time: bigint, slack: bigint): void {
  const latest = time + limits.maxHold - slack;
  if (lock.expiry > latest) throw new Rejected("expiry-too-far", [latest, lock.expiry]);
}

/** The limits for an asset; a token that is not among them is refused. */
export function limitsOf(limits: Limits, token: Uint8Array): AssetLimits {
  const found = limits.assets.find((asset) => Bytes.equals(asset.token, token));
  if (found === undefined) throw new Rejected("asset-refused", [token]);
  return found;
}

/** What a token is forwarded as. The ether of another chain, or what has the token's address there, may be worth nothing. */
export function unitOf({ units }: Policy, { chainId }: Court, token: Uint8Array): string {
  const found = units.find((entry) => Bytes.equals(entry.token, token));
  return found?.unit ?? `${Hex.fromBytes(token)} of chain ${chainId}`;
}

/** What the forwarder of an amount asks for. */
export function feeFor({ flat, millionths }: Fee, amount: bigint): bigint {
  const MILLION = 1_000_000n;
  return flat + (amount * BigInt(millionths) + MILLION - 1n) / MILLION;
}

/** Limits and fee as they stand in a message: 1 + 4 + 4 + 16 + 4 bytes, then 52 for each asset. */
export function encode({ limits, fee }: Pick<Policy, "limits" | "fee">): Uint8Array {
  return Bytes.concat(
    Wire.byte(limits.maxLocks),
    Bytes.fromBigInt(limits.minMargin, 4),
    Bytes.fromBigInt(limits.maxHold, 4),
    Bytes.fromBigInt(fee.flat, 16),
    Bytes.fromNumber(fee.millionths, 4),
    Wire.fromList(limits.assets, ({ token, dust, inFlight }) =>
      Bytes.concat(token, Bytes.fromBigInt(dust, 16), Bytes.fromBigInt(inFlight, 16)),
    ),
  );
}

/** Reads what `encode` wrote. */
export function read(from: Wire.Reader): Pick<Policy, "limits" | "fee"> {
  const maxLocks = Wire.below(from, Locks.MAX_LOCKS + 1, "locks");
  const [minMargin, maxHold] = [Wire.integer(from, 4), Wire.integer(from, 4)];
  const fee = { flat: Wire.integer(from, 16), millionths: Wire.number(from, 4) };
  const assets = Wire.list(from, Content.MAX_ASSETS, "assets", () => ({
    token: Wire.take(from, 20),
    dust: Wire.integer(from, 16),
    inFlight: Wire.integer(from, 16),
  }));
  return { limits: { maxLocks, minMargin, maxHold, assets }, fee };
}

/** A margin is shorter than the others ask for, all in seconds: money could be lost, or nothing could be locked. */
export class MarginError extends RangeError {
  override readonly name = "Policy.MarginError";
  readonly margin: Margin;
  readonly minimum: bigint;
  readonly actual: bigint;
  constructor(margin: Margin, minimum: bigint, actual: bigint) {
    super(`expected a ${margin} of at least ${minimum} seconds, got ${actual}`);
    this.margin = margin;
    this.minimum = minimum;
    this.actual = actual;
  }
}
