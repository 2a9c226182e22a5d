// The present, as a party takes it for a channel.
import * as Channel from "../channels/client/channel.ts";

/** Block time is at least what the chain shows, and runs on between blocks. */
export function clockOf({ chain }: Channel.Channel, ms: number): Channel.Clock {
  const wall = BigInt(Math.floor(ms / 1_000));
  const seconds = chain !== undefined && chain.time > wall ? chain.time : wall;
  return { ms, seconds };
}

/** Whether a channel may be older than its peer knows: until it has told, or long enough was silent. */
export function isInDoubt(channel: Channel.Channel, ms: number): boolean {
  const { doubtedSince, policy } = channel;
  if (doubtedSince === undefined || ms >= doubtedSince + policy.graceMs) return false;
  return !Channel.isSettled(channel);
}
