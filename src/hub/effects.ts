// What a party has its operator do and know.
import type * as Channel from "../channels/client/channel.ts";
import type { Change } from "../channels/client/change.ts";
import type * as Dispute from "../channels/client/dispute.ts";
import type { Rejected, Reason } from "../channels/client/rejected.ts";
import type * as Relay from "../channels/client/relay.ts";
import * as Hex from "../primitives/hex.ts";
import type * as Account from "./account.ts";
import type { Put } from "./log.ts";

export type Happening =
  | { readonly kind: "payment"; readonly payment: Account.Payment }
  | { readonly kind: "received"; readonly issued: Relay.Issued }
  | { readonly kind: "rejected"; readonly channelId: Uint8Array; readonly rejected: Rejected }
  /** A change that this party wanted and that can never be. */
  | {
      readonly kind: "refused";
      readonly channelId: Uint8Array;
      readonly change: Change;
      readonly reason: Reason;
    }
  /** The party no longer sees a chain, in at least one channel, or sees it again in all: until then it takes no payment there. */
  | { readonly kind: "blind" | "seeing"; readonly court: Channel.Court };

/** Nothing is sent or called before all puts are durable. */
export type Effects = {
  readonly puts: readonly Put[];
  readonly messages: readonly { readonly channelId: Uint8Array; readonly bytes: Uint8Array }[];
  readonly calls: readonly { readonly channel: Channel.Channel; readonly call: Dispute.Call }[];
  readonly happenings: readonly Happening[];
};

/** What an operator reads of a happening; undefined where that is nothing. */
export function lineOf(happening: Happening): string | undefined {
  switch (happening.kind) {
    case "rejected": {
      const { channelId, rejected } = happening;
      return `channel ${Hex.fromBytes(channelId)}: refused ${rejected.message}`;
    }
    case "blind":
      return `chain ${happening.court.chainId}: not seen any more: no payment is taken there`;
    case "seeing":
      return `chain ${happening.court.chainId}: seen again`;
    case "payment":
    case "received":
    case "refused":
      return undefined;
  }
}
