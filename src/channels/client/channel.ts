// A channel as one of its parties knows it. What `Image` writes must be on disk before anything that follows from it is
// sent; the rest is learned anew after a restart.
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import * as ChannelState from "../channelState.ts";
import * as CompactSignature from "../compactSignature.ts";
import type { Lock } from "../locks.ts";
import * as Params from "../params.ts";
import * as TypedData from "../typedData.ts";
import * as Change from "./change.ts";
import * as Content from "./content.ts";
import type { Side } from "./content.ts";
import type { Court } from "./court.ts";
import type * as Play from "./play.ts";
import * as Policy from "./policy.ts";
import { Rejected, type Reason } from "./rejected.ts";
import type { Look } from "./sight.ts";

export type { Court };

/** What never changes. */
export type Terms = {
  readonly court: Court;
  readonly params: Params.Params;
  readonly id: Uint8Array;
  readonly domain: Uint8Array;
  readonly side: Side;
  /** A virtual channel has no pots: it stands on a lock in this channel with a hub, and on one in the peer's. */
  readonly ledger: Uint8Array | undefined;
  /** Who signs for the two sides: addresses of keys. */
  readonly me: Uint8Array;
  readonly peer: Uint8Array;
};

/** A state that both signed; the initial one needs no signatures. */
export type Signed = {
  readonly content: Content.Content;
  readonly hash: Uint8Array;
  readonly signatureA: Uint8Array;
  readonly signatureB: Uint8Array;
};

/** A state that this party signed and sent: the peer may enforce it, this party may not yet. */
export type Proposal = {
  readonly changes: readonly Change.Change[];
  readonly content: Content.Content;
  readonly hash: Uint8Array;
  readonly signature: Uint8Array;
};

/** What the party wants: to go on, to close together, to leave by a challenge. */
export type Wish = "stay" | "close" | "leave";

export type Channel = {
  readonly terms: Terms;
  readonly policy: Policy.Policy;

  // On disk.
  /** Even: A may propose. Odd: B may. Only who holds the token raises it. */
  readonly turn: bigint;
  readonly latest: Signed;
  readonly proposal: Proposal | undefined;
  /** By the hash of a lock: its secret, its note, why it was given up by this party as its payee. */
  readonly secrets: ReadonlyMap<string, Uint8Array>;
  readonly notes: ReadonlyMap<string, Uint8Array>;
  readonly released: ReadonlyMap<string, Reason>;
  /** By the key of a channel lock: for how much this party settles it, as its payee at least, as its payer at most. */
  readonly settlements: ReadonlyMap<string, bigint>;
  /** The hashes of the apps' states with which this party agreed to begin a game, the latest last, until one begins. */
  readonly agreed: readonly Uint8Array[];
  readonly wish: Wish;
  /** The peer signed two states of one version, or denies one: nothing more is signed, and the channel is left. */
  readonly isBroken: boolean;
  /** The time of the last block that showed a clock, or a payout; undefined once a newer one showed neither. */
  readonly trialAt: bigint | undefined;

  // Not on disk.
  readonly isDirty: boolean;
  /** When this party started, in milliseconds: only by then can it have lost what its peer knows. */
  readonly startedAt: number;
  /** Since when this party may be behind its peer, in milliseconds; undefined once it knows. */
  readonly doubtedSince: number | undefined;
  readonly queue: readonly Change.Change[];
  /** Locks that the peer gave up as their payee. */
  readonly failures: ReadonlyMap<string, Reason>;
  /** For how much the peer, as their payee, settles channel locks. */
  readonly concessions: ReadonlyMap<string, bigint>;
  readonly session: Session | undefined;
  readonly chain: ChainView | undefined;
  /** The last look at the chain that showed no older block; undefined before the first. */
  readonly look: Look | undefined;
};

/** What is sent again after a while without an answer. */
export type Topic = "reestablish" | "propose" | "request-token" | "pass-token" | "agree";

