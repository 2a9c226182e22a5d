// Whether a party sees the chain of its channel. Who does not see it misses secrets, challenges and a clock that has moved on,
// so it takes up nothing new; what is under way goes on.
import type { Change } from "./change.ts";
import type { Channel, Clock } from "./channel.ts";
import type { Side } from "./content.ts";
import { Rejected } from "./rejected.ts";

/** The newest block that a look has shown: when it was shown, in milliseconds of this machine, and its time in seconds. */
export type Look = { readonly ms: number; readonly time: bigint };

/** The time of the newest block that the party knows of, also from before it started. */
export function newest({ look, trialAt }: Pick<Channel, "look" | "trialAt">): bigint {
  const times = [look?.time ?? 0n, trialAt ?? 0n] as const;
  return times[0] > times[1] ? times[0] : times[1];
}

/** The last good look after one more: a block that is older than one before shows nothing. An idle chain makes none. */
export function after(channel: Pick<Channel, "look" | "trialAt">, look: Look): Look | undefined {
  return look.time < newest(channel) ? channel.look : look;
}

/** Whether the party last saw its chain `revealMargin` ago or longer, by its own clock, which may be set back, too. */
export function isBlind({ look, policy }: Channel, { ms }: Clock): boolean {
  if (look === undefined) return true;
  return Math.abs(ms - look.ms) >= Number(policy.revealMargin) * 1_000;
}

/**
 * Rejects what a party that is blind does not agree to: to lock money of its own, to be paid without a lock, to begin a
 * game. A lock that pays it is signed and then given up, so that it holds up nothing else in the channel.
 */
export function check(channel: Channel, { kind }: Change, proposer: Side, clock: Clock): void {
  const refused: Change["kind"] = proposer === channel.terms.side ? "add" : "pay";
  if (kind !== refused && kind !== "install") return;
  if (!isBlind(channel, clock)) return;
  throw new Rejected("chain-unseen", [channel.look?.time ?? 0n, clock.seconds]);
}
