// A party in operation: it writes to disk, then sends, then calls, and is told of time, messages and chains. A user is a
// hub with one channel that forwards for nobody.
import { randomBytes } from "node:crypto";
import type { Server } from "node:net";
import type { AppState } from "../channels/appState.ts";
import type { Played } from "../channels/client/change.ts";
import type * as Channel from "../channels/client/channel.ts";
import * as Court from "../channels/client/court.ts";
import * as Dispute from "../channels/client/dispute.ts";
import * as Invoice from "../channels/client/invoice.ts";
import type { Issued } from "../channels/client/relay.ts";
import * as Route from "../channels/client/route.ts";
import type { Params } from "../channels/params.ts";
import { sleep } from "../l1/retry.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import { sha256 } from "../primitives/sha256.ts";
import type { Payment, PolicyOf } from "./account.ts";
import * as Chains from "./chains.ts";
import { clockOf } from "./clock.ts";
import * as Connection from "./connection.ts";
import { lineOf, type Effects, type Happening } from "./effects.ts";
import * as Log from "./log.ts";
import { Offers } from "./offers.ts";
import { Party } from "./party.ts";
import { Peers } from "./peers.ts";

export type Timing = {
  /** How often it looks for what is due because time has passed, and at its chains. */
  readonly tickMs: number;
  readonly pollMs: number;
  /** How long it waits before it dials again. */
  readonly redialMs: number;
};

export type Options = {
  readonly privateKey: Uint8Array;
  readonly policyOf: PolicyOf;
  readonly log: Log.Log;
  readonly chains: readonly Chains.Chain[];
  readonly timing: Timing;
  readonly signal: AbortSignal;
  /** One line for each decision that its operator should know of. */
  readonly say: (line: string) => void;
};

/** How many channels a look asks the chain about at a time. */
export const SEEN_AT_ONCE = 32;

export type InvoiceTerms = Pick<Invoice.Invoice, "via" | "chainId" | "token" | "amount" | "until">;

export class Hub {
  readonly #options: Options;
  readonly #party: Party;
  readonly #peers = new Peers();
  readonly #offers = new Offers();
  /** Calls under way, by channel and call. */
  readonly #calling = new Set<string>();
  readonly #payments = new Map<string, (payment: Payment) => void>();
  readonly #listeners = new Set<(happening: Happening) => void>();
  #pumping = false;
  #isDue = false;
  #failure: unknown;

