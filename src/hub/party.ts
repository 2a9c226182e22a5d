// One key and its channels: what a payer, a payee and a hub have in common. It decides and remembers, and does nothing:
// `crank` tells what is to be written, then sent, then called.
import * as Channel from "../channels/client/channel.ts";
import type { Add, Change } from "../channels/client/change.ts";
import * as Crank from "../channels/client/crank.ts";
import * as Dispute from "../channels/client/dispute.ts";
import * as Image from "../channels/client/image.ts";
import * as Message from "../channels/client/message.ts";
import type { Policy } from "../channels/client/policy.ts";
import * as Receive from "../channels/client/receive.ts";
import { Rejected, type Reason } from "../channels/client/rejected.ts";
import * as Relay from "../channels/client/relay.ts";
import type { Route } from "../channels/client/route.ts";
import * as CompactSignature from "../channels/compactSignature.ts";
import { KIND_HASH, type Lock } from "../channels/locks.ts";
import type { Params } from "../channels/params.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import * as Signature from "../primitives/signature.ts";
import * as Account from "./account.ts";
import type { Put } from "./log.ts";
import * as Unwritten from "./unwritten.ts";

export type Happening =
  | { readonly kind: "payment"; readonly payment: Account.Payment }
  | { readonly kind: "received"; readonly issued: Relay.Issued }
  | { readonly kind: "rejected"; readonly channelId: Uint8Array; readonly rejected: Rejected };

/** Nothing is sent or called before all puts are durable. */
export type Effects = {
  readonly puts: readonly Put[];
  readonly messages: readonly { readonly channelId: Uint8Array; readonly bytes: Uint8Array }[];
  readonly calls: readonly { readonly channel: Channel.Channel; readonly call: Dispute.Call }[];
  readonly happenings: readonly Happening[];
};

/** The policy of a channel, when it is opened and when it is read from disk. */
export type PolicyOf = (court: Channel.Court, params: Params) => Policy;

type Undecided = { readonly channel: string; readonly hash: Uint8Array };

export class Party {
  readonly address: Uint8Array;
  readonly sign: Channel.Sign;
  readonly #policyOf: PolicyOf;
  readonly #channels = new Map<string, Channel.Channel>();
  readonly #payments = new Map<string, Account.Payment>();
  readonly #issued = new Map<string, Relay.Issued>();
  /** By the hash of a lock: the channel in which this party pays by it, and the one for which it is forwarded. */
  readonly #outgoing = new Map<string, string>();
  readonly #forwards = new Map<string, string>();
  /** Channels in which something may be due, and locks to decide on. */
  readonly #touched = new Set<string>();
  #undecided: Undecided[] = [];
  /** Locks that nothing is decided on while a channel is in doubt. */
  #postponed: Undecided[] = [];
  readonly #unwritten = Unwritten.create();
  #messages: Effects["messages"][number][] = [];
  #happenings: Happening[] = [];

  constructor(privateKey: Uint8Array, policyOf: PolicyOf) {
    this.address = Signature.addressOf(privateKey);
    this.sign = (digest) => CompactSignature.sign(digest, privateKey);
    this.#policyOf = policyOf;
  }

