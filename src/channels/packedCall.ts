// The packed argument of the adjudicator's functions, each a list of what ChannelCodec reads, in this order.
import * as Bytes from "../primitives/bytes.ts";
import type * as Call from "./adjudicatorCall.ts";
import * as ChannelCodec from "./channelCodec.ts";

/** A call with a packed argument. */
export type PackedCall =
  | Call.OpenDual
  | Call.Withdraw
  | Call.Close
  | Call.CloseToVault
  | Call.Challenge
  | Call.Respond
  | Call.RespondFor
  | Call.Settle
  | Call.SettleState
  | Call.ForceMove
  | Call.RecordOutcome;

const KINDS: ReadonlySet<string> = new Set<PackedCall["kind"]>([
  ...(["openDual", "withdraw", "close", "closeToVault", "challenge", "respond"] as const),
  ...(["respondFor", "settle", "settleState", "forceMove", "recordOutcome"] as const),
]);

/** Whether a call has a packed argument. */
export function isPacked(call: Call.AdjudicatorCall): call is PackedCall {
  return KINDS.has(call.kind);
}

/** The argument. */
export function pack(call: PackedCall): Uint8Array {
  return Bytes.concat(ChannelCodec.packParams(call.params), ...partsOf(call));
}

// What follows the parameters. A signature, or the locks, at the end have no length of their own.
function partsOf(call: PackedCall): readonly Uint8Array[] {
  switch (call.kind) {
    case "openDual": {
      const { draw, amount, signature } = call;
      return [ChannelCodec.packDraw(draw), ChannelCodec.packAmount(amount), signature];
    }
    case "close":
    case "closeToVault":
      return [ChannelCodec.packCoSigned(call.last)];
    case "withdraw":
    case "respond":
      return [ChannelCodec.packCoSigned(call.presented)];
    case "challenge":
      return [ChannelCodec.packCoSigned(call.presented), call.signature];
    case "respondFor": {
      const { presented, fee, signature } = call;
      return [ChannelCodec.packCoSigned(presented), ChannelCodec.packTowerFee(fee), signature];
    }
    case "settle":
      return [ChannelCodec.packTokens(call.tokens)];
    case "settleState": {
      const { presented, tokens, locks } = call;
      return [ChannelCodec.packCoSigned(presented), ChannelCodec.packTokens(tokens), locks];
    }
    case "forceMove":
      return [ChannelCodec.packCoSigned(call.prev), ChannelCodec.packState(call.next)];
    case "recordOutcome":
      return [ChannelCodec.packCoSigned(call.presented), call.locks];
  }
}
