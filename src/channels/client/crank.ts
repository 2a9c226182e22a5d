// What is due in a channel: pure, so that the same channel at the same time always does the same. The effects are in
// order, and what is to be persisted must be on disk before anything behind it is carried out.
import { assert } from "../../primitives/assert.ts";
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import * as AppState from "../appState.ts";
import type * as Change from "./change.ts";
import * as Channel from "./channel.ts";
import type { Clock, Session } from "./channel.ts";
import * as ChannelLock from "./channelLock.ts";
import * as Dispute from "./dispute.ts";
import * as Force from "./force.ts";
import type { Body, Concession, Failure } from "./message.ts";
import * as Play from "./play.ts";
import * as Propose from "./propose.ts";
import * as Receive from "./receive.ts";
import { Rejected, type Reason } from "./rejected.ts";

export type Effect =
  | { readonly kind: "persist" }
  | { readonly kind: "send"; readonly body: Body }
  | { readonly kind: "call"; readonly call: Dispute.Call }
  /** A change that was queued and can never be proposed. */
  | { readonly kind: "refuse"; readonly change: Change.Change; readonly reason: Reason };

export type WaitingFor =
  | "nothing"
  | "a connection"
  | "the peer's word"
  | "the peer's latest state"
  | "an acknowledgement"
  | "a new connection"
  | "the token"
  | "the chain";

export type Plan = {
  readonly next: Channel.Channel;
  readonly effects: readonly Effect[];
  readonly waitingFor: WaitingFor;
};

/** The channel after doing what is due, and what that takes. */
export function crank(channel: Channel.Channel, clock: Clock, sign: Channel.Sign): Plan {
  // Who goes to the chain signs nothing more: a newer state would be answered with, and start the clock anew.
  const isDue = ChannelLock.isChallengeDue(channel, clock);
  const leaving = isDue ? withWish(channel, "leave") : channel;
  const moved = then(force(leaving, clock, sign), dropQueue);
  const calls = Dispute.calls(moved.next, clock).map((call): Effect => ({ kind: "call", call }));
  const talked = then(moved, (kept) => talk(kept, clock, sign));
  const persist: Effect[] = talked.next.isDirty ? [{ kind: "persist" }] : [];
  const next = talked.next.isDirty ? { ...talked.next, isDirty: false } : talked.next;
  return { ...talked, next, effects: [...persist, ...talked.effects, ...calls] };
}

/** Queues a change; Rejected if the queue is full. */
export function enqueue(channel: Channel.Channel, change: Change.Change): Channel.Channel {
  const { queue, policy } = channel;
  const last = queue.at(-1);
  // Payments of one asset add up: a stream of them takes one change.
  if (change.kind === "pay" && last?.kind === "pay" && last.asset === change.asset) {
    const sum = { ...last, amount: last.amount + change.amount };
    return { ...channel, queue: [...queue.slice(0, -1), sum] };
  }
  if (queue.length >= policy.maxQueue) throw new Rejected("queue-full", [policy.maxQueue]);
  return { ...channel, queue: [...queue, change] };
}

/** The payee has the secret of a lock: the payer owes. */
export function settleLock(channel: Channel.Channel, hash: Uint8Array, secret: Uint8Array) {
  const key = Hex.key(hash);
  if (channel.secrets.has(key) || channel.released.has(key)) return channel;
  const secrets = new Map(channel.secrets).set(key, secret);
  return { ...channel, secrets, isDirty: true };
}

/**
 * Agrees to a game that begins with this state of an app, in which the peer moves first. For good until a game begins: the
 * peer may have signed the beginning of one that was agreed to before. Rejected if those are too many.
 */
export function agree(channel: Channel.Channel, state: AppState.AppState): Channel.Channel {
  const hash = AppState.hash(state);
  const agreed = [...channel.agreed.filter((one) => !Bytes.equals(one, hash)), hash];
  if (agreed.length > Play.MAX_AGREED) {
    throw new Rejected("too-many", ["agreements", Play.MAX_AGREED, agreed.length]);
  }
  return { ...channel, agreed, isDirty: true };
}

/** The channel with another wish. To leave is for good. */
export function withWish(channel: Channel.Channel, wish: Channel.Wish): Channel.Channel {
  return channel.wish === "leave" ? channel : { ...channel, wish, isDirty: true };
}

/** A move that the peer does not take off chain is signed for the chain. */
function force(channel: Channel.Channel, clock: Clock, sign: Channel.Sign): Plan {
  const { next, refused } = Force.sign(channel, clock, sign);
  const effects: Effect[] = refused === undefined ? [] : [{ kind: "refuse", ...refused }];
  return { next, effects, waitingFor: "nothing" };
}

/** Nothing that was not proposed will be, once the channel is frozen; but moves may be forced. */
function dropQueue(channel: Channel.Channel): Plan {
  if (channel.queue.length === 0 || !Channel.isFrozen(channel)) return waiting(channel, "nothing");
  const isKept = ({ kind }: Change.Change) => kind === "move" && Force.isPlaying(channel);
  const effects = channel.queue
    .filter((change) => !isKept(change))
    .map((change): Effect => ({ kind: "refuse", change, reason: "frozen" }));
  return {
    next: { ...channel, queue: channel.queue.filter(isKept) },
    effects,
    waitingFor: "nothing",
  };
}