  /** Takes up what was durable. Until its peer has told where it stands each channel is in doubt. */
  restore(puts: readonly Put[], ms: number): void {
    for (const put of puts) {
      const found = Account.read(put);
      if (found.kind === "payment") this.#payments.set(Hex.key(found.payment.hash), found.payment);
      else if (found.kind === "issued") {
        this.#issued.set(Hex.key(found.issued.invoice.hash), found.issued);
      } else this.#restoreChannel(found.image, ms);
    }
    for (const [key, payment] of this.#payments) {
      if (payment.status === "pending" && !this.#outgoing.has(key)) this.#fail(key, "not-sent");
    }
  }

  /** Opens a channel in which nothing has been paid; one that is there already stays as it is. */
  open(court: Channel.Court, params: Params): Channel.Channel {
    const fresh = Channel.create(court, params, this.address, this.#policyOf(court, params));
    const key = Hex.key(fresh.terms.id);
    const known = this.#channels.get(key);
    if (known !== undefined) return known;
    this.#set(key, fresh);
    return fresh;
  }

  find(id: Uint8Array): Channel.Channel | undefined {
    return this.#channels.get(Hex.key(id));
  }

  /** The channel of an id; Rejected where there is none. */
  channel(id: Uint8Array): Channel.Channel {
    const channel = this.find(id);
    if (channel === undefined) throw new Rejected("unknown-channel", [id]);
    return channel;
  }

  channels(): readonly Channel.Channel[] {
    return [...this.#channels.values()];
  }

  payment(hash: Uint8Array): Account.Payment | undefined {
    return this.#payments.get(Hex.key(hash));
  }

  issued(hash: Uint8Array): Relay.Issued | undefined {
    return this.#issued.get(Hex.key(hash));
  }

  /** Promises the secret to whoever pays the invoice. */
  issue(issued: Relay.Issued): void {
    this.#issued.set(Hex.key(issued.invoice.hash), issued);
    Unwritten.put(this.#unwritten, Account.ofIssued(issued));
  }

  /** Pays by a lock along a route; what becomes of it is a payment's happening. A hash is paid once. */
  pay(id: Uint8Array, asset: number, hash: Uint8Array, route: Route): void {
    const channel = this.channel(id);
    const key = Hex.key(hash);
    if (this.#payments.has(key) || this.#outgoing.has(key)) {
      throw new Rejected("duplicate-lock", [hash]);
    }
    const { first, note } = route;
    const lock: Lock = {
      ...{ kind: KIND_HASH, asset, aToB: channel.terms.side === "A", key: hash },
      ...{ amount: first.amount, expiry: first.expiry },
    };
    this.#enqueueLock(channel, { kind: "add", lock, note });
    const pending = { status: "pending", secret: undefined, reason: undefined } as const;
    this.#setPayment({ hash, channelId: id, ...pending });
  }

  /** Queues a payment without a lock, a withdrawal, or a further asset. */
  change(id: Uint8Array, change: Exclude<Change, { kind: "add" | "fulfil" | "remove" }>): void {
    const channel = this.channel(id);
    this.#set(Hex.key(id), Crank.enqueue(channel, change));
  }

  /** Closes together with the peer as soon as no lock is left, or leaves alone by a challenge. */
  wish(id: Uint8Array, wish: Channel.Wish): void {
    this.#set(Hex.key(id), Crank.withWish(this.channel(id), wish));
  }

  connect(id: Uint8Array): void {
    this.#set(Hex.key(id), Receive.connect(this.channel(id)));
  }

  disconnect(id: Uint8Array): void {
    this.#set(Hex.key(id), Receive.disconnect(this.channel(id)));
  }

  /** Takes a message that came over the channel's connection; what is wrong with it is told to the peer. */
  receive(id: Uint8Array, bytes: Uint8Array, ms: number): void {
    const channel = this.channel(id);
    let version = 0n;
    try {
      const message = Message.decode(bytes);
      if (!Bytes.equals(message.channelId, id)) {
        throw new Rejected("unknown-channel", [message.channelId]);
      }
      if (message.body.kind === "propose") version = message.body.version;
      const clock = clockOf(channel, ms);
      const next = Receive.receive(channel, message.body, clock, this.sign);
      this.#update(Hex.key(id), channel, next);
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      this.#happenings.push({ kind: "rejected", channelId: id, rejected: error });
      this.#send(id, { kind: "error", reason: error.reason, version });
    }
  }

  /** Takes what the adjudicator shows. */
  observe(id: Uint8Array, view: Channel.ChainView): void {
    const channel = this.channel(id);
    this.#update(Hex.key(id), channel, Dispute.observe(channel, view));
  }

  /** Time has passed: something may be due in any channel. */
  tick(): void {
    this.#decidePostponed();
    Unwritten.hurry(this.#unwritten);
    for (const key of this.#channels.keys()) this.#touched.add(key);
  }

  /** All that is due, in the order in which it must be done. */
  crank(ms: number): Effects {
    const calls: Effects["calls"][number][] = [];
    for (;;) {
      this.#decideLocks(ms);
      const [key] = this.#touched;
      if (key === undefined) break;
      this.#touched.delete(key);
      const channel = this.#channels.get(key);
      if (channel !== undefined) calls.push(...this.#crankChannel(key, channel, ms));
    }
    const effects = {
      puts: Unwritten.take(this.#unwritten),
      messages: this.#messages,
      calls,
      happenings: this.#happenings,
    };
    this.#messages = [];
    this.#happenings = [];
    return effects;
  }

  #crankChannel(key: string, channel: Channel.Channel, ms: number): Effects["calls"][number][] {
    const { next, effects } = Crank.crank(channel, clockOf(channel, ms), this.sign);
    this.#channels.set(key, next);
    const calls: Effects["calls"][number][] = [];
    for (const effect of effects) {
      switch (effect.kind) {
        case "persist":
          Unwritten.put(this.#unwritten, Account.ofChannel(next.terms.id, Image.encode(next)));
          break;
        case "send":
          this.#send(next.terms.id, effect.body);
          break;
        case "call":
          calls.push({ channel: next, call: effect.call });
          break;
        case "refuse":
          if (effect.change.kind === "add") {
            this.#gone(Hex.key(effect.change.lock.key), effect.reason);
          }
          break;
      }
    }
    return calls;
  }

  #decideLocks(ms: number): void {
    for (;;) {
      const next = this.#undecided.shift();
      if (next === undefined) return;
      const channel = this.#channels.get(next.channel);
      if (channel === undefined) continue;
      const lock = Channel.incomingLock(channel, next.hash);
      if (lock !== undefined) this.#decide(next.channel, channel, lock, ms);
    }
  }

  #decide(key: string, channel: Channel.Channel, lock: Lock, ms: number): void {
    const hashKey = Hex.key(lock.key);
    const payingBy = (hash: Uint8Array) =>
      this.#channels.get(this.#outgoing.get(Hex.key(hash)) ?? "");
    const decision = Relay.decide(channel, lock, {
      issued: (hash) => this.#issued.get(Hex.key(hash)),
      payingBy,
      wasForwarded: (hash) => this.#forwards.has(Hex.key(hash)),
      channelsTo: (address) =>
        this.channels().filter(({ terms }) => Bytes.equals(terms.peer, address)),
      seconds: clockOf(channel, ms).seconds,
    });
    const isFinal = decision.kind === "release" || decision.kind === "forward";
    // From an old backup it may have forgotten that it pays by this lock already.
    if (isFinal && this.#isInDoubt(ms)) {
      this.#postponed.push({ channel: key, hash: lock.key });
      return;
    }
    switch (decision.kind) {
      case "take": {
        const issued = { ...decision.issued, isPaid: true };
        this.issue(issued);
        this.#happenings.push({ kind: "received", issued });
        this.#set(key, Crank.settleLock(channel, lock.key, issued.secret));
        break;
      }
      case "settle":
        this.#set(key, Crank.settleLock(channel, lock.key, decision.secret));
        break;
      case "release":
        this.#set(key, Crank.release(channel, lock.key, decision.reason));
        break;
      case "forward":
        this.#forwards.set(hashKey, key);
        this.#enqueueLock(decision.to, decision.change);
        break;
      case "wait":
        if (this.#outgoing.has(hashKey)) this.#forwards.set(hashKey, key);
        break;
    }
  }

  #isInDoubt(ms: number): boolean {
    return this.channels().some(({ doubtedSince, policy, chain }) => {
      if (doubtedSince === undefined || ms >= doubtedSince + policy.graceMs) return false;
      return chain === undefined || !Channel.isSettled(chain);
    });
  }

  #decidePostponed(): void {
    this.#undecided.push(...this.#postponed);
    this.#postponed = [];
  }

  #enqueueLock(channel: Channel.Channel, change: Add): void {
    const key = Hex.key(channel.terms.id);
    this.#set(key, Crank.enqueue(channel, change));
    this.#outgoing.set(Hex.key(change.lock.key), key);
  }

  /** The channel after something came from outside, and what that says of locks. */
  #update(key: string, old: Channel.Channel, next: Channel.Channel): void {
    this.#set(key, next);
    if (next.secrets !== old.secrets) {
      for (const [hash, secret] of next.secrets) {
        if (!old.secrets.has(hash) && this.#outgoing.get(hash) === key) this.#learn(hash, secret);
      }
    }
    if (old.doubtedSince !== undefined && next.doubtedSince === undefined) this.#decidePostponed();
    if (next.latest === old.latest) return;
    const [before, after] = [locksOf(old), locksOf(next)];
    for (const [hash, lock] of before) {
      if (after.has(hash)) continue;
      if (!Channel.isOutgoing(old, lock)) this.#forwards.delete(hash);
      else if (old.secrets.has(hash)) this.#outgoing.delete(hash);
      else this.#gone(hash, old.failures.get(hash) ?? "expired");
    }
    for (const [hash, lock] of after) {
      if (before.has(hash)) continue;
      // An outgoing one comes from outside where the party had forgotten it.
      if (Channel.isOutgoing(next, lock)) this.#outgoing.set(hash, key);
      else this.#undecided.push({ channel: key, hash: lock.key });
    }
  }

  #learn(hash: string, secret: Uint8Array): void {
    const payment = this.#payments.get(hash);
    if (payment !== undefined) this.#setPayment({ ...payment, status: "paid", secret });
    this.#decideAgain(hash);
  }

  /** A lock by which this party would have paid is no more. */
  #gone(hash: string, reason: Reason): void {
    this.#outgoing.delete(hash);
    if (this.#payments.get(hash)?.status === "pending") this.#fail(hash, reason);
    this.#decideAgain(hash);
  }

  #decideAgain(hash: string): void {
    const channel = this.#forwards.get(hash);
    if (channel !== undefined) this.#undecided.push({ channel, hash: Hex.fromKey(hash) });
  }

  #fail(hash: string, reason: Reason): void {
    const payment = this.#payments.get(hash);
    if (payment !== undefined) this.#setPayment({ ...payment, status: "failed", reason });
  }

  #setPayment(payment: Account.Payment): void {
    this.#payments.set(Hex.key(payment.hash), payment);
    const put = Account.ofPayment(payment);
    if (payment.status === "pending") return Unwritten.begin(this.#unwritten, put);
    Unwritten.put(this.#unwritten, put);
    this.#happenings.push({ kind: "payment", payment });
  }

  #restoreChannel(image: Uint8Array, ms: number): void {
    const { court, params } = Image.termsOf(image);
    const policy = this.#policyOf(court, params);
    const channel = Image.decode(image, this.address, policy, { ms, seconds: 0n });
    const key = Hex.key(channel.terms.id);
    this.#set(key, channel);
    for (const [hash, lock] of locksOf(channel)) {
      if (Channel.isOutgoing(channel, lock)) this.#outgoing.set(hash, key);
      else this.#undecided.push({ channel: key, hash: lock.key });
    }
  }

  #set(key: string, channel: Channel.Channel): void {
    this.#channels.set(key, channel);
    this.#touched.add(key);
  }

  #send(channelId: Uint8Array, body: Message.Body): void {
    this.#messages.push({ channelId, bytes: Message.encode({ channelId, body }) });
  }
}

/** The locks of every state that may be enforced, by hash. */
function locksOf({ latest, proposal }: Channel.Channel): Map<string, Lock> {
  const locks = [...latest.content.locks, ...(proposal?.content.locks ?? [])];
  return new Map(locks.map((lock) => [Hex.key(lock.key), lock]));
}

/** Block time is at least what the chain shows, and runs on between blocks. */
export function clockOf({ chain }: Channel.Channel, ms: number): Channel.Clock {
  const wall = BigInt(Math.floor(ms / 1_000));
  const seconds = chain !== undefined && chain.time > wall ? chain.time : wall;
  return { ms, seconds };
}