/** What one connection has brought. */
export type Session = {
  readonly peer: { readonly terms: Pick<Policy.Policy, "limits" | "fee"> } | undefined;
  readonly isPeerBehind: boolean;
  /** The peer repeats its first message: it has not had this party's. */
  readonly isPeerDeaf: boolean;
  /** A proposal that the peer says it made before this connection: its locks may have become late. */
  readonly announcedHash: Uint8Array | undefined;
  readonly acknowledgementDue: boolean;
  readonly peerWantsToken: boolean;
  /** The hash of the app's state with which the peer agrees to begin a game. */
  readonly peerAgreed: Uint8Array | undefined;
  readonly hasProposed: boolean;
  /** Why the peer refused the proposal. */
  readonly refusal: Reason | undefined;
  /** When what kind of message was last sent, and when the fate of which lock last told, in milliseconds. */
  readonly sentAt: ReadonlyMap<Topic, number>;
  readonly toldAt: ReadonlyMap<string, number>;
};

/** The adjudicator's knowledge of the channel, as of the newest block; times are block times in seconds. */
export type ChainView = {
  readonly time: bigint;
  /** The time of the newest block that will not go away. */
  readonly confirmedTime: bigint;
  readonly pots: readonly Pot[];
  readonly version: bigint;
  /** The newest version on record that both sides stand by: moves that were forced since do not count. */
  readonly agreed: bigint;
  /** The last of these moves; undefined for none. */
  readonly moved: Moved | undefined;
  /** The end of the running clock; zero for none. */
  readonly deadline: bigint;
  /** What the log tells of the state on record; undefined where that was not asked for. */
  readonly shown: Shown | undefined;
  /** By lock hash. */
  readonly reveals: ReadonlyMap<string, Reveal>;
  /** What virtual channels came to: those that locks wait for, and this one. By channel id. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** Of a virtual channel: the lock that it stands on, if it is there. */
  readonly backing: Lock | undefined;
};

/** A forced move as the log shows it. */
export type Moved = {
  readonly state: ChannelState.State;
  readonly data: Uint8Array;
  /** Its block will not go away. */
  readonly isConfirmed: boolean;
};

export type Outcome = {
  readonly amount: bigint;
  readonly time: bigint;
  readonly isConfirmed: boolean;
};

export type Pot = {
  readonly token: Uint8Array;
  /** Confirmed deposits. */
  readonly deposited: Policy.Funds;
  readonly isSettled: boolean;
};

/** What a challenge or a response shows of its state: the challenger's signature, or A's and B's in one; its hash if it is kept. */
export type Shown = {
  readonly version: bigint;
  readonly signatures: readonly Uint8Array[];
  readonly hash: Uint8Array | undefined;
};

export type Reveal = {
  /** Undefined where the node does not tell. */
  readonly secret: Uint8Array | undefined;
  readonly time: bigint;
  readonly isConfirmed: boolean;
};

/** The present: milliseconds of this machine, and seconds as the chain counts them. */
export type Clock = { readonly ms: number; readonly seconds: bigint };

export type Sign = (digest: Uint8Array) => Uint8Array;

const NO_SIGNATURE = new Uint8Array(CompactSignature.SIGNATURE_BYTES);
/** The signatures of a state that needs none: the initial one, or one that counts by its hash. */
export const UNSIGNED = { signatureA: NO_SIGNATURE, signatureB: NO_SIGNATURE };
const NO_FUNDS: Policy.Funds = { A: 0n, B: 0n };

/** A channel in which nothing has been paid; throws SidesNotDistinctError, MarginError, or NotAPartyError of `me`. */
export function create(
  court: Court,
  params: Params.Params,
  me: Uint8Array,
  policy: Policy.Policy,
  ledger?: Uint8Array,
): Channel {
  if (!Params.areDistinct(params)) throw new SidesNotDistinctError();
  Policy.checkMargins(policy, Params.window(params), ledger !== undefined);
  const { signerA, signerB } = Params.signers(params);
  const side = Bytes.equals(me, signerA) ? "A" : "B";
  if (side === "B" && !Bytes.equals(me, signerB)) throw new NotAPartyError(me);
  const id = Params.channelId(params, Params.home(court.chainId, court.adjudicator));
  const terms: Terms = {
    ...{ court, params, id, side, ledger, me },
    domain: TypedData.domainSeparator(court.chainId, court.adjudicator),
    peer: side === "A" ? signerB : signerA,
  };
  const hash = ChannelState.hash(Content.stateOf(id, Content.INITIAL));
  return {
    ...{ terms, policy, turn: 0n, proposal: undefined, wish: "stay", isBroken: false },
    latest: { ...UNSIGNED, content: Content.INITIAL, hash },
    ...{ secrets: new Map(), notes: new Map(), released: new Map(), failures: new Map() },
    ...{ settlements: new Map(), concessions: new Map(), agreed: [], startedAt: 0 },
    ...{ isDirty: true, doubtedSince: undefined, queue: [], session: undefined },
    ...{ chain: undefined, look: undefined, trialAt: undefined },
  };
}

