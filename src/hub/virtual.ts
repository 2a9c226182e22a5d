// Virtual channels among a party's own: which lock each stands on, and what its end makes due by that lock.
import type { Add } from "../channels/client/change.ts";
import * as Change from "../channels/client/change.ts";
import * as Channel from "../channels/client/channel.ts";
import * as ChannelLock from "../channels/client/channelLock.ts";
import * as Court from "../channels/client/court.ts";
import * as Dispute from "../channels/client/dispute.ts";
import { Rejected } from "../channels/client/rejected.ts";
import * as Route from "../channels/client/route.ts";
import { KIND_CHANNEL, type Lock } from "../channels/locks.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";

/** The virtual channel as it stands on the lock in the ledger channel, if that is there. */
export function withBacking(virtual: Channel.Channel, ledger: Channel.Channel): Channel.Channel {
  const { chain, terms } = virtual;
  if (chain === undefined || !isUnder(virtual, ledger)) return virtual;
  const lock = Change.lockOf(ledger.latest.content, terms.id);
  const isGivenUp = ledger.released.has(Hex.key(terms.id));
  const isVoid = isGivenUp || Dispute.isLost(ledger, terms.params.token);
  const isBacked = lock !== undefined && !isVoid && isBackedBy(virtual, ledger, lock);
  const backing = isBacked ? lock : undefined;
  return backing === chain.backing ? virtual : { ...virtual, chain: { ...chain, backing } };
}

/** The ledger channel once the virtual one has ended with its peer's consent: for how much the lock is settled. */
export function withEnd(ledger: Channel.Channel, virtual: Channel.Channel): Channel.Channel {
  const { latest, terms } = virtual;
  const lock = Change.lockOf(ledger.latest.content, terms.id);
  if (!latest.content.isFinal || !isUnder(virtual, ledger) || lock === undefined) return ledger;
  const net = latest.content.assets[0]?.net ?? 0n;
  if (net > 0n) return ChannelLock.settle(ledger, terms.id, net);
  // Its payer waits until its payee gives it up.
  return terms.side === "B" ? Channel.release(ledger, terms.id, "nothing-owed") : ledger;
}

/**
 * The lock by which A backs a virtual channel, over the hub that it has in common with B. One that has ended, or may have,
 * would be paid once more by every further lock.
 */
export function back(
  virtual: Channel.Channel,
  ledger: Channel.Channel,
  amount: bigint,
  expiry: bigint,
): Add {
  const { terms, latest } = virtual;
  const asset = mainAssetIn(virtual, ledger);
  if (!isUnder(virtual, ledger) || terms.side !== "A")
    throw new Rejected("not-the-payer", [terms.id]);
  if (asset < 0) throw new Rejected("unknown-asset", [terms.params.token]);
  const aToB = ledger.terms.side === "A";
  const { version } = latest.content;
  // Where nothing was signed, nothing can be on record.
  if (virtual.chain === undefined && version > 0n) throw new Rejected("chain-unseen", [terms.id]);
  if (Channel.isFrozen(virtual)) throw new Rejected("frozen", [version]);
  const lock: Lock = { kind: KIND_CHANNEL, asset, aToB, expiry, amount, key: terms.id };
  return { kind: "add", lock, note: Route.encode([{ to: terms.peer, amount, expiry }]) };
}

/**
 * The channel by whose lock this party passed on what another lock paid it, once that one is gone: it is owed in full if as
 * much came in. Nothing came in by a lock that was given up or that expired.
 */
export function withPaid(
  paying: Channel.Channel,
  before: Channel.Channel,
  lock: Lock,
): Channel.Channel {
  const key = Hex.key(lock.key);
  const outgoing = Channel.outgoingLock(paying, lock.key);
  if (outgoing === undefined || !ChannelLock.isOne(lock) || before.released.has(key)) return paying;
  if ((before.chain?.confirmedTime ?? 0n) > lock.expiry) return paying;
  const conceded = before.settlements.get(key) ?? lock.amount;
  const came = conceded < lock.amount ? conceded : lock.amount;
  return came < outgoing.amount ? paying : ChannelLock.settle(paying, lock.key, outgoing.amount);
}

/** An outcome opens locks of its own adjudicator alone. */
function isUnder({ terms }: Channel.Channel, ledger: Channel.Channel): boolean {
  const isNamed = terms.ledger !== undefined && Bytes.equals(terms.ledger, ledger.terms.id);
  return isNamed && Court.isSame(terms.court, ledger.terms.court);
}

function isBackedBy(virtual: Channel.Channel, ledger: Channel.Channel, lock: Lock): boolean {
  const isPayer = Channel.isOutgoing(ledger, lock);
  const isMain = lock.asset === mainAssetIn(virtual, ledger);
  return ChannelLock.isOne(lock) && isMain && isPayer === (virtual.terms.side === "A");
}

function mainAssetIn(virtual: Channel.Channel, ledger: Channel.Channel): number {
  const { token } = virtual.terms.params;
  return ledger.latest.content.assets.findIndex((asset) => Bytes.equals(asset.token, token));
}
