// One key and its channels: what a payer, a payee and a hub have in common. It decides and remembers, and does nothing:
// `crank` tells what is to be written, then sent, then called.
import * as Channel from "../channels/client/channel.ts";
import type { AppState } from "../channels/appState.ts";
import type { Add, Change, Wanted } from "../channels/client/change.ts";
import * as ChannelLock from "../channels/client/channelLock.ts";
import * as Crank from "../channels/client/crank.ts";
import * as Dispute from "../channels/client/dispute.ts";
import * as Image from "../channels/client/image.ts";
import * as Message from "../channels/client/message.ts";
import * as Receive from "../channels/client/receive.ts";
import { Rejected, type Reason } from "../channels/client/rejected.ts";
import * as Relay from "../channels/client/relay.ts";
import type { Route } from "../channels/client/route.ts";
import * as CompactSignature from "../channels/compactSignature.ts";
import type { Lock } from "../channels/locks.ts";
import type { Params } from "../channels/params.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import * as Signature from "../primitives/signature.ts";
import * as Account from "./account.ts";
import { Claims } from "./claims.ts";
import { clockOf } from "./clock.ts";
import type { Effects, Happening } from "./effects.ts";
import { Forwards } from "./forwards.ts";
import { knowledgeFor } from "./knowledge.ts";
import type { Put } from "./log.ts";
import { Payments } from "./payments.ts";
import { isBlind, isPremature, Sight } from "./sight.ts";
import * as Unwritten from "./unwritten.ts";
import * as Virtual from "./virtual.ts";

export class Party {
  readonly address: Uint8Array;
  readonly sign: Channel.Sign;
  readonly #policyOf: Account.PolicyOf;
  readonly #channels = new Map<string, Channel.Channel>();
  readonly #forwards = new Forwards();
  readonly #claims = new Claims();
  readonly #sight = new Sight();
  /** Channels in which something may be due. */
  readonly #touched = new Set<string>();
  #startedAt = 0;
  readonly #unwritten = Unwritten.create();
  readonly #payments = new Payments(this.#unwritten, (one) => void this.#happenings.push(one));
  #messages: Effects["messages"][number][] = [];
  #happenings: Happening[] = [];

  constructor(privateKey: Uint8Array, policyOf: Account.PolicyOf) {
    this.address = Signature.addressOf(privateKey);
    this.sign = (digest) => CompactSignature.sign(digest, privateKey);
    this.#policyOf = policyOf;
  }

  /** Takes up what was durable. Until its peer has told where it stands each channel is in doubt. */
  restore(puts: readonly Put[], ms: number): void {
    this.#startedAt = ms;
    for (const put of puts) {
      const found = Account.read(put);
      if (found.kind === "channel") this.#restoreChannel(found.image, ms);
      else this.#payments.restore(found);
    }
    this.#payments.failUnsent((hash) => this.#forwards.payingIn(hash) !== undefined);
    this.#forwards.passOnAll((hash, key) => this.#channels.get(key)?.released.has(hash) === true);
    this.#claims.restore(this.#channels, (hash, key) => this.#forwards.isPassedOnFrom(hash, key));
  }

