// What a message from the peer changes. Rejected leaves the channel as it was; messages that come twice change nothing.
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import { sha256 } from "../../primitives/sha256.ts";
import * as TypedData from "../typedData.ts";
import * as Change from "./change.ts";
import * as Channel from "./channel.ts";
import type { Clock, Session } from "./channel.ts";
import * as ChannelLock from "./channelLock.ts";
import * as Content from "./content.ts";
import type {
  Acknowledge,
  Body,
  Concession,
  Failure,
  Latest,
  Propose,
  Reestablish,
} from "./message.ts";
import * as Play from "./play.ts";
import * as Policy from "./policy.ts";
import { Rejected } from "./rejected.ts";
import * as Sight from "./sight.ts";

/** Far beyond any honest turn, and far below what its eight bytes hold. */
const MAX_TURN = 2n ** 62n;

/** The channel after a message; Rejected with a named reason if the peer may not send it. */
export function receive(
  channel: Channel.Channel,
  body: Body,
  clock: Clock,
  sign: Channel.Sign,
): Channel.Channel {
  switch (body.kind) {
    case "reestablish":
      return reestablish(channel, body);
    case "latest":
      return adopt(channel, Channel.verify(channel.terms, checkLatest(channel, body)));
    case "propose":
      return propose(channel, body, clock, sign);
    case "acknowledge":
      return acknowledge(channel, body);
    case "request-token":
      return requestToken(channel, body.turn);
    case "pass-token":
      return passToken(channel, body.turn);
    case "fulfil":
      return fulfil(channel, body.secrets, clock);
    case "fail":
      return fail(channel, body.failures);
    case "error":
      return refuse(channel, body);
    case "agree":
      return agree(channel, body.app);
    case "concede":
      return concede(channel, body.concessions);
  }
}

/** The channel on a new connection. */
export function connect(channel: Channel.Channel): Channel.Channel {
  const session: Session = {
    ...{ peer: undefined, announcedHash: undefined, refusal: undefined },
    ...{ isPeerBehind: false, isPeerDeaf: false, acknowledgementDue: false, peerWantsToken: false },
    ...{ peerAgreed: undefined, hasProposed: false, sentAt: new Map(), toldAt: new Map() },
  };
  return { ...channel, session, failures: new Map(), concessions: new Map() };
}

/** The channel without a connection. */
export function disconnect(channel: Channel.Channel): Channel.Channel {
  return { ...channel, session: undefined };
}

/** The channel with a state that both signed, wherever it was found; one that is not newer changes nothing. */
export function adopt(channel: Channel.Channel, signed: Channel.Signed): Channel.Channel {
  const { latest } = channel;
  if (signed.content.version < latest.content.version) return channel;
  if (signed.content.version > latest.content.version) {
    return { ...Channel.withLatest(channel, signed), doubtedSince: undefined };
  }
  return Bytes.equals(signed.hash, latest.hash) ? channel : broken(channel);
}

function reestablish(channel: Channel.Channel, body: Reestablish): Channel.Channel {
  const { latest, proposal } = channel;
  const session = requireSession(channel);
  if (body.turn > MAX_TURN) throw new Rejected("future-turn", [channel.turn, body.turn]);
  const { version } = latest.content;
  if (body.fullVersion === version && !Bytes.equals(body.fullHash, latest.hash)) {
    return broken(channel);
  }
  const turn = body.turn > channel.turn ? body.turn : channel.turn;
  const hasMyProposal = proposal !== undefined && Bytes.equals(body.fullHash, proposal.hash);
  const isBehind = body.fullVersion > version && !hasMyProposal;
  const awaitsMe = body.sentVersion === version && Bytes.equals(body.sentHash, latest.hash);
  return {
    ...channel,
    turn,
    isDirty: channel.isDirty || turn !== channel.turn,
    // A peer that says this now and something else then must not hold up the way to the chain for longer.
    doubtedSince: isBehind ? channel.startedAt : undefined,
    session: {
      ...session,
      peer: { terms: body.terms },
      isPeerBehind: body.fullVersion < version && !awaitsMe,
      isPeerDeaf: session.peer !== undefined,
      announcedHash: body.sentHash,
    },
  };
}

function checkLatest(channel: Channel.Channel, body: Latest): Latest {
  requireSession(channel);
  const [mine, theirs] = [channel.latest.content.version, body.content.version];
  if (theirs < mine) throw new Rejected("stale-version", [mine, theirs]);
  return body;
}

