// Which locks a party may have to claim on chain, by channel: those that it passed on or took. Peers who conspire can have
// it show all their secrets at once, so it has no more of them on one adjudicator than it can show in time.
import type { Channel, Court } from "../channels/client/channel.ts";
import { isOutgoing, locksOf } from "../channels/client/channel.ts";
import { isSame } from "../channels/client/court.ts";
import type { Policy } from "../channels/client/policy.ts";
import type { Lock } from "../channels/locks.ts";
import * as Hex from "../primitives/hex.ts";
import { GROUP_CALLS } from "./callQueue.ts";

/** What a transaction takes to stand in a block: two blocks of 12 seconds. */
const GROUP_SECONDS = 24n;

/**
 * How many locks a party may have to claim at once: what its policy says, or half of what it can show in `revealMargin`.
 * The other half is for its answers and for blocks that are full.
 */
export function limitOf({ maxClaims, revealMargin }: Policy): number {
  return maxClaims ?? Math.floor((Number(revealMargin / GROUP_SECONDS) * GROUP_CALLS) / 2);
}

export class Claims {
  /** By channel and by the name of a lock: its expiry. */
  readonly #expiries = new Map<string, Map<string, bigint>>();

  /** The party passed a lock on that pays it in a channel, or took it. */
  add(channel: string, { key, expiry }: Lock): void {
    const expiries = this.#expiries.get(channel) ?? new Map<string, bigint>();
    this.#expiries.set(channel, expiries.set(Hex.key(key), expiry));
  }

  /** After a restart: the locks of which the secret is known were taken, or passed on before. */
  restore(
    channels: ReadonlyMap<string, Channel>,
    isPassedOn: (name: string, channel: string) => boolean,
  ): void {
    for (const [key, channel] of channels) {
      for (const [name, lock] of locksOf(channel)) {
        const isClaimed = channel.secrets.has(name) || isPassedOn(name, key);
        if (isClaimed && !isOutgoing(channel, lock)) this.add(key, lock);
      }
    }
  }

  /** The lock has ended, or was given up. */
  remove(channel: string, name: string): void {
    const expiries = this.#expiries.get(channel);
    expiries?.delete(name);
    if (expiries?.size === 0) this.#expiries.delete(channel);
  }

  /** How many there are on an adjudicator. A lock that has expired is claimed no more. */
  count(court: Court, channels: ReadonlyMap<string, Channel>): number {
    let count = 0;
    for (const [key, expiries] of this.#expiries) {
      const channel = channels.get(key);
      if (channel === undefined || !isSame(channel.terms.court, court)) continue;
      const time = channel.chain?.confirmedTime ?? 0n;
      for (const [name, expiry] of expiries) {
        if (expiry < time) this.remove(key, name);
        else count += 1;
      }
    }
    return count;
  }
}
