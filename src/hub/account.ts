// What a party's log holds, by key: channels, invoices it issued, payments it began.
import type { Channel } from "../channels/client/channel.ts";
import type { Court } from "../channels/client/court.ts";
import * as Image from "../channels/client/image.ts";
import * as Invoice from "../channels/client/invoice.ts";
import type { Policy } from "../channels/client/policy.ts";
import { REASONS, Rejected, type Reason } from "../channels/client/rejected.ts";
import type { Issued } from "../channels/client/relay.ts";
import * as Wire from "../channels/client/wire.ts";
import type { Params } from "../channels/params.ts";
import * as Bytes from "../primitives/bytes.ts";
import type { Put } from "./log.ts";

/** The policy of a channel, when it is opened and when it is read from disk. */
export type PolicyOf = (court: Court, params: Params) => Policy;

/** A payment that the party began. */
export type Payment = {
  readonly hash: Uint8Array;
  readonly channelId: Uint8Array;
  readonly status: "pending" | "paid" | "failed";
  /** The receipt, once it is paid. */
  readonly secret: Uint8Array | undefined;
  readonly reason: Reason | undefined;
};

export type Entry =
  | { readonly kind: "channel"; readonly image: Uint8Array }
  | { readonly kind: "issued"; readonly issued: Issued }
  | { readonly kind: "payment"; readonly payment: Payment };

const CHANNEL = 1;
const ISSUED = 2;
const PAYMENT = 3;
const STATUSES = ["pending", "paid", "failed"] as const satisfies readonly Payment["status"][];

/** A channel's image under the channel's id. */
export function ofChannel(id: Uint8Array, image: Uint8Array): Put {
  return { key: keyOf(CHANNEL, id), value: image };
}

/** An invoice: its secret 32, whether it is paid 1, and itself, unsigned fields and signature. */
export function ofIssued({ invoice, signature, secret, isPaid }: Issued): Put {
  const value = Bytes.concat(
    secret,
    Wire.byte(Number(isPaid)),
    Invoice.encode({ invoice, signature }),
  );
  return { key: keyOf(ISSUED, invoice.hash), value };
}

/** A payment: the channel's id 32, its status 1, then its secret 32 or its reason 1. */
export function ofPayment({ hash, channelId, status, secret, reason }: Payment): Put {
  const outcome =
    secret ?? (reason === undefined ? Bytes.EMPTY : Wire.byte(REASONS.indexOf(reason)));
  const value = Bytes.concat(channelId, Wire.byte(STATUSES.indexOf(status)), outcome);
  return { key: keyOf(PAYMENT, hash), value };
}

/** What a put of one of the above holds. */
export function read({ key, value }: Put): Entry {
  const from = Wire.reader(value);
  const [kind, name] = [key[0], key.slice(1)];
  if (kind === CHANNEL) return { kind: "channel", image: value };
  if (kind === ISSUED) {
    const [secret, isPaid] = [Wire.take(from, 32), Wire.flag(from)];
    const signed = Invoice.decode(Wire.rest(from));
    return { kind: "issued", issued: { ...signed, secret, isPaid } };
  }
  if (kind !== PAYMENT) throw new Rejected("out-of-range", ["key", PAYMENT, kind ?? 0]);
  const channelId = Wire.take(from, 32);
  const status = STATUSES[Wire.below(from, STATUSES.length, "status")] ?? "pending";
  const secret = status === "paid" ? Wire.take(from, 32) : undefined;
  const reason = status === "failed" ? REASONS[Wire.number(from, 1)] : undefined;
  Wire.end(from);
  return { kind: "payment", payment: { hash: name, channelId, status, secret, reason } };
}

function keyOf(kind: number, name: Uint8Array): Uint8Array {
  return Bytes.concat(Wire.byte(kind), name);
}

/** The channel of an image, as it stands when the party starts. */
export function toChannel(
  image: Uint8Array,
  me: Uint8Array,
  policyOf: PolicyOf,
  ms: number,
): Channel {
  const { court, params } = Image.termsOf(image);
  return Image.decode(image, me, policyOf(court, params), { ms, seconds: 0n });
}
