// What a party does on chain, from what it knows of its channel and sees of the adjudicator. The same call is named
// until the chain shows that it is done.
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import { sha256 } from "../../primitives/sha256.ts";
import * as CompactSignature from "../compactSignature.ts";
import { KIND_CHANNEL, type Lock } from "../locks.ts";
import * as Params from "../params.ts";
import * as TypedData from "../typedData.ts";
import * as Change from "./change.ts";
import * as Channel from "./channel.ts";
import type { ChainView, Clock } from "./channel.ts";
import * as ChannelLock from "./channelLock.ts";
import * as Force from "./force.ts";
import * as Receive from "./receive.ts";
import * as Sight from "./sight.ts";

export type Call =
  | { readonly kind: "challenge"; readonly signed: Channel.Signed }
  | { readonly kind: "respond"; readonly signed: Channel.Signed }
  | { readonly kind: "close"; readonly signed: Channel.Signed }
  /** The state on record; undefined where only its slot is known. */
  | { readonly kind: "settle"; readonly signed: Channel.Signed | undefined }
  /** What a virtual channel came to, by the state on record. */
  | { readonly kind: "recordOutcome"; readonly signed: Channel.Signed }
  | Force.ForceMove
  | { readonly kind: "reveal"; readonly secret: Uint8Array };

/** The channel after a look at the chain, begun at `ms`: what was shown there is adopted, what was revealed is known. */
export function observe(channel: Channel.Channel, shown: ChainView, ms: number): Channel.Channel {
  // A virtual channel has no pots: what strangers pay into them, and have paid out, says nothing of it.
  const chain = channel.terms.ledger === undefined ? shown : { ...shown, pots: [] };
  const look = Sight.after(channel, { ms, time: shown.time });
  const looked = withTrial({ ...channel, chain, look }, Sight.newest(channel));
  const seen = ChannelLock.learn(adoptShown(looked));
  const secrets = new Map(seen.secrets);
  for (const [key, reveal] of chain.reveals) {
    const { secret } = reveal;
    if (secret === undefined || secrets.has(key)) continue;
    const lock = Channel.outgoingLock(seen, sha256(secret));
    if (lock === undefined || ChannelLock.isOne(lock)) continue;
    if (isOwed(lock, reveal)) secrets.set(key, secret);
  }
  return secrets.size > seen.secrets.size ? { ...seen, secrets, isDirty: true } : seen;
}

/** The channel with what its newest block says of a clock, or a payout: on disk, for a node that is late may be the first to answer. */
function withTrial(channel: Channel.Channel, newest: bigint): Channel.Channel {
  const { chain, trialAt } = channel;
  if (chain === undefined || chain.time < newest) return channel;
  const isOnTrial = Channel.isOnTrial(channel);
  const isNews = isOnTrial !== (trialAt !== undefined);
  if (!isNews) return channel;
  return { ...channel, trialAt: isOnTrial ? chain.time : undefined, isDirty: true };
}

/** The calls that are due. */
export function calls(channel: Channel.Channel, clock: Clock): Call[] {
  const { chain, latest } = channel;
  if (chain === undefined || isPaidOut(channel, chain)) return [];
  if (channel.terms.ledger !== undefined) return ofVirtual(channel, chain, clock);
  return [...exits(channel, chain, latest, clock), ...reveals(channel, chain, clock)];
}

/** Whether every pot that the latest state names, and that holds anything, has been paid out. */
export function isPaidOut(channel: Channel.Channel, chain: ChainView): boolean {
  const { version } = channel.latest.content;
  if (version < chain.version && Force.onRecord(channel) === undefined) return false;
  return chain.pots.length > 0 && chain.pots.every(({ isSettled }) => isSettled);
}

/** Whether locks in an asset pay nothing any more, whatever opens them: the pot is paid out, or an older state is final. */
export function isLost(channel: Channel.Channel, token: Uint8Array): boolean {
  const { chain } = channel;
  if (chain === undefined) return false;
  const isOver = chain.deadline !== 0n && chain.time >= chain.deadline;
  const isPaid = chain.pots.some((pot) => pot.isSettled && Bytes.equals(pot.token, token));
  return isPaid || (isOver && Force.isStale(channel, chain));
}

