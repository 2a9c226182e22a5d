// Which chains a party sees, and what it cannot decide before it does.
import type * as Channel from "../channels/client/channel.ts";
import { isSettled } from "../channels/client/channel.ts";
import type { Decision } from "../channels/client/relay.ts";
import * as ClientSight from "../channels/client/sight.ts";
import * as Hex from "../primitives/hex.ts";
import { clockOf, isInDoubt } from "./clock.ts";
import type { Happening } from "./effects.ts";

/** Whether the party does not see the chain of a channel now. */
export function isBlind(channel: Channel.Channel | undefined, ms: number): boolean {
  return channel !== undefined && ClientSight.isBlind(channel, clockOf(channel, ms));
}

/** Whether a decision on a lock must wait: for what a peer knows, or for the first look after a start. */
export function isPremature(
  decision: Decision,
  channels: Iterable<Channel.Channel>,
  ms: number,
): boolean {
  // From an old backup the party may have forgotten that it pays by this lock already.
  const isFinal = ["release", "forward", "concede"].includes(decision.kind);
  if (!isFinal) return false;
  const isUnseen = decision.kind === "release" && decision.reason === "chain-unseen";
  for (const channel of channels) {
    if (isInDoubt(channel, ms) || (isUnseen && isStarting(channel, ms))) return true;
  }
  return false;
}

/** Whether the first look at a channel is still to come, and not overdue. */
function isStarting({ look, startedAt, policy }: Channel.Channel, ms: number): boolean {
  return look === undefined && ms < startedAt + Number(policy.revealMargin) * 1_000;
}

/** The chains that are not seen in some channel, so that each change is told once. */
export class Sight {
  /** By chain: the channels in which it was seen once and is not any more. */
  readonly #blind = new Map<string, Set<string>>();

  /** What is to be told of the chain of a channel. */
  note(key: string, channel: Channel.Channel, ms: number): Happening[] {
    const { court } = channel.terms;
    const name = `${court.chainId} ${Hex.fromBytes(court.adjudicator)}`;
    const known = this.#blind.get(name);
    if (channel.look !== undefined && !isSettled(channel) && isBlind(channel, ms)) {
      this.#blind.set(name, (known ?? new Set()).add(key));
      return known === undefined ? [{ kind: "blind", court }] : [];
    }
    if (known?.delete(key) !== true || known.size > 0) return [];
    this.#blind.delete(name);
    return [{ kind: "seeing", court }];
  }
}
