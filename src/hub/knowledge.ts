// What a party knows beside the channel of a lock when it decides on the lock.
import type { Channel } from "../channels/client/channel.ts";
import type { Knowledge } from "../channels/client/relay.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import * as Claims from "./claims.ts";
import { clockOf } from "./clock.ts";
import type { Forwards } from "./forwards.ts";
import type { Payments } from "./payments.ts";
import { isBlind } from "./sight.ts";

export type Sources = {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly payments: Payments;
  readonly forwards: Forwards;
  readonly claims: Claims.Claims;
};

/** The knowledge for a lock in a channel, at a time of this machine in milliseconds. */
export function knowledgeFor(incoming: Channel, sources: Sources, ms: number): Knowledge {
  const { channels, payments, forwards, claims } = sources;
  return {
    issued: (hash) => payments.issued(hash),
    payingBy: (hash) => channels.get(forwards.payingIn(Hex.key(hash)) ?? ""),
    virtual: (id) => channels.get(Hex.key(id)),
    wasForwarded: (hash) => forwards.isPassedOn(Hex.key(hash)),
    isForwardedFor: ({ terms }, hash) => forwards.isPassedOnFrom(Hex.key(hash), Hex.key(terms.id)),
    channelsTo: (address) =>
      [...channels.values()].filter(({ terms }) => Bytes.equals(terms.peer, address)),
    isFull: ({ terms, policy }) => claims.count(terms.court, channels) >= Claims.limitOf(policy),
    seconds: clockOf(incoming, ms).seconds,
    isBlind: (one) => isBlind(one, ms),
  };
}