/**
 * What this party could not refuse to pay: the secret came in time, and its block will not go away. Before that the registry
 * alone pays by it, here as by the lock that pays this party; and if it goes away, by neither.
 */
function isOwed(lock: Lock, reveal: Channel.Reveal): boolean {
  return reveal.isConfirmed && reveal.time <= lock.expiry;
}

function exits(
  channel: Channel.Channel,
  chain: ChainView,
  latest: Channel.Signed,
  clock: Clock,
): Call[] {
  const { version } = latest.content;
  if (chain.deadline !== 0n) {
    const time = timeFor(channel, chain, clock);
    const end = time >= chain.deadline ? settlement(channel, chain, time) : [];
    if (chain.time >= chain.deadline) return end;
    if (Force.isStale(channel, chain)) return [{ kind: "respond", signed: latest }, ...end];
    const move = Force.due(channel, clock);
    return move === undefined ? end : [move, ...end];
  }
  if (isUnsaid(channel, chain, clock)) return [];
  if (latest.content.isFinal) return ending(channel, chain, latest);
  const wantsOut = channel.wish === "leave" || channel.isBroken;
  if (!wantsOut || version < chain.version || Force.mayBeBehind(channel, clock)) return [];
  return [{ kind: "challenge", signed: latest }];
}

/**
 * The time that a call made now finds, at least. A chain that has shown no block for `revealMargin` makes none while nobody
 * calls: to wait for its clock would be to wait for a stranger.
 */
function timeFor({ policy }: Channel.Channel, { time }: ChainView, { seconds }: Clock): bigint {
  const soonest = seconds - policy.revealMargin;
  return time > soonest ? time : soonest;
}

/** Whether another node has shown what this one, which is behind, does not: to call for that again would cost gas for nothing. */
function isUnsaid(channel: Channel.Channel, chain: ChainView, clock: Clock): boolean {
  const isBehind = channel.trialAt !== undefined && chain.time < Sight.newest(channel);
  return isBehind && !Sight.isBlind(channel, clock);
}

/** A close pays what the final state names; what this party paid in besides goes back by a challenge. */
function ending(
  { terms, policy }: Channel.Channel,
  chain: ChainView,
  latest: Channel.Signed,
): Call[] {
  const open = chain.pots.filter(({ isSettled }) => !isSettled);
  const isNamed = ({ token }: Channel.Pot) =>
    latest.content.assets.some((asset) => Bytes.equals(asset.token, token));
  if (open.some(isNamed)) return [{ kind: "close", signed: latest }];
  // Not for what a stranger pays in to have this party pay for more calls than it is worth.
  const isWorthIt = ({ token, deposited }: Channel.Pot) =>
    policy.limits.assets.some(
      (limit) => Bytes.equals(limit.token, token) && deposited[terms.side] >= limit.dust,
    );
  return open.some(isWorthIt) ? [{ kind: "challenge", signed: latest }] : [];
}

/** By the slot alone if the state on record is not the latest: it was too late to answer, or is not known. */
function settlement(channel: Channel.Channel, chain: ChainView, time: bigint): Call[] {
  const signed = Force.onRecord(channel);
  if (signed === undefined) return [{ kind: "settle", signed }];
  const isOpen = signed.content.locks.some((lock) => !isResolved(lock, chain, time));
  return isOpen ? [] : [{ kind: "settle", signed }];
}

/** In a virtual channel nothing is paid: it is challenged in time for its outcome to open the locks that stand on it. */
function ofVirtual(channel: Channel.Channel, chain: ChainView, clock: Clock): Call[] {
  const { latest, wish, isBroken } = channel;
  const { version } = latest.content;
  if (chain.backing === undefined || Channel.isSettled(channel)) return [];
  if (chain.deadline === 0n) {
    if (!(wish === "leave" || isBroken) || version < chain.version) return [];
    return Force.mayBeBehind(channel, clock) ? [] : [{ kind: "challenge", signed: latest }];
  }
  const isAnswerable = chain.time < chain.deadline && Force.isStale(channel, chain);
  const answer: Call[] = isAnswerable ? [{ kind: "respond", signed: latest }] : [];
  if (timeFor(channel, chain, clock) < chain.deadline) return answer;
  const signed = Force.onRecord(channel) ?? latest;
  return [...answer, { kind: "recordOutcome", signed }];
}