function talk(channel: Channel.Channel, clock: Clock, sign: Channel.Sign): Plan {
  if (channel.session === undefined) return waiting(channel, "a connection");
  const greeted = greet(channel, clock);
  const { session } = greeted.next;
  if (session?.peer === undefined) return { ...greeted, waitingFor: "the peer's word" };
  const helped = then(greeted, (next) => help(next, session));
  if (!Receive.isEstablished(channel)) return { ...helped, waitingFor: "the peer's latest state" };
  const answered = then(helped, acknowledge);
  const fates = [announceSecrets(clock), announceFailures(clock), announceConcessions(clock)];
  const announced = [...fates, announceAgreement(clock)].reduce(then, answered);
  if (Channel.isFrozen(channel)) return { ...announced, waitingFor: "the chain" };
  return then(announced, (next) => advance(next, clock, sign));
}

function greet(channel: Channel.Channel, clock: Clock): Plan {
  const { latest, proposal, turn, policy, session } = channel;
  const isSilent = session?.peer === undefined || session.isPeerDeaf;
  if (!isSilent && wasSent(channel, "reestablish")) return waiting(channel, "nothing");
  if (!isDueAgain(channel, "reestablish", clock)) return waiting(channel, "nothing");
  const sent = proposal ?? latest;
  if (session === undefined) return waiting(channel, "nothing");
  const next = { ...channel, session: { ...session, isPeerDeaf: false } };
  return say(next, clock, "reestablish", {
    kind: "reestablish",
    turn,
    fullVersion: latest.content.version,
    fullHash: latest.hash,
    sentVersion: sent.content.version,
    sentHash: sent.hash,
    terms: { limits: policy.limits, fee: policy.fee },
  });
}

/** A peer that is behind gets the latest state. */
function help(channel: Channel.Channel, session: Session): Plan {
  if (!session.isPeerBehind) return waiting(channel, "nothing");
  const { content, signatureA, signatureB } = channel.latest;
  const next = { ...channel, session: { ...session, isPeerBehind: false } };
  return sending(next, { kind: "latest", content, signatureA, signatureB });
}

function acknowledge(channel: Channel.Channel): Plan {
  const { session, terms, latest } = channel;
  if (session?.acknowledgementDue !== true) return waiting(channel, "nothing");
  const signature = terms.side === "A" ? latest.signatureA : latest.signatureB;
  const next = { ...channel, session: { ...session, acknowledgementDue: false } };
  return sending(next, { kind: "acknowledge", version: latest.content.version, signature });
}

/** Secrets of locks that pay this party, until the payer has paid. */
function announceSecrets(clock: Clock): (channel: Channel.Channel) => Plan {
  return (channel) => {
    const due = untold(channel, clock, channel.secrets);
    if (due.length === 0) return waiting(channel, "nothing");
    const secrets = due.map(({ fate }) => fate);
    return sending(told(channel, clock, due), { kind: "fulfil", secrets });
  };
}

/** Locks that this party gave up as their payee, until the payer has taken them back. */
function announceFailures(clock: Clock): (channel: Channel.Channel) => Plan {
  return (channel) => {
    const due = untold(channel, clock, channel.released);
    if (due.length === 0) return waiting(channel, "nothing");
    const failures = due.map(({ hash, fate }): Failure => ({ hash, reason: fate }));
    return sending(told(channel, clock, due), { kind: "fail", failures });
  };
}

/** For how much this party, as their payee, settles channel locks, until the payer has paid. */
function announceConcessions(clock: Clock): (channel: Channel.Channel) => Plan {
  return (channel) => {
    const due = untold(channel, clock, channel.settlements);
    if (due.length === 0) return waiting(channel, "nothing");
    const concessions = due.map(({ hash, fate }): Concession => ({ key: hash, amount: fate }));
    return sending(told(channel, clock, due), { kind: "concede", concessions });
  };
}

/** With which game this party would begin, the one agreed to last, until one has begun. */
function announceAgreement(clock: Clock): (channel: Channel.Channel) => Plan {
  return (channel) => {
    const agreed = channel.agreed.at(-1);
    if (agreed === undefined || !isDueAgain(channel, "agree", clock))
      return waiting(channel, "nothing");
    return say(channel, clock, "agree", { kind: "agree", app: agreed });
  };
}

type Untold<T> = { readonly key: string; readonly hash: Uint8Array; readonly fate: T };

