// Locks that pay what a virtual channel comes to. Their payee says for how much it settles, for good; their payer lowers
// the lock to that, and pays it once it owes as much itself. A hub that has both its locks lowered pays what it gets.
import * as Hex from "../../primitives/hex.ts";
import { KIND_CHANNEL, type Lock } from "../locks.ts";
import * as Params from "../params.ts";
import type { Change } from "./change.ts";
import * as Channel from "./channel.ts";
import type { Side } from "./content.ts";
import { Rejected } from "./rejected.ts";

/**
 * How long before its lock expires the payee of a virtual channel challenges in it, in seconds. One window for a state that
 * the payer takes up at the last moment, and another for the state that it then shows, each with time to be called.
 */
export function challengeMargin({ terms, policy }: Channel.Channel): bigint {
  return 2n * Params.window(terms.params) + 3n * policy.revealMargin;
}

/** Whether the payee of a virtual channel must go to the chain now, or what it is owed will be on record too late. */
export function isChallengeDue(channel: Channel.Channel, clock: Channel.Clock): boolean {
  const { chain, terms } = channel;
  if (chain?.backing === undefined || terms.side === "A") return false;
  return isOwed(channel) && clock.seconds >= lastSecondOf(channel, chain.backing);
}

/** Whether A has paid B anything in a virtual channel. */
export function isOwed({ latest }: Channel.Channel): boolean {
  return (latest.content.assets[0]?.net ?? 0n) > 0n;
}

/** When what is paid in a virtual channel can be enforced for the last time. */
function lastSecondOf(channel: Channel.Channel, backing: Lock): bigint {
  return backing.expiry - challengeMargin(channel);
}

/** Rejects a payment by A in a virtual channel that B could not have put on record in time, `slack` seconds before that. */
export function checkTime(
  channel: Channel.Channel,
  change: Change,
  payer: Side,
  { seconds }: Channel.Clock,
  slack: bigint,
): void {
  const backing = channel.chain?.backing;
  if (backing === undefined || change.kind !== "pay" || payer === "B") return;
  const last = lastSecondOf(channel, backing) - slack;
  if (seconds >= last) throw new Rejected("expiry-too-soon", [last, seconds]);
}

/** For how much a lock opens by the chain: undefined while nothing certain is on record in time. */
export function recordedAmount({ chain }: Channel.Channel, lock: Lock): bigint | undefined {
  const outcome = chain?.outcomes.get(Hex.key(lock.key));
  if (outcome?.isConfirmed !== true || outcome.time > lock.expiry) return undefined;
  return outcome.amount < lock.amount ? outcome.amount : lock.amount;
}

/** What this party owes by a lock of its own: to lower it, to pay it, to take it back. */
export function owed(channel: Channel.Channel, lock: Lock): Change[] {
  const { key } = lock;
  const name = Hex.key(key);
  const outcome = channel.chain?.outcomes.get(name);
  const isOpen = outcome === undefined || outcome.time > lock.expiry;
  const hasExpired = channel.chain !== undefined && channel.chain.confirmedTime > lock.expiry;
  if (channel.failures.has(name) || (hasExpired && isOpen)) return [{ kind: "remove", hash: key }];

  const conceded = channel.concessions.get(name) ?? lock.amount;
  const amount = conceded < lock.amount ? conceded : lock.amount;
  if (amount === 0n) return [];
  const most = channel.settlements.get(name) ?? recordedAmount(channel, lock);
  const lowering: Change[] = amount < lock.amount ? [{ kind: "lower", key, amount }] : [];
  return most !== undefined && amount <= most ? [...lowering, { kind: "resolve", key }] : lowering;
}

/** Rejects a lock lowered below what this party, its payee, said that it would take. */
export function checkLowering(channel: Channel.Channel, key: Uint8Array, amount: bigint): void {
  const conceded = channel.settlements.get(Hex.key(key));
  if (conceded === undefined || amount < conceded) {
    throw new Rejected("not-conceded", [
      key,
      amount,
      ...(conceded === undefined ? [] : [conceded]),
    ]);
  }
}

/** Whether a channel's content can change so: a virtual one has no money of its own, so it only pays and ends. */
export function checkVirtual({ terms }: Channel.Channel, change: Change): void {
  if (terms.ledger === undefined) return;
  const { kind } = change;
  const isMain = kind === "name" && Hex.key(change.token) === Hex.key(terms.params.token);
  if (kind !== "pay" && kind !== "finish" && !isMain) throw new Rejected("not-in-virtual", [kind]);
}

/** The channel once this party settles a lock for an amount: as its payee at least, as its payer at most. Never for more later. */
export function settle(channel: Channel.Channel, key: Uint8Array, amount: bigint): Channel.Channel {
  const name = Hex.key(key);
  const known = channel.settlements.get(name);
  const isLess = known === undefined || amount < known;
  if (!isLess || channel.released.has(name)) return channel;
  const settlements = new Map(channel.settlements).set(name, amount);
  return { ...channel, settlements, isDirty: true };
}

/** The channel after a look at the chain: a lock whose outcome is on record is settled for that by its payee. */
export function learn(channel: Channel.Channel): Channel.Channel {
  let next = channel;
  for (const lock of channel.latest.content.locks) {
    if (!isOne(lock) || Channel.isOutgoing(channel, lock)) continue;
    const amount = recordedAmount(channel, lock);
    if (amount === undefined) continue;
    next =
      amount > 0n
        ? settle(next, lock.key, amount)
        : Channel.release(next, lock.key, "nothing-owed");
  }
  return next;
}

/** Whether a lock pays what a virtual channel comes to. */
export function isOne({ kind }: Lock): boolean {
  return kind === KIND_CHANNEL;
}