  /**
   * Opens a channel in which nothing has been paid; one that is there already stays as it is. A virtual one stands on a
   * lock in the ledger channel named.
   */
  open(court: Channel.Court, params: Params, ledger?: Uint8Array): Channel.Channel {
    const policy = this.#policyOf(court, params);
    const created = Channel.create(court, params, this.address, policy, ledger);
    const fresh = { ...created, startedAt: this.#startedAt };
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
    return this.#payments.find(hash);
  }

  issued(hash: Uint8Array): Relay.Issued | undefined {
    return this.#payments.issued(hash);
  }

  /** Promises the secret to whoever pays the invoice. */
  issue(issued: Relay.Issued): void {
    this.#payments.issue(issued);
  }

  /** Pays by a lock along a route; what becomes of it is a payment's happening. A hash is paid once. */
  pay(id: Uint8Array, asset: number, hash: Uint8Array, route: Route): void {
    const channel = this.channel(id);
    if (this.#payments.find(hash) !== undefined || this.#forwards.isPaying(Hex.key(hash))) {
      throw new Rejected("duplicate-lock", [hash]);
    }
    this.#enqueueLock(channel, Relay.begin(channel, asset, hash, route));
    this.#payments.begin(hash, id);
  }

  /** Queues what is not about a lock: a payment, a withdrawal, a further asset, a game and its moves. */
  change(id: Uint8Array, change: Wanted): void {
    this.#set(Hex.key(id), Crank.enqueue(this.channel(id), change));
  }

  /** Backs a virtual channel of which this party is the side A, over the peer of its ledger channel. */
  back(id: Uint8Array, amount: bigint, expiry: bigint): void {
    const virtual = this.channel(id);
    const ledger = this.channel(virtual.terms.ledger ?? Bytes.EMPTY);
    if (this.#forwards.isPaying(Hex.key(id))) throw new Rejected("duplicate-lock", [id]);
    this.#enqueueLock(ledger, Virtual.back(virtual, ledger, amount, expiry));
  }

  /** Agrees to a game in which the peer moves first; it begins when the peer installs it. */
  agree(id: Uint8Array, state: AppState): void {
    this.#set(Hex.key(id), Crank.agree(this.channel(id), state));
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

  /** Whether it takes a message that came over the channel's connection; what is wrong with it is told to the peer. */
  receive(id: Uint8Array, bytes: Uint8Array, ms: number): boolean {
    const channel = this.channel(id);
    let version = 0n;
    try {
      const message = Message.decode(bytes);
      if (!Bytes.equals(message.channelId, id)) {
        throw new Rejected("unknown-channel", [message.channelId]);
      }
      if (message.body.kind === "propose") version = message.body.version;
      const next = Receive.receive(channel, message.body, clockOf(channel, ms), this.sign);
      this.#update(Hex.key(id), channel, next);
      return true;
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      this.#happenings.push({ kind: "rejected", channelId: id, rejected: error });
      this.#send(id, { kind: "error", reason: error.reason, version });
      return false;
    }
  }

  /** Takes what the adjudicator shows to a look begun at `ms`. */
  observe(id: Uint8Array, view: Channel.ChainView, ms: number): void {
    const channel = this.channel(id);
    const { ledger } = channel.terms;
    const seen = Dispute.observe(channel, { ...view, backing: channel.chain?.backing }, ms);
    const under = ledger === undefined ? undefined : this.find(ledger);
    const next = under === undefined ? seen : Virtual.withBacking(seen, under);
    this.#update(Hex.key(id), channel, next);
  }

  /** Time has passed: something may be due in any channel. */
  tick(): void {
    this.#forwards.decidePostponed();
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
    const seeing = this.#refuseUnseen(channel, ms);
    const { next, effects } = Crank.crank(seeing, clockOf(channel, ms), this.sign);
    this.#channels.set(key, next);
    this.#happenings.push(...this.#sight.note(key, next, ms));
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
          this.#refused(next.terms.id, effect.change, effect.reason);
          break;
      }
    }
    return calls;
  }

  /** The channel without the locks in its queue that pass on what came in a channel whose chain is not seen any more. */
  #refuseUnseen(channel: Channel.Channel, ms: number): Channel.Channel {
    if (channel.queue.length === 0) return channel;
    const isUnseen = (key: string) => isBlind(this.#channels.get(key), ms);
    const unseen = channel.queue.filter(
      (one) => one.kind === "add" && this.#forwards.passedOn(Hex.key(one.lock.key)).some(isUnseen),
    );
    for (const change of unseen) this.#refused(channel.terms.id, change, "chain-unseen");
    return { ...channel, queue: channel.queue.filter((change) => !unseen.includes(change)) };
  }

  #refused(channelId: Uint8Array, change: Change, reason: Reason): void {
    this.#happenings.push({ kind: "refused", channelId, change, reason });
    if (change.kind === "add") this.#gone(Hex.key(change.lock.key), reason);
  }