function propose(
  channel: Channel.Channel,
  body: Propose,
  clock: Clock,
  sign: Channel.Sign,
): Channel.Channel {
  const { latest, terms } = channel;
  const session = requireEstablished(channel);
  const expected = latest.content.version + 1n;
  if (isAcknowledged(channel, body)) {
    return { ...channel, session: { ...session, acknowledgementDue: true } };
  }
  if (body.version < expected) throw new Rejected("stale-version", [expected, body.version]);
  if (body.version > expected) throw new Rejected("future-version", [expected, body.version]);
  if (Channel.isFrozen(channel)) throw new Rejected("frozen", [body.version]);
  if (Channel.holdsToken(channel) || channel.proposal !== undefined) {
    throw new Rejected("not-your-turn", [channel.turn]);
  }

  const content = changed(channel, body, clock);
  const { hash, digest } = Channel.digestOf(terms, content);
  Channel.checkPeer(terms, digest, body.signature);
  const isAnnounced =
    session.announcedHash !== undefined && Bytes.equals(session.announcedHash, hash);
  // A lock that was on its way may have become late since, but never early.
  const checkExpiry = isAnnounced ? Policy.checkHold : Policy.checkExpiry;
  for (const change of body.changes) {
    if (change.kind !== "add") continue;
    checkExpiry(change.lock, channel.policy.limits, clock.seconds, 0n);
  }

  const mine = sign(digest);
  const signed = Channel.coSigned(terms, { content, hash }, mine, body.signature);
  const next = Channel.withLatest(channel, signed);
  const notes = new Map(next.notes);
  for (const change of body.changes) {
    if (change.kind === "add") notes.set(Hex.key(change.lock.key), change.note);
  }
  return { ...next, notes, session: { ...requireSession(next), acknowledgementDue: true } };
}

/** Whether the peer proposes what it has been answered already: the answer was lost. */
function isAcknowledged({ latest, terms }: Channel.Channel, body: Propose): boolean {
  if (body.version !== latest.content.version) return false;
  return Bytes.equals(body.signature, Channel.peersSignature(terms, latest));
}

/** What the peer's changes make of the latest content, by this party's limits and its knowledge of the chain. */
function changed(
  channel: Channel.Channel,
  { version, changes }: Propose,
  clock: Clock,
): Content.Content {
  const { terms, policy, latest } = channel;
  if (changes.length === 0) throw new Rejected("nothing-changed", [version]);
  const proposer = Content.opposite(terms.side);
  const isPlay = changes.some(({ kind }) => kind === "move");
  if (isPlay && changes.length > 1) throw new Rejected("move-not-alone", [version, changes.length]);
  let content = latest.content;
  for (const change of changes) {
    ChannelLock.checkVirtual(channel, change);
    ChannelLock.checkTime(channel, change, proposer, clock, 0n);
    Sight.check(channel, change, proposer, clock);
    if (change.kind === "install") Play.checkAgreed(channel.agreed, change.app);
    if (change.kind === "lower") ChannelLock.checkLowering(channel, change.key, change.amount);
    if (change.kind === "name") Policy.limitsOf(policy.limits, change.token);
    if (change.kind === "remove") checkRemoval(channel, content, change.hash);
    const before = content;
    content = Change.apply(before, change, proposer);
    Play.check(Channel.tableOf(channel, proposer), before, change, content);
  }
  for (const change of changes) {
    if (change.kind === "add") Policy.checkLock(content, change.lock, policy.limits);
  }
  Policy.checkFunds(content, (token) => Channel.fundsOf(channel, token));
  return { ...content, version };
}

/** A lock goes back to its payer if its payee gave it up, or if it expired and no secret stands against that. */
function checkRemoval(channel: Channel.Channel, content: Content.Content, hash: Uint8Array): void {
  const lock = Change.lockOf(content, hash);
  if (lock === undefined || channel.released.has(Hex.key(hash))) return;
  const confirmedTime = channel.chain?.confirmedTime ?? 0n;
  if (confirmedTime <= lock.expiry) {
    throw new Rejected("lock-not-expired", [hash, lock.expiry, confirmedTime]);
  }
  const { chain } = channel;
  const records = ChannelLock.isOne(lock) ? chain?.outcomes : chain?.reveals;
  const record = records?.get(Hex.key(hash));
  if (record !== undefined && record.time <= lock.expiry) {
    throw new Rejected("lock-revealed", [hash, record.time]);
  }
}