/** The locks that pay this party and of whose fate the payer was not told, or so long ago that it may be lost. */
function untold<T>(
  channel: Channel.Channel,
  clock: Clock,
  fates: ReadonlyMap<string, T>,
): Untold<T>[] {
  const { latest, policy, session } = channel;
  if (fates.size === 0) return [];
  return latest.content.locks.flatMap((lock): Untold<T>[] => {
    const key = Hex.key(lock.key);
    const fate = fates.get(key);
    if (fate === undefined || Channel.isOutgoing(channel, lock)) return [];
    const toldAt = session?.toldAt.get(key);
    const isDue = toldAt === undefined || clock.ms >= toldAt + policy.resendMs;
    return isDue ? [{ key, hash: lock.key, fate }] : [];
  });
}

function told(
  channel: Channel.Channel,
  clock: Clock,
  locks: readonly Untold<unknown>[],
): Channel.Channel {
  const { session } = channel;
  assert(session !== undefined, "what is told is told over a connection");
  const toldAt = new Map(session.toldAt);
  for (const { key } of locks) toldAt.set(key, clock.ms);
  return { ...channel, session: { ...session, toldAt } };
}

/** Proposes, or passes or asks for the right to. */
function advance(channel: Channel.Channel, clock: Clock, sign: Channel.Sign): Plan {
  const { proposal, session } = channel;
  if (session?.refusal !== undefined) return waiting(channel, "a new connection");
  // One that was signed for a clock, which a fork has taken back, waits for the token.
  if (proposal !== undefined && Channel.holdsToken(channel)) {
    if (!isDueAgain(channel, "propose", clock)) return waiting(channel, "an acknowledgement");
    return {
      ...say(channel, clock, "propose", messageOf(proposal)),
      waitingFor: "an acknowledgement",
    };
  }
  if (!Channel.holdsToken(channel)) return becomeHolder(channel, clock);
  const wantsToken = session?.peerWantsToken === true;
  if (wantsToken && session?.hasProposed === true) return pass(channel, clock);
  const proposed = propose(channel, clock, sign);
  if (proposed.next.proposal !== undefined || !wantsToken) return proposed;
  return then(proposed, (next) => pass(next, clock));
}

function becomeHolder(channel: Channel.Channel, clock: Clock): Plan {
  const { session, turn } = channel;
  if (session?.peerWantsToken === true && isDueAgain(channel, "pass-token", clock)) {
    const next = { ...channel, session: { ...session, peerWantsToken: false } };
    return say(next, clock, "pass-token", { kind: "pass-token", turn });
  }
  const hasChanges = channel.proposal !== undefined || channel.queue.length > 0;
  const hasWork = hasChanges || Propose.owed(channel).length > 0 || Propose.wantsToFinish(channel);
  if (!hasWork) return waiting(channel, "nothing");
  if (!isDueAgain(channel, "request-token", clock)) return waiting(channel, "the token");
  const asked = say(channel, clock, "request-token", { kind: "request-token", turn });
  return { ...asked, waitingFor: "the token" };
}

function pass(channel: Channel.Channel, clock: Clock): Plan {
  const { session, turn } = channel;
  assert(
    session !== undefined && channel.proposal === undefined,
    "a token is passed between states",
  );
  const next = Channel.withTurn(channel, session, turn + 1n);
  return say(next, clock, "pass-token", { kind: "pass-token", turn: next.turn });
}

function propose(channel: Channel.Channel, clock: Clock, sign: Channel.Sign): Plan {
  const { next, refused } = Propose.propose(channel, clock, sign);
  const effects = refused.map((one): Effect => ({ kind: "refuse", ...one }));
  const { proposal } = next;
  if (proposal === undefined) return { next, effects, waitingFor: "nothing" };
  const said = say(next, clock, "propose", messageOf(proposal));
  return { ...said, effects: [...effects, ...said.effects], waitingFor: "an acknowledgement" };
}

function messageOf({ content, changes, signature }: Channel.Proposal): Body {
  return { kind: "propose", version: content.version, changes, signature };
}

function wasSent({ session }: Channel.Channel, topic: Channel.Topic): boolean {
  return session?.sentAt.has(topic) === true;
}

/** Never sent on this connection, or so long ago that it may be lost. */
function isDueAgain(
  { session, policy }: Channel.Channel,
  topic: Channel.Topic,
  clock: Clock,
): boolean {
  const sentAt = session?.sentAt.get(topic);
  return sentAt === undefined || clock.ms >= sentAt + policy.resendMs;
}

function say(channel: Channel.Channel, clock: Clock, topic: Channel.Topic, body: Body): Plan {
  const { session } = channel;
  assert(session !== undefined, "what is sent goes over a connection");
  const sentAt = new Map(session.sentAt).set(topic, clock.ms);
  return sending({ ...channel, session: { ...session, sentAt } }, body);
}

function sending(next: Channel.Channel, body: Body): Plan {
  return { next, effects: [{ kind: "send", body }], waitingFor: "nothing" };
}

function waiting(next: Channel.Channel, waitingFor: WaitingFor): Plan {
  return { next, effects: [], waitingFor };
}

function then(plan: Plan, step: (channel: Channel.Channel) => Plan): Plan {
  const after = step(plan.next);
  return { ...after, effects: [...plan.effects, ...after.effects] };
}
