// Moves on chain, where the peer does not answer off chain: what is on record, and the next move from there. A move is
// signed once, and durable as a proposal before it is called.
import * as Bytes from "../../primitives/bytes.ts";
import * as ChannelState from "../channelState.ts";
import * as Change from "./change.ts";
import * as Channel from "./channel.ts";
import type { ChainView } from "./channel.ts";
import type * as Content from "./content.ts";
import * as Play from "./play.ts";
import { Rejected, type Reason } from "./rejected.ts";

export type ForceMove = {
  readonly kind: "forceMove";
  readonly prev: Channel.Signed;
  readonly next: Channel.Proposal;
};

export type Signed = {
  readonly next: Channel.Channel;
  /** A move that the rules refuse, and why. */
  readonly refused: { readonly change: Change.Change; readonly reason: Reason } | undefined;
};

/**
 * The state on record, presentable to the contract, as far as this party knows it: the one that both signed, or what the
 * moves that were forced since have made of it. A forced one counts by its hash, so its signatures may be missing.
 */
export function onRecord(channel: Channel.Channel): Channel.Signed | undefined {
  const { chain, latest, proposal, terms } = channel;
  if (chain === undefined) return undefined;
  const { moved } = chain;
  if (moved === undefined) return latest.content.version === chain.version ? latest : undefined;
  const hash = ChannelState.hash(moved.state);
  if (proposal !== undefined && Bytes.equals(proposal.hash, hash)) {
    return Channel.recorded(terms, proposal);
  }
  if (Bytes.equals(latest.hash, hash)) return latest;
  const { version, assets } = moved.state;
  const { locks, app } = latest.content;
  if (app === undefined) return undefined;
  const content = { version, isFinal: false, assets, locks, app: { ...app, data: moved.data } };
  const isThis = Bytes.equals(Channel.digestOf(terms, content).hash, hash);
  return isThis ? { ...Channel.UNSIGNED, content, hash } : undefined;
}

/** The content by which the game stands: on record while a clock runs on it, else the last that both signed. */
export function board(channel: Channel.Channel): Content.Content {
  const { latest, chain } = channel;
  const isOnTrial = chain !== undefined && chain.deadline !== 0n && !isStale(channel, chain);
  return (isOnTrial ? onRecord(channel)?.content : undefined) ?? latest.content;
}

/** Whether moves that are queued may yet be forced: on the record, or on the state that will be. */
export function isPlaying(channel: Channel.Channel): boolean {
  const { latest, chain } = channel;
  if (latest.content.app === undefined || latest.content.isFinal || chain === undefined)
    return false;
  if (Channel.isSettled(channel)) return false;
  return chain.deadline === 0n || chain.time < chain.deadline;
}

/** Whether what is on record is older than the last state that both signed, whatever was moved from there. */
export function isStale({ latest }: Channel.Channel, chain: ChainView): boolean {
  return latest.content.version > chain.agreed;
}

/**
 * Whether the peer may know more of the channel, as after the loss of a disk. To challenge would only lose time, and with a
 * bond that; to move could be to sign another state of a version that was signed already.
 */
export function mayBeBehind(channel: Channel.Channel, clock: Channel.Clock): boolean {
  const { doubtedSince, policy, isBroken } = channel;
  if (isBroken || doubtedSince === undefined) return false;
  return clock.ms < doubtedSince + policy.graceMs;
}

/** Signs the first queued move, where it is to be forced and may be signed. */
export function sign(channel: Channel.Channel, clock: Channel.Clock, signer: Channel.Sign): Signed {
  const { chain, terms } = channel;
  const record = recordToMoveFrom(channel, clock);
  const change = channel.queue.find(({ kind }) => kind === "move");
  const isKnown = chain !== undefined && record !== undefined && change !== undefined;
  if (!isKnown || mayBeBehind(channel, clock)) return { next: channel, refused: undefined };
  const queue = channel.queue.filter((one) => one !== change);
  const { proposal } = channel;
  // The peer could still countersign the last one: it may be signed and forgotten only once that cannot be enforced.
  if (proposal !== undefined && proposal.content.version > chain.agreed) {
    return { next: channel, refused: undefined };
  }
  const made = follow(channel, record.content, change);
  if (typeof made === "string")
    return { next: { ...channel, queue }, refused: { change, reason: made } };
  const { hash, digest } = Channel.digestOf(terms, made);
  const signed = { changes: [change], content: made, hash, signature: signer(digest) };
  return { next: { ...channel, queue, proposal: signed, isDirty: true }, refused: undefined };
}

/** The move that was signed and is not on record yet. */
export function due(channel: Channel.Channel, clock: Channel.Clock): ForceMove | undefined {
  const { proposal } = channel;
  const record = recordToMoveFrom(channel, clock);
  const [change, ...more] = proposal?.changes ?? [];
  if (record === undefined || proposal === undefined || change?.kind !== "move") return undefined;
  if (more.length > 0 || proposal.content.version !== record.content.version + 1n) return undefined;
  const made = follow(channel, record.content, change);
  const isThis = typeof made !== "string" && Bytes.equals(proposal.hash, hashOf(channel, made));
  return isThis ? { kind: "forceMove", prev: record, next: proposal } : undefined;
}

/**
 * The record, where a move may follow it: a clock runs, nothing newer is agreed, and what was moved will not go away. That may
 * take longer than the clock, as on a chain that makes no blocks while nobody calls: who waits for it then loses for sure.
 */
function recordToMoveFrom(
  channel: Channel.Channel,
  clock: Channel.Clock,
): Channel.Signed | undefined {
  const { chain, policy } = channel;
  if (chain === undefined || chain.deadline === 0n || chain.time >= chain.deadline)
    return undefined;
  const hasTime = clock.seconds < chain.deadline - policy.revealMargin;
  if (isStale(channel, chain) || (hasTime && chain.moved?.isConfirmed === false)) return undefined;
  return onRecord(channel);
}

/** What a move makes of a content; why not, where the rules refuse it. */
function follow(
  { terms, policy }: Channel.Channel,
  content: Content.Content,
  change: Change.Change,
): Content.Content | Reason {
  try {
    const made = Change.apply(content, change, terms.side);
    const { id, params, side: proposer } = terms;
    // On chain nobody asks what the pots hold: a payout takes what is there.
    const fundsOf = () => ({ A: 0n, B: 0n });
    Play.check({ apps: policy.apps, id, params, proposer, fundsOf }, content, change, made);
    return { ...made, version: content.version + 1n };
  } catch (error) {
    if (error instanceof Rejected) return error.reason;
    throw error;
  }
}

function hashOf({ terms }: Channel.Channel, content: Content.Content): Uint8Array {
  return Channel.digestOf(terms, content).hash;
}