function acknowledge(channel: Channel.Channel, body: Acknowledge): Channel.Channel {
  const { latest, proposal, terms } = channel;
  requireEstablished(channel);
  if (body.version <= latest.content.version) return channel;
  if (proposal?.content.version !== body.version) {
    throw new Rejected("nothing-proposed", [body.version]);
  }
  const digest = TypedData.digest(terms.domain, proposal.hash);
  Channel.checkPeer(terms, digest, body.signature);
  const signed = Channel.coSigned(terms, proposal, proposal.signature, body.signature);
  return Channel.withLatest(channel, signed);
}

function requestToken(channel: Channel.Channel, turn: bigint): Channel.Channel {
  const session = requireEstablished(channel);
  if (turn > channel.turn) throw new Rejected("future-turn", [channel.turn, turn]);
  if (Channel.holdsToken(channel)) {
    return turn === channel.turn
      ? { ...channel, session: { ...session, peerWantsToken: true } }
      : channel;
  }
  // It was passed and got lost.
  const sentAt = new Map(session.sentAt);
  sentAt.delete("pass-token");
  return { ...channel, session: { ...session, sentAt, peerWantsToken: true } };
}

function passToken(channel: Channel.Channel, turn: bigint): Channel.Channel {
  const session = requireEstablished(channel);
  if (turn <= channel.turn) return channel;
  if (turn !== channel.turn + 1n || Channel.holdsToken(channel)) {
    throw new Rejected("future-turn", [channel.turn, turn]);
  }
  return Channel.withTurn(channel, session, turn);
}

function fulfil(
  channel: Channel.Channel,
  secrets: readonly Uint8Array[],
  clock: Clock,
): Channel.Channel {
  requireEstablished(channel);
  const known = new Map(channel.secrets);
  let late: Rejected | undefined;
  for (const secret of secrets) {
    const hash = sha256(secret);
    const lock = Channel.outgoingLock(channel, hash);
    if (lock === undefined || ChannelLock.isOne(lock) || known.has(Hex.key(hash))) continue;
    const lastSecond = lock.expiry - channel.policy.revealMargin;
    if (clock.seconds < lastSecond) known.set(Hex.key(hash), secret);
    else late = new Rejected("fulfilled-too-late", [hash, lastSecond, clock.seconds]);
  }
  if (known.size > channel.secrets.size) return { ...channel, secrets: known, isDirty: true };
  if (late !== undefined) throw late;
  return channel;
}

function fail(channel: Channel.Channel, given: readonly Failure[]): Channel.Channel {
  requireEstablished(channel);
  const failures = new Map(channel.failures);
  for (const { hash, reason } of given) {
    if (Channel.outgoingLock(channel, hash) !== undefined) failures.set(Hex.key(hash), reason);
  }
  return { ...channel, failures };
}

function agree(channel: Channel.Channel, app: Uint8Array): Channel.Channel {
  const session = requireEstablished(channel);
  return { ...channel, session: { ...session, peerAgreed: app } };
}

function concede(channel: Channel.Channel, given: readonly Concession[]): Channel.Channel {
  requireEstablished(channel);
  const concessions = new Map(channel.concessions);
  for (const { key, amount } of given) {
    const lock = Channel.outgoingLock(channel, key);
    if (lock !== undefined && ChannelLock.isOne(lock)) concessions.set(Hex.key(key), amount);
  }
  return { ...channel, concessions };
}

function refuse(channel: Channel.Channel, body: Extract<Body, { kind: "error" }>): Channel.Channel {
  const session = requireSession(channel);
  if (channel.proposal?.content.version !== body.version) return channel;
  return { ...channel, session: { ...session, refusal: body.reason } };
}

function broken(channel: Channel.Channel): Channel.Channel {
  return { ...channel, isBroken: true, isDirty: true };
}

function requireSession({ session }: Channel.Channel): Session {
  if (session === undefined) throw new Rejected("not-established", []);
  return session;
}

/** After both told where they stand; a party that is behind waits for the latest state. */
function requireEstablished(channel: Channel.Channel): Session {
  const session = requireSession(channel);
  if (!isEstablished(channel)) throw new Rejected("not-established", []);
  return session;
}

/** Whether this connection may carry new states. */
export function isEstablished({ session, doubtedSince }: Channel.Channel): boolean {
  return session?.peer !== undefined && doubtedSince === undefined;
}
