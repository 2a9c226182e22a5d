// What a party does with a lock that pays it: take it by an invoice of its own, pass it on, or give it up. Two locks of
// one hash on one chain have one fate, so whoever pays by the second can take the first, as long as both expire together.
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import { KIND_HASH, type Lock } from "../locks.ts";
import * as Change from "./change.ts";
import type { Add } from "./change.ts";
import * as Channel from "./channel.ts";
import * as ChannelLock from "./channelLock.ts";
import { opposite } from "./content.ts";
import * as Court from "./court.ts";
import * as Dispute from "./dispute.ts";
import type { SignedInvoice } from "./invoice.ts";
import * as Policy from "./policy.ts";
import { Rejected, type Reason } from "./rejected.ts";
import * as Route from "./route.ts";

/** An invoice that the party issued. */
export type Issued = SignedInvoice & {
  readonly secret: Uint8Array;
  readonly isPaid: boolean;
};

export type Decision =
  | { readonly kind: "take"; readonly issued: Issued }
  | { readonly kind: "settle"; readonly secret: Uint8Array }
  | { readonly kind: "forward"; readonly to: Channel.Channel; readonly change: Add }
  /** Of a channel lock: to settle it for what the party pays by the other. */
  | { readonly kind: "concede"; readonly amount: bigint }
  | { readonly kind: "release"; readonly reason: Reason }
  | { readonly kind: "wait" };

/** What the party knows beside the channel of the lock. */
export type Knowledge = {
  readonly issued: (hash: Uint8Array) => Issued | undefined;
  /** The channel in which the party pays, or is about to, by a lock of this hash. */
  readonly payingBy: (hash: Uint8Array) => Channel.Channel | undefined;
  /** Whether the lock was passed on before, since the party started. */
  readonly wasForwarded: (hash: Uint8Array) => boolean;
  readonly isForwardedFor: (incoming: Channel.Channel, hash: Uint8Array) => boolean;
  /** The channel of an id, if the party has it: what a channel lock that ends here stands for. */
  readonly virtual: (id: Uint8Array) => Channel.Channel | undefined;
  /** The channels with a party. */
  readonly channelsTo: (address: Uint8Array) => readonly Channel.Channel[];
  /** Whether the party has as many locks on the adjudicator of a channel as it can claim there at once. */
  readonly isFull: (incoming: Channel.Channel) => boolean;
  readonly seconds: bigint;
  /** Whether the party does not see the chain of a channel. */
  readonly isBlind: (channel: Channel.Channel) => boolean;
};

/** The lock by which the payer pays along a route. */
export function begin(
  channel: Channel.Channel,
  asset: number,
  hash: Uint8Array,
  { first, note }: Route.Route,
): Add {
  const aToB = channel.terms.side === "A";
  const lock: Lock = { kind: KIND_HASH, asset, aToB, ...first, key: hash };
  return { kind: "add", lock, note };
}

/** What to do with a lock of the last state that both signed. */
export function decide(incoming: Channel.Channel, lock: Lock, known: Knowledge): Decision {
  const key = Hex.key(lock.key);
  const hasFate = incoming.secrets.has(key) || incoming.settlements.has(key);
  if (hasFate || incoming.released.has(key)) return { kind: "wait" };
  const hops = hopsOf(incoming, key);
  const [next, ...rest] = hops ?? [];
  if (hops !== undefined && next === undefined) return takeUp(incoming, lock, known);

  // Also without its note, as after the loss of a disk, a lock that was passed on waits for the fate of the other.
  const paying = known.payingBy(lock.key);
  if (paying !== undefined) {
    if (!ChannelLock.isOne(lock)) return follow(paying, key);
    // A secret is owed to everyone; an outcome is passed on once.
    const isAnothers = known.wasForwarded(lock.key) && !known.isForwardedFor(incoming, lock.key);
    return isAnothers ? release("duplicate-lock") : followVirtual(paying, lock.key);
  }
  if (next === undefined) return release("no-route");
  if (known.wasForwarded(lock.key)) return release("failed-downstream");
  return forward(incoming, lock, next, rest, known);
}

function hopsOf(incoming: Channel.Channel, key: string): Route.Hop[] | undefined {
  const note = incoming.notes.get(key);
  if (note === undefined) return undefined;
  try {
    return Route.decode(note);
  } catch (error) {
    if (error instanceof Rejected) return undefined;
    throw error;
  }
}

/** How many of the peer's locks are being forwarded. */
function forwardedCount(
  incoming: Channel.Channel,
  isForwarded: (hash: Uint8Array) => boolean,
): number {
  return incoming.latest.content.locks.filter(
    (lock) => !Channel.isOutgoing(incoming, lock) && isForwarded(lock.key),
  ).length;
}

function takeUp(incoming: Channel.Channel, lock: Lock, known: Knowledge): Decision {
  if (ChannelLock.isOne(lock)) return standOn(incoming, lock, known);
  const issued = known.issued(lock.key);
  if (issued === undefined) return release("unknown-invoice");
  const { invoice, isPaid } = issued;
  const { terms, policy, latest } = incoming;
  const token = latest.content.assets[lock.asset]?.token ?? Bytes.EMPTY;
  if (isPaid) return release("invoice-paid");
  if (invoice.chainId !== terms.court.chainId || !Bytes.equals(invoice.token, token)) {
    return release("unknown-asset");
  }
  if (lock.amount !== invoice.amount) return release("wrong-amount");
  if (known.isBlind(incoming)) return release("chain-unseen");
  if (known.seconds > invoice.until) return release("invoice-expired");
  if (!hasTime(lock, policy, known)) return release("expiry-too-soon");
  if (known.isFull(incoming)) return release("too-many-claims");
  return { kind: "take", issued };
}