  /** Takes up what the log holds, and works until it is told to stop. */
  constructor(options: Options) {
    this.#options = options;
    this.#party = new Party(options.privateKey, options.policyOf);
    this.#party.restore(Log.puts(options.log), Date.now());
    for (const { terms } of this.#party.channels()) Chains.find(options.chains, terms.court);
    const { timing, signal } = options;
    const ticking = setInterval(() => this.#tick(), timing.tickMs);
    const stop = () => {
      clearInterval(ticking);
      this.#peers.closeAll();
    };
    signal.addEventListener("abort", stop, { once: true });
    for (const chain of options.chains) void this.#watch(chain);
    this.#pump();
  }

  get address(): Uint8Array {
    return this.#party.address;
  }

  /** Why it signs nothing any more; undefined while all is well. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Opens a channel; deposits are made on its chain, and for a virtual one by `back` in its ledger channel. */
  open(court: Channel.Court, params: Params, ledger?: Uint8Array): Channel.Channel {
    Chains.find(this.#options.chains, court);
    const { terms } = this.#party.open(court, params, ledger);
    this.#peers.befriend(terms.peer);
    if (this.#peers.find(terms.peer) !== undefined) this.#party.connect(terms.id);
    this.#pump();
    return this.channel(terms.id);
  }

  channel(id: Uint8Array): Channel.Channel {
    return this.#party.channel(id);
  }

  channels(): readonly Channel.Channel[] {
    return this.#party.channels();
  }

  /** Has an asset named in a channel, so that it can be paid in. */
  nameAsset(id: Uint8Array, token: Uint8Array): void {
    this.#party.change(id, { kind: "name", token });
    this.#pump();
  }

  /** Asks to be paid. The invoice is durable before it is handed out. */
  async invoice(terms: InvoiceTerms): Promise<Invoice.SignedInvoice> {
    const secret = new Uint8Array(randomBytes(32));
    const invoice = { ...terms, payee: this.address, hash: sha256(secret) };
    const issued: Issued = { ...Invoice.sign(invoice, this.#party.sign), secret, isPaid: false };
    this.#party.issue(issued);
    await this.#flushed();
    return { invoice, signature: issued.signature };
  }

  /**
   * Pays an invoice over the hubs named, in order, and resolves with what became of it: paid, with the secret as the
   * receipt, or failed, with nothing paid. `hold` is how long the money may be locked, in seconds.
   */
  pay(
    id: Uint8Array,
    { invoice }: Invoice.SignedInvoice,
    hubs: readonly Route.Hub[],
    hold: bigint,
  ): Promise<Payment> {
    this.#check();
    const channel = this.channel(id);
    const asset = channel.latest.content.assets.findIndex(({ token }) =>
      Bytes.equals(token, invoice.token),
    );
    const expiry = clockOf(channel, Date.now()).seconds + hold;
    const last = { to: invoice.payee, amount: invoice.amount, expiry };
    this.#party.pay(id, asset, invoice.hash, Route.plan(hubs, last));
    const settled = new Promise<Payment>((resolve) =>
      this.#payments.set(Hex.key(invoice.hash), resolve),
    );
    this.#pump();
    return settled;
  }

  /** Pays the peer of a channel without a lock: the amount is the peer's as soon as it acknowledges. */
  payPeer(id: Uint8Array, asset: number, amount: bigint): void {
    this.#check();
    this.#party.change(id, { kind: "pay", asset, amount });
    this.#pump();
  }

  /** Locks money for a virtual channel, over the hub that both users have a channel with. */
  back(id: Uint8Array, amount: bigint, expiry: bigint): void {
    this.#check();
    this.#party.back(id, amount, expiry);
    this.#pump();
  }

  /** Agrees to a game that the peer is to begin. */
  agree(id: Uint8Array, state: AppState): void {
    this.#party.agree(id, state);
    this.#pump();
  }

  /** Begins a game, moves in it, or ends it; on chain if the peer is away and a clock runs. */
  play(id: Uint8Array, change: Played): void {
    this.#party.change(id, change);
    this.#pump();
  }

  /** Authorises a withdrawal of its own money; once both have signed it, `AdjudicatorCalls.withdraw` is what takes it. */
  authoriseWithdrawal(id: Uint8Array, asset: number, amount: bigint): void {
    this.#check();
    this.#party.change(id, { kind: "withdraw", asset, amount });
    this.#pump();
  }

  /** Closes with the peer's consent as soon as no lock is left. */
  close(id: Uint8Array): void {
    this.#party.wish(id, "close");
    this.#pump();
  }

  /** Leaves by a challenge, whatever the peer does. For good. */
  leave(id: Uint8Array): void {
    this.#party.wish(id, "leave");
    this.#pump();
  }

  /** Calls the listener with everything that happens from now on; answers how to stop that. */
  listen(listener: (happening: Happening) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes connections on loopback. */
  async serve(port: number): Promise<Server> {
    const server = await Connection.listen(this.#identity(), port, this.#conversation());
    this.#options.signal.addEventListener("abort", () => server.close(), { once: true });
    return server;
  }

  /** Keeps a connection to a party, dialling again whenever it ends, until it is told to stop. */
  async keepConnected(to: { host: string; port: number; peer: Uint8Array }): Promise<void> {
    const { signal, timing, say } = this.#options;
    while (!signal.aborted && this.#failure === undefined) {
      const reason = await Connection.dial(this.#identity(), to, this.#conversation(), signal);
      if (signal.aborted) return;
      say(`connection to ${Hex.fromBytes(to.peer)} ended (${reason?.message ?? "closed"})`);
      await sleep(timing.redialMs, signal).catch(() => undefined);
    }
  }

  /** Takes a connection that has shown who is at its other end, in place of an earlier one to the same party. */
  attach(connection: Connection.Connection): void {
    const channels = this.#channelsTo(connection.peer);
    this.#peers.take(connection, channels.length === 0);
    for (const { terms } of channels) this.#party.connect(terms.id);
    this.#pump();
  }

  /** Takes what arrived over a connection. */
  message(connection: Connection.Connection, bytes: Uint8Array): void {
    const { peer } = connection;
    if (!this.#peers.has(connection)) return;
    const id = bytes.slice(1, 33);
    const channel = this.#party.find(id);
    const isOurs = channel !== undefined && Bytes.equals(channel.terms.peer, peer);
    const isTaken = isOurs && this.#party.receive(id, bytes, Date.now());
    if (!isOurs) this.#options.say(`message for unknown channel ${Hex.fromBytes(id)} ignored`);
    if (!isTaken) this.#peers.refuse(peer);
    this.#pump();
  }

  /** The connection has ended. */
  detach(connection: Connection.Connection): void {
    if (!this.#peers.has(connection)) return;
    this.#peers.forget(connection);
    for (const { terms } of this.#channelsTo(connection.peer)) this.#party.disconnect(terms.id);
    this.#pump();
  }

  #identity(): Connection.Identity {
    return { address: this.address, sign: this.#party.sign };
  }

  #conversation(): Connection.Listener {
    return {
      opened: (connection) => this.attach(connection),
      message: (connection, bytes) => this.message(connection, bytes),
      closed: (connection) => this.detach(connection),
    };
  }

  #channelsTo(peer: Uint8Array): Channel.Channel[] {
    return this.#party.channels().filter(({ terms }) => Bytes.equals(terms.peer, peer));
  }

  #check(): void {
    if (this.#failure !== undefined) throw new Log.RefusedError(this.#failure);
  }

  #tick(): void {
    this.#party.tick();
    // A proposal that was refused is offered again on a new connection.
    for (const channel of this.#party.channels()) {
      const isDue = this.#offers.isDue(channel, Date.now(), this.#options.timing.redialMs);
      if (isDue) this.#peers.find(channel.terms.peer)?.close();
    }
    this.#pump();
  }

  /** Does what is due once the present events are through. What comes while the disk is busy is done after. */
  #pump(): void {
    this.#isDue = true;
    if (this.#pumping || this.#failure !== undefined) return;
    this.#pumping = true;
    queueMicrotask(() => void this.#work());
  }

  async #work(): Promise<void> {
    try {
      while (this.#isDue && this.#failure === undefined) {
        this.#isDue = false;
        await this.#carryOut(this.#party.crank(Date.now()));
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#pumping = false;
    }
  }

  async #carryOut(effects: Effects): Promise<void> {
    if (effects.puts.length > 0) await Log.commit(this.#options.log, effects.puts);
    for (const { channelId, bytes } of effects.messages) {
      const { peer } = this.channel(channelId).terms;
      this.#peers.find(peer)?.send(bytes);
    }
    for (const { channel, call } of effects.calls) void this.#call(channel, call);
    for (const happening of effects.happenings) this.#tell(happening);
  }

  #tell(happening: Happening): void {
    if (happening.kind === "payment") {
      const key = Hex.key(happening.payment.hash);
      this.#payments.get(key)?.(happening.payment);
      this.#payments.delete(key);
    }
    const line = lineOf(happening);
    if (line !== undefined) this.#options.say(line);
    for (const listener of this.#listeners) listener(happening);
  }

  async #call(channel: Channel.Channel, call: Dispute.Call): Promise<void> {
    const { say, chains } = this.#options;
    const chain = Chains.find(chains, channel.terms.court);
    const name = `channel ${Hex.fromBytes(channel.terms.id)}: ${Dispute.keyOf(call)}`;
    if (this.#calling.has(name)) return;
    this.#calling.add(name);
    say(name);
    try {
      await chain.perform(channel, call);
    } catch (error) {
      // Another may have done it first. The next look at the chain shows, and what is still due is called again.
      say(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    // Not again before the chain has been looked at.
    await sleep(this.#options.timing.pollMs, this.#options.signal).catch(() => undefined);
    this.#calling.delete(name);
  }

  async #watch(chain: Chains.Chain): Promise<void> {
    const { signal, timing, say } = this.#options;
    while (!signal.aborted) {
      try {
        await this.look(chain);
      } catch (error) {
        if (signal.aborted) return;
        say(
          `chain ${chain.court.chainId}: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
      await sleep(timing.pollMs, signal).catch(() => undefined);
    }
  }

  /** Looks at a chain now. Throws UnseenError where channels could not be seen; the others were, and are acted on. */
  async look(chain: Chains.Chain): Promise<void> {
    const failures: unknown[] = [];
    const see = async (channel: Channel.Channel) => {
      try {
        // What is shown is as old as the question, at most.
        const ms = Date.now();
        this.#party.observe(channel.terms.id, await chain.view(channel), ms);
      } catch (error) {
        failures.push(error);
      }
    };
    const channels = this.#party
      .channels()
      .filter(({ terms }) => Court.isSame(terms.court, chain.court));
    // One after the other, the last of thousands would be seen too late.
    for (let from = 0; from < channels.length; from += SEEN_AT_ONCE) {
      await Promise.all(channels.slice(from, from + SEEN_AT_ONCE).map(see));
    }
    this.#pump();
    if (failures.length > 0) throw new UnseenError(failures.length, failures[0]);
  }

  /** Resolves when all that is due by now is durable and sent. */
  async #flushed(): Promise<void> {
    this.#pump();
    while (this.#pumping) await new Promise((resolve) => setImmediate(resolve));
    this.#check();
  }

  #fail(error: unknown): void {
    this.#failure = error;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.say(`stopped: ${reason}`);
    this.#peers.closeAll();
  }
}

/** The chain did not answer for some channels. */
export class UnseenError extends Error {
  override readonly name = "Hub.UnseenError";
  readonly channels: number;
  constructor(channels: number, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${channels} channels could not be looked at: ${reason}`, { cause });
    this.channels = channels;
  }
}