/** Who may propose. */
export function holder({ turn }: Channel): Side {
  return turn % 2n === 0n ? "A" : "B";
}

/** Whether this party may propose. */
export function holdsToken(channel: Channel): boolean {
  return holder(channel) === channel.terms.side;
}

/** Whether it signs no new states any more, as on trial. A node that is behind does not unsay what another has shown. */
export function isFrozen(channel: Channel): boolean {
  const { wish, isBroken, latest, trialAt } = channel;
  const isOver = isBroken || wish === "leave" || latest.content.isFinal;
  return isOver || trialAt !== undefined || isOnTrial(channel);
}

/** Whether a clock runs, or the channel is settled. */
export function isOnTrial(channel: Channel): boolean {
  const { chain } = channel;
  return chain !== undefined && (chain.deadline !== 0n || isSettled(channel));
}

/** Whether any pot has been paid out, or the outcome is on record: then nothing more is paid in this channel. */
export function isSettled({ terms, chain }: Channel): boolean {
  if (chain === undefined) return false;
  return chain.pots.some((pot) => pot.isSettled) || chain.outcomes.has(Hex.key(terms.id));
}

/** Confirmed deposits in an asset; in a virtual channel what the lock of A holds. */
export function fundsOf({ chain, terms }: Channel, token: Uint8Array): Policy.Funds {
  if (terms.ledger !== undefined) {
    const isMain = Bytes.equals(token, terms.params.token);
    return isMain ? { A: chain?.backing?.amount ?? 0n, B: 0n } : NO_FUNDS;
  }
  return chain?.pots.find((pot) => Bytes.equals(pot.token, token))?.deposited ?? NO_FUNDS;
}

/** Whether this party pays by the lock. */
export function isOutgoing({ terms }: Channel, lock: Lock): boolean {
  return Content.payerOf(lock) === terms.side;
}

/** The lock of a hash that pays this party, in the last state that both signed. */
export function incomingLock(channel: Channel, hash: Uint8Array): Lock | undefined {
  const lock = Change.lockOf(channel.latest.content, hash);
  return lock === undefined || isOutgoing(channel, lock) ? undefined : lock;
}

/** The lock of a hash by which this party pays, in any state that the peer may enforce. */
export function outgoingLock(channel: Channel, hash: Uint8Array): Lock | undefined {
  const { latest, proposal } = channel;
  const lock =
    Change.lockOf(latest.content, hash) ??
    (proposal === undefined ? undefined : Change.lockOf(proposal.content, hash));
  return lock !== undefined && isOutgoing(channel, lock) ? lock : undefined;
}

/** The locks of every state that may be enforced, by hash. */
export function locksOf({ latest, proposal }: Pick<Channel, "latest" | "proposal">) {
  const locks = [...latest.content.locks, ...(proposal?.content.locks ?? [])];
  return new Map(locks.map((lock) => [Hex.key(lock.key), lock]));
}

/** The table at which a side plays. */
export function tableOf(channel: Channel, proposer: Side): Play.Table {
  const { policy, terms } = channel;
  const fundsOfToken = (token: Uint8Array) => fundsOf(channel, token);
  return { apps: policy.apps, id: terms.id, params: terms.params, proposer, fundsOf: fundsOfToken };
}

/** The hash and the digest that a side signs for a content. */
export function digestOf(
  terms: Terms,
  content: Content.Content,
): { readonly hash: Uint8Array; readonly digest: Uint8Array } {
  const hash = ChannelState.hash(Content.stateOf(terms.id, content));
  return { hash, digest: TypedData.digest(terms.domain, hash) };
}

/** Rejects a signature that is not the peer's. */
export function checkPeer(terms: Terms, digest: Uint8Array, signature: Uint8Array): void {
  checkSigner(digest, signature, terms.peer);
}