function isResolved(lock: Lock, chain: ChainView, time: bigint): boolean {
  if (lock.kind === KIND_CHANNEL) {
    const outcome = chain.outcomes.get(Hex.key(lock.key));
    return (outcome !== undefined && outcome.time <= lock.expiry) || time > lock.expiry;
  }
  const reveal = chain.reveals.get(Hex.key(lock.key));
  if (reveal !== undefined && reveal.time <= lock.expiry) return true;
  return time > lock.expiry;
}

/** Secrets of locks that pay this party, where the payer has not paid in time or cannot any more. */
function reveals(channel: Channel.Channel, chain: ChainView, clock: Clock): Call[] {
  const { latest, policy, secrets, released } = channel;
  const isLeaving = Channel.isFrozen(channel);
  return latest.content.locks.flatMap((lock): Call[] => {
    const key = Hex.key(lock.key);
    const secret = secrets.get(key);
    if (secret === undefined || Channel.isOutgoing(channel, lock) || released.has(key)) return [];
    // By the chain's own clock, which may be behind: what counts is the time of the block that takes the secret.
    if (chain.reveals.has(key) || chain.time > lock.expiry) return [];
    const isDue = isLeaving || clock.seconds >= lock.expiry - policy.revealMargin;
    return isDue ? [{ kind: "reveal", secret }] : [];
  });
}

/** The peer may put on chain a state that this party proposed: then it is the latest. */
function adoptShown(channel: Channel.Channel): Channel.Channel {
  const { chain, proposal, terms } = channel;
  const shown = chain?.shown;
  if (shown === undefined || proposal?.content.version !== shown.version) return channel;
  const digest = TypedData.digest(terms.domain, proposal.hash);
  const peers = shown.signatures
    .flatMap(apart)
    .find((signature) => isFrom(terms.peer, digest, signature));
  if (peers !== undefined) {
    return Receive.adopt(channel, Channel.coSigned(terms, proposal, proposal.signature, peers));
  }
  // Where a move was forced, its hash is on record for that.
  const isPeers = chain?.moved === undefined && shown.hash !== undefined;
  const isRecorded = isPeers && Bytes.equals(shown.hash, proposal.hash);
  // A contract's word for the peer. It opens the record and nothing else, so the channel cannot go on from there.
  return isRecorded
    ? { ...Receive.adopt(channel, Channel.recorded(terms, proposal)), isBroken: true }
    : channel;
}

/** The signatures that bytes may be or begin and end with. */
function apart(bytes: Uint8Array): Uint8Array[] {
  const { SIGNATURE_BYTES } = CompactSignature;
  return [bytes.slice(0, SIGNATURE_BYTES), bytes.slice(-SIGNATURE_BYTES)];
}

function isFrom(signer: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  const recovered = CompactSignature.recover(digest, signature);
  return recovered !== undefined && Bytes.equals(recovered, signer);
}

/** Until when a call is of use, in seconds of block time; undefined where it may wait. */
export function dueBy({ chain, latest, terms }: Channel.Channel, call: Call): bigint | undefined {
  switch (call.kind) {
    case "respond":
    case "forceMove":
      return chain?.deadline;
    case "reveal":
      return Change.lockOf(latest.content, sha256(call.secret))?.expiry;
    case "recordOutcome":
      return chain?.backing?.expiry;
    case "challenge":
      // In a virtual channel an outcome opens the lock only if it is on record a window later.
      if (chain?.backing === undefined) return undefined;
      return chain.backing.expiry - Params.window(terms.params);
    case "close":
    case "settle":
      return undefined;
  }
}

/** Names a call, so that the one that carries it out does it once. */
export function keyOf(call: Call): string {
  switch (call.kind) {
    case "challenge":
    case "respond":
    case "close":
      return `${call.kind} ${call.signed.content.version}`;
    case "settle":
    case "recordOutcome":
      return call.kind;
    case "forceMove":
      return `force version ${call.next.content.version}`;
    case "reveal":
      return `reveal ${Hex.fromBytes(call.secret)}`;
  }
}
