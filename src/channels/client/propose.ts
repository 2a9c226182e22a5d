// The next state that a party proposes: what it owes by locks and games, then what is queued, as much as a batch takes.
import { assert } from "../../primitives/assert.ts";
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import * as Change from "./change.ts";
import * as Channel from "./channel.ts";
import type { Clock } from "./channel.ts";
import * as ChannelLock from "./channelLock.ts";
import * as Content from "./content.ts";
import * as Play from "./play.ts";
import * as Policy from "./policy.ts";
import { Rejected, type Reason } from "./rejected.ts";
import * as Sight from "./sight.ts";

export type Refused = { readonly change: Change.Change; readonly reason: Reason };

/** The channel with a proposal, if anything is due, and what can never be proposed. */
export type Proposed = { readonly next: Channel.Channel; readonly refused: readonly Refused[] };

const MAX_VERSION = 2n ** 64n - 1n;

/** These are cured by time or by other changes: what asks for them stays in the queue. */
const PASSING: readonly Reason[] = [
  ...(["too-many-locks", "too-much-in-flight", "duplicate-lock"] as const),
  ...(["app-not-agreed", "move-not-alone"] as const),
];

/** One state with as many of the due changes as a batch takes. */
export function propose(channel: Channel.Channel, clock: Clock, sign: Channel.Sign): Proposed {
  const { latest, policy, terms, session } = channel;
  const version = latest.content.version + 1n;
  if (session === undefined || version > MAX_VERSION) return { next: channel, refused: [] };
  const changes: Change.Change[] = [];
  const refused: Refused[] = [];
  const queue: Change.Change[] = [];
  let content = latest.content;
  const take = (change: Change.Change): void => {
    content = Change.apply(content, change, terms.side);
    changes.push(change);
  };
  owed(channel).slice(0, policy.batch).forEach(take);
  let isFull = false;
  for (const change of channel.queue) {
    // Locks keep their order: the first that has no room holds up the others.
    if (changes.length >= policy.batch || (isFull && change.kind === "add")) {
      queue.push(change);
      continue;
    }
    const reason = isAlone(changes, change)
      ? refusal(channel, content, change, clock)
      : "move-not-alone";
    if (reason === undefined) take(change);
    else if (!isPassing(channel, reason)) refused.push({ change, reason });
    else {
      isFull ||= change.kind === "add";
      queue.push(change);
    }
  }
  const kept = { ...channel, queue };
  if (changes.length === 0 && wantsToFinish(kept)) lastChanges(kept).forEach(take);
  if (changes.length === 0) return { next: kept, refused };

  content = { ...content, version };
  const { hash, digest } = Channel.digestOf(terms, content);
  const proposal = { changes, content, hash, signature: sign(digest) };
  const proposing = { ...session, hasProposed: true };
  return { next: { ...kept, proposal, isDirty: true, session: proposing }, refused };
}

/** A game that the peer does not agree to stands in the way of nothing but the end. */
function isPassing({ wish }: Channel.Channel, reason: Reason): boolean {
  return PASSING.includes(reason) && !(reason === "app-not-agreed" && wish === "close");
}

/** A move stands alone in its state: only so can it be forced. */
function isAlone(changes: readonly Change.Change[], change: Change.Change): boolean {
  if (changes.length === 0) return true;
  return change.kind !== "move" && changes.every(({ kind }) => kind !== "move");
}

/** What this party owes or may take back as the payer of locks, or as the loser of a game. */
export function owed(channel: Channel.Channel): Change.Change[] {
  const { latest, secrets, failures, chain } = channel;
  if (hasLost(channel)) return [{ kind: "conclude" }];
  return latest.content.locks.flatMap((lock): Change.Change[] => {
    if (!Channel.isOutgoing(channel, lock)) return [];
    if (ChannelLock.isOne(lock)) return ChannelLock.owed(channel, lock);
    const key = Hex.key(lock.key);
    const secret = secrets.get(key);
    if (secret !== undefined) return [{ kind: "fulfil", secret }];
    const reveal = chain?.reveals.get(key);
    if (reveal !== undefined && reveal.time <= lock.expiry) return [];
    const hasExpired = chain !== undefined && chain.confirmedTime > lock.expiry;
    return failures.has(key) || hasExpired ? [{ kind: "remove", hash: lock.key }] : [];
  });
}

function hasLost({ latest, policy, terms }: Channel.Channel): boolean {
  const { app } = latest.content;
  if (app === undefined) return false;
  const rules = Play.rulesOf(policy.apps, app);
  return rules !== undefined && rules.isOver(app.data) && rules.mayConclude(app.data, terms.side);
}

/** Why the content cannot take a change, by the peer's limits. */
function refusal(
  channel: Channel.Channel,
  content: Content.Content,
  change: Change.Change,
  clock: Clock,
): Reason | undefined {
  const peer = channel.session?.peer?.terms;
  assert(peer !== undefined, "proposals follow the peer's limits");
  try {
    ChannelLock.checkVirtual(channel, change);
    ChannelLock.checkTime(channel, change, channel.terms.side, clock, channel.policy.slack);
    Sight.check(channel, change, channel.terms.side, clock);
    if (change.kind === "name") Policy.limitsOf(peer.limits, change.token);
    if (change.kind === "install") Play.checkAgreed(peerAgreed(channel), change.app);
    const next = Change.apply(content, change, channel.terms.side);
    Play.check(Channel.tableOf(channel, channel.terms.side), content, change, next);
    if (change.kind === "add") {
      Policy.checkLock(next, change.lock, peer.limits);
      Policy.checkExpiry(change.lock, peer.limits, clock.seconds, channel.policy.slack);
    }
    Policy.checkFunds(next, (token) => Channel.fundsOf(channel, token));
  } catch (error) {
    if (error instanceof Rejected) return error.reason;
    throw error;
  }
  return undefined;
}

function peerAgreed({ session }: Channel.Channel): readonly Uint8Array[] {
  return session?.peerAgreed === undefined ? [] : [session.peerAgreed];
}

/** Whether nothing is left to do before the end that this party wants. */
export function wantsToFinish({ wish, latest, queue }: Channel.Channel): boolean {
  const { locks, app } = latest.content;
  return wish === "close" && locks.length === 0 && app === undefined && queue.length === 0;
}

/** A final state pays the pots of the assets that it names, so it names all that hold money and that both sides take. */
function lastChanges({ latest, chain, policy, session }: Channel.Channel): Change.Change[] {
  const isTaken = ({ token }: Channel.Pot, { assets }: Policy.Limits) =>
    assets.some((asset) => Bytes.equals(asset.token, token));
  const peer = session?.peer?.terms.limits;
  const unnamed = (chain?.pots ?? []).filter(
    (pot) =>
      !latest.content.assets.some((asset) => Bytes.equals(asset.token, pot.token)) &&
      isTaken(pot, policy.limits) &&
      (peer === undefined || isTaken(pot, peer)),
  );
  const room = Content.MAX_ASSETS - latest.content.assets.length;
  const names = unnamed.map(({ token }): Change.Change => ({ kind: "name", token }));
  return [...names.slice(0, room), { kind: "finish" }];
}