/** A state that both signed, as it came from a peer, a backup or the chain; Rejected unless both did. */
export function verify(
  terms: Terms,
  { content, signatureA, signatureB }: Omit<Signed, "hash">,
): Signed {
  const { hash, digest } = digestOf(terms, content);
  const { signerA, signerB } = Params.signers(terms.params);
  checkSigner(digest, signatureA, signerA);
  checkSigner(digest, signatureB, signerB);
  return { content, hash, signatureA, signatureB };
}

/** A co-signed state from the two signatures, mine and the peer's. */
export function coSigned(
  { side }: Terms,
  state: Pick<Signed, "content" | "hash">,
  mine: Uint8Array,
  peers: Uint8Array,
): Signed {
  const [signatureA, signatureB] = side === "A" ? [mine, peers] : [peers, mine];
  return { content: state.content, hash: state.hash, signatureA, signatureB };
}

/** The peer's signature of a co-signed state. */
export function peersSignature({ side }: Terms, signed: Signed): Uint8Array {
  return side === "A" ? signed.signatureB : signed.signatureA;
}

/** The channel with another latest state; what was known of locks that are gone is forgotten. */
export function withLatest(channel: Channel, latest: Signed): Channel {
  const { proposal, session } = channel;
  const isOpen = proposal !== undefined && proposal.content.version > latest.content.version;
  const kept = isOpen ? proposal : undefined;
  const known = locksOf({ latest, proposal: kept });
  const hasBegun = latest.content.app !== undefined && channel.latest.content.app === undefined;
  const told = hasBegun ? { peerAgreed: undefined } : {};
  const keep = <T>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    map.size === 0 ? map : new Map([...map].filter(([key]) => known.has(key)));
  return {
    ...{ ...channel, latest, proposal: kept, isDirty: true },
    secrets: keep(channel.secrets),
    notes: keep(channel.notes),
    released: keep(channel.released),
    failures: keep(channel.failures),
    settlements: keep(channel.settlements),
    concessions: keep(channel.concessions),
    // The game that is played was agreed to before; a further one may have been since.
    agreed: hasBegun ? [] : channel.agreed,
    session:
      session === undefined ? undefined : { ...session, ...told, toldAt: keep(session.toldAt) },
  };
}

/** The payee gives a lock up: for good, so on disk before it is said. */
export function release(channel: Channel, hash: Uint8Array, reason: Reason) {
  const key = Hex.key(hash);
  if (channel.secrets.has(key) || channel.released.has(key)) return channel;
  const released = new Map(channel.released).set(key, reason);
  return { ...channel, released, isDirty: true };
}

/** The channel after the token went over: what was said about it is past. */
export function withTurn(channel: Channel, session: Session, turn: bigint): Channel {
  const sentAt = new Map(session.sentAt);
  sentAt.delete("request-token");
  sentAt.delete("pass-token");
  const next = { ...session, sentAt, peerWantsToken: false, hasProposed: false };
  return { ...channel, turn, isDirty: true, session: next };
}

/** A proposal that the peer put on record without a signature that could be shown again: the record knows it by its hash. */
export function recorded({ side }: Terms, proposal: Proposal): Signed {
  const { content, hash, signature } = proposal;
  const [signatureA, signatureB] =
    side === "A" ? [signature, NO_SIGNATURE] : [NO_SIGNATURE, signature];
  return { content, hash, signatureA, signatureB };
}

function checkSigner(digest: Uint8Array, signature: Uint8Array, signer: Uint8Array): void {
  const recovered = CompactSignature.recover(digest, signature);
  if (recovered === undefined || !Bytes.equals(recovered, signer)) {
    throw new Rejected("wrong-signature", [signer, recovered ?? Bytes.EMPTY]);
  }
}

export class NotAPartyError extends Error {
  override readonly name = "Channel.NotAPartyError";
  readonly key: Uint8Array;
  constructor(key: Uint8Array) {
    super(`${Hex.fromBytes(key)} signs for neither side of the channel`);
    this.key = key;
  }
}

export class SidesNotDistinctError extends Error {
  override readonly name = "Channel.SidesNotDistinctError";
  constructor() {
    super("the two sides of a channel need two owners and two signers");
  }
}
