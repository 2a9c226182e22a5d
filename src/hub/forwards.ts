// Which locks a party is paid and pays by under one name, and for which of them it pays. Anybody may lock under a name that
// is known, so what becomes of one lock says nothing of another: each has a place of its own.
/** A lock that pays this party, in a channel, by their keys as map keys. */
export type Incoming = { readonly name: string; readonly channel: string };

export class Forwards {
  /** By the name of a lock: the channels in which it pays this party, and whether it is passed on from there. */
  readonly #incoming = new Map<string, Map<string, boolean>>();
  /** By the name of a lock: the channel in which this party pays, or is about to. */
  readonly #outgoing = new Map<string, string>();

  /** Locks to decide on, and those on which nothing is decided while a channel is in doubt. */
  #undecided: Incoming[] = [];
  #postponed: Incoming[] = [];

  /** A lock pays this party in a channel: it is to be decided on. */
  came(name: string, channel: string): void {
    const channels = this.#incoming.get(name) ?? new Map<string, boolean>();
    if (!channels.has(channel)) channels.set(channel, false);
    this.#incoming.set(name, channels);
    this.#undecided.push({ name, channel });
  }

  /** A lock that paid this party in a channel is no more. */
  went(name: string, channel: string): void {
    const channels = this.#incoming.get(name);
    channels?.delete(channel);
    if (channels?.size === 0) this.#incoming.delete(name);
  }

  /** The lock that pays this party in a channel is the one for which it pays. */
  passOn(name: string, channel: string): void {
    const channels = this.#incoming.get(name) ?? new Map<string, boolean>();
    this.#incoming.set(name, channels.set(channel, true));
  }

  /** The next lock to decide on, if there is one. */
  nextUndecided(): Incoming | undefined {
    return this.#undecided.shift();
  }

  /** What became of a lock may decide every other of its name. */
  decideAgain(name: string): void {
    for (const channel of this.#incoming.get(name)?.keys() ?? []) {
      this.#undecided.push({ name, channel });
    }
  }

  postpone(one: Incoming): void {
    this.#postponed.push(one);
  }

  decidePostponed(): void {
    this.#undecided.push(...this.#postponed);
    this.#postponed = [];
  }

  /** Whether any lock of a name was passed on. */
  isPassedOn(name: string): boolean {
    return [...(this.#incoming.get(name)?.values() ?? [])].includes(true);
  }

  /** The channels from which a lock of a name is passed on. */
  passedOn(name: string): string[] {
    const channels = [...(this.#incoming.get(name) ?? [])];
    return channels.flatMap(([channel, isPassedOn]) => (isPassedOn ? [channel] : []));
  }

  isPassedOnFrom(name: string, channel: string): boolean {
    return this.#incoming.get(name)?.get(channel) === true;
  }

  /** This party pays by a lock in a channel. */
  pay(name: string, channel: string): void {
    this.#outgoing.set(name, channel);
  }

  /** The lock by which this party would have paid is no more. */
  payNoMore(name: string): void {
    this.#outgoing.delete(name);
  }

  /** The channel in which this party pays by a lock. */
  payingIn(name: string): string | undefined {
    return this.#outgoing.get(name);
  }

  /** Whether this party pays by a lock, or is about to. */
  isPaying(name: string): boolean {
    return this.#outgoing.has(name);
  }

  /** After a restart any lock may be the one for which this party pays: none is taken for another's. */
  passOnAll(isReleased: (name: string, channel: string) => boolean): void {
    for (const [name, channels] of this.#incoming) {
      if (!this.#outgoing.has(name)) continue;
      for (const channel of channels.keys()) {
        if (!isReleased(name, channel)) channels.set(channel, true);
      }
    }
  }
}