  #decideLocks(ms: number): void {
    for (;;) {
      const next = this.#forwards.nextUndecided();
      if (next === undefined) return;
      const channel = this.#channels.get(next.channel);
      if (channel === undefined) continue;
      const lock = Channel.incomingLock(channel, Hex.fromKey(next.name));
      if (lock !== undefined) this.#decide(next.channel, channel, lock, ms);
    }
  }

  #decide(key: string, channel: Channel.Channel, lock: Lock, ms: number): void {
    const hashKey = Hex.key(lock.key);
    const known = { channels: this.#channels, payments: this.#payments };
    const sources = { ...known, forwards: this.#forwards, claims: this.#claims };
    const decision = Relay.decide(channel, lock, knowledgeFor(channel, sources, ms));
    if (isPremature(decision, this.#channels.values(), ms)) {
      this.#forwards.postpone({ name: hashKey, channel: key });
      return;
    }
    switch (decision.kind) {
      case "take": {
        const issued = { ...decision.issued, isPaid: true };
        this.issue(issued);
        this.#claims.add(key, lock);
        this.#happenings.push({ kind: "received", issued });
        this.#set(key, Crank.settleLock(channel, lock.key, issued.secret));
        break;
      }
      case "settle":
        this.#set(key, Crank.settleLock(channel, lock.key, decision.secret));
        break;
      case "concede":
        this.#set(key, ChannelLock.settle(channel, lock.key, decision.amount));
        break;
      case "release":
        this.#claims.remove(key, hashKey);
        this.#set(key, Channel.release(channel, lock.key, decision.reason));
        if (ChannelLock.isOne(lock)) this.#changedLock(hashKey, this.channel(channel.terms.id));
        break;
      case "forward":
        this.#passOn(key, lock);
        this.#enqueueLock(decision.to, decision.change);
        break;
      case "wait":
        // One lock is forwarded by one: another of that name has had its fate.
        if (channel.released.has(hashKey) || this.#forwards.isPassedOn(hashKey)) break;
        if (this.#forwards.isPaying(hashKey)) this.#passOn(key, lock);
        break;
    }
  }

  #passOn(key: string, lock: Lock): void {
    this.#forwards.passOn(Hex.key(lock.key), key);
    this.#claims.add(key, lock);
  }

  #enqueueLock(channel: Channel.Channel, change: Add): void {
    const key = Hex.key(channel.terms.id);
    this.#set(key, Crank.enqueue(channel, change));
    this.#forwards.pay(Hex.key(change.lock.key), key);
  }

  /** The channel after something came from outside, and what that says of locks. */
  #update(key: string, old: Channel.Channel, next: Channel.Channel): void {
    this.#set(key, next);
    if (next.secrets !== old.secrets) {
      for (const [hash, secret] of next.secrets) {
        if (old.secrets.has(hash) || this.#forwards.payingIn(hash) !== key) continue;
        this.#payments.succeed(hash, secret);
        this.#forwards.decideAgain(hash);
      }
    }
    if (old.doubtedSince !== undefined && next.doubtedSince === undefined) {
      this.#forwards.decidePostponed();
    }
    for (const hash of next.concessions.keys()) {
      if (!old.concessions.has(hash)) this.#forwards.decideAgain(hash);
    }
    if (next.latest === old.latest) return;
    const under = next.terms.ledger === undefined ? undefined : this.find(next.terms.ledger);
    if (under !== undefined) this.#set(Hex.key(under.terms.id), Virtual.withEnd(under, next));
    const [before, after] = [Channel.locksOf(old), Channel.locksOf(next)];
    for (const [hash, lock] of before) {
      if (after.has(hash)) continue;
      if (ChannelLock.isOne(lock)) this.#changedLock(hash, next);
      if (!Channel.isOutgoing(old, lock)) this.#tookIn(hash, old, lock);
      else if (old.secrets.has(hash)) this.#forwards.payNoMore(hash);
      else this.#gone(hash, old.failures.get(hash) ?? "expired");
    }
    for (const [hash, lock] of after) {
      if (ChannelLock.isOne(lock)) this.#changedLock(hash, next);
      if (before.has(hash)) continue;
      // An outgoing one comes from outside where the party had forgotten it.
      this.#take(key, next, lock);
    }
  }

  /** A lock that paid this party is no more: what it passed on by it is owed. */
  #tookIn(hash: string, before: Channel.Channel, lock: Lock): void {
    this.#forwards.went(hash, Hex.key(before.terms.id));
    this.#claims.remove(Hex.key(before.terms.id), hash);
    const key = this.#forwards.payingIn(hash);
    const paying = key === undefined ? undefined : this.#channels.get(key);
    if (key === undefined || paying === undefined) return;
    this.#set(key, Virtual.withPaid(paying, before, lock));
  }

  /** A channel lock may have come, been lowered or gone: its virtual channel stands on it, or another lock follows it. */
  #changedLock(id: string, ledger: Channel.Channel): void {
    const virtual = this.#channels.get(id);
    if (virtual !== undefined) {
      this.#set(id, Virtual.withBacking(virtual, ledger));
      const now = this.channel(ledger.terms.id);
      this.#set(Hex.key(now.terms.id), Virtual.withEnd(now, virtual));
    }
    this.#forwards.decideAgain(id);
  }

  /** A lock by which this party would have paid is no more. */
  #gone(hash: string, reason: Reason): void {
    this.#forwards.payNoMore(hash);
    this.#payments.fail(hash, reason);
    this.#forwards.decideAgain(hash);
  }

  #restoreChannel(image: Uint8Array, ms: number): void {
    const channel = Account.toChannel(image, this.address, this.#policyOf, ms);
    const key = Hex.key(channel.terms.id);
    this.#set(key, channel);
    for (const lock of Channel.locksOf(channel).values()) this.#take(key, channel, lock);
  }

  #take(key: string, channel: Channel.Channel, lock: Lock): void {
    const hash = Hex.key(lock.key);
    if (Channel.isOutgoing(channel, lock)) return this.#forwards.pay(hash, key);
    this.#forwards.came(hash, key);
  }

  #set(key: string, channel: Channel.Channel): void {
    this.#channels.set(key, channel);
    this.#touched.add(key);
  }

  #send(channelId: Uint8Array, body: Message.Body): void {
    this.#messages.push({ channelId, bytes: Message.encode({ channelId, body }) });
  }
}