/** A virtual channel in which this party is paid stands on a lock that lasts long enough to go to the chain. */
function standOn(incoming: Channel.Channel, lock: Lock, known: Knowledge): Decision {
  const { terms, latest } = incoming;
  const virtual = known.virtual(lock.key);
  const ledger = virtual?.terms.ledger;
  if (virtual === undefined || ledger === undefined || !Bytes.equals(ledger, terms.id)) {
    return release("unknown-channel");
  }
  if (virtual.terms.side === "A") return release("not-the-payer");
  // After a restart it is decided on again: what has been paid by then stands on it, however little time is left.
  if (ChannelLock.isOwed(virtual)) return { kind: "wait" };
  if (virtual.latest.content.isFinal) return release("final-state");
  const token = latest.content.assets[lock.asset]?.token ?? Bytes.EMPTY;
  if (!Bytes.equals(token, virtual.terms.params.token)) return release("unknown-asset");
  if (known.isBlind(incoming) || known.isBlind(virtual)) return release("chain-unseen");
  const { slack } = virtual.policy;
  const hasTimeLeft = lock.expiry >= known.seconds + ChannelLock.challengeMargin(virtual) + slack;
  return hasTimeLeft ? { kind: "wait" } : release("expiry-too-soon");
}

function forward(
  incoming: Channel.Channel,
  lock: Lock,
  next: Route.Hop,
  rest: readonly Route.Hop[],
  known: Knowledge,
): Decision {
  const { policy, latest, terms } = incoming;
  const token = latest.content.assets[lock.asset]?.token ?? Bytes.EMPTY;
  if (Dispute.isLost(incoming, token)) return release("frozen");
  const unit = Policy.unitOf(policy, terms.court, token);
  const found = known
    .channelsTo(next.to)
    .filter(({ terms: { ledger } }) => ledger === undefined)
    .flatMap((to) => to.latest.content.assets.map((asset, index) => ({ to, asset, index })))
    .find(({ to, asset }) =>
      ChannelLock.isOne(lock)
        ? isSameMoney(incoming, token, to, asset.token)
        : to !== incoming && Policy.unitOf(to.policy, to.terms.court, asset.token) === unit,
    );
  if (found === undefined) return release("no-route");
  const { to, index } = found;
  if (known.isBlind(incoming) || known.isBlind(to)) return release("chain-unseen");
  if (to.session?.peer === undefined || Channel.isFrozen(to)) return release("peer-unavailable");
  if (to.queue.length >= to.policy.maxQueue) return release("queue-full");
  // A fee inside a channel lock would be paid only where the virtual channel is paid out whole.
  const fee = ChannelLock.isOne(lock) ? 0n : Policy.feeFor(policy.fee, next.amount);
  const paid = next.amount + fee;
  if (lock.amount < paid) return release("fee-too-low");
  if (!expiresWell(lock.expiry, next.expiry, terms.court, to)) return release("wrong-expiry");
  if (!hasTime({ ...lock, expiry: next.expiry }, policy, known)) return release("expiry-too-soon");
  if (forwardedCount(incoming, known.wasForwarded) >= policy.maxForwarded) {
    return release("too-many-forwarded");
  }
  if (known.isFull(incoming)) return release("too-many-claims");
  const side = to.terms.side;
  const outgoing: Lock = {
    ...{ ...lock, asset: index, aToB: opposite(side) === "B" },
    ...{ expiry: next.expiry, amount: next.amount },
  };
  return { kind: "forward", to, change: { kind: "add", lock: outgoing, note: Route.encode(rest) } };
}

/** On one chain both locks read one registry; across chains there must be time to carry the secret over. */
function expiresWell(
  incoming: bigint,
  outgoing: bigint,
  court: Channel.Court,
  to: Channel.Channel,
): boolean {
  return Court.isSame(court, to.terms.court)
    ? incoming === outgoing
    : incoming >= outgoing + to.policy.crossMargin;
}

/** Time to reveal the secret on chain if need be, and some before that to be paid without. */
function hasTime(lock: Lock, { revealMargin, slack }: Policy.Policy, known: Knowledge): boolean {
  return lock.expiry >= known.seconds + revealMargin + slack;
}

function follow(paying: Channel.Channel, key: string): Decision {
  const secret = paying.secrets.get(key);
  return secret === undefined ? { kind: "wait" } : { kind: "settle", secret };
}

/** Once the other lock cannot come to more than its payee said that it takes, this one is settled for as much. */
function followVirtual(
  { latest, proposal, concessions }: Channel.Channel,
  id: Uint8Array,
): Decision {
  const amount = Change.lockOf(latest.content, id)?.amount;
  const conceded = concessions.get(Hex.key(id));
  if (amount === undefined || conceded === undefined || amount > conceded) return { kind: "wait" };
  return proposal === undefined ? { kind: "concede", amount } : { kind: "wait" };
}

/** Channel locks pay units of one token by the outcomes of one adjudicator. */
function isSameMoney(
  from: Channel.Channel,
  token: Uint8Array,
  to: Channel.Channel,
  other: Uint8Array,
): boolean {
  const isSameCourt = Court.isSame(from.terms.court, to.terms.court);
  return to !== from && isSameCourt && Bytes.equals(token, other);
}

function release(reason: Reason): Decision {
  return { kind: "release", reason };
}
