// The way of a payment over hubs that the payer names, from the payer's own list: what each is to forward, to whom, until
// when. Each hub reads the hops after it; it learns the payee, and nothing hides that.
import * as Bytes from "../../primitives/bytes.ts";
import * as Policy from "./policy.ts";
import * as Wire from "./wire.ts";

/** What the receiver of a lock is to forward. */
export type Hop = {
  /** Who is paid: the address of its key. */
  readonly to: Uint8Array;
  readonly amount: bigint;
  /** Block time of the chain that the lock is on, in seconds. */
  readonly expiry: bigint;
};

/** A hub as a payer knows it. */
export type Hub = {
  readonly address: Uint8Array;
  readonly fee: Policy.Fee;
  /** How much longer its incoming lock must last than the outgoing: zero within one chain, in seconds. */
  readonly margin: bigint;
};

/** What the payer locks, to the first hub or to the payee, and what it tells it. */
export type Route = { readonly first: Hop; readonly note: Uint8Array };

export const MAX_HOPS = 6;
const HOP_BYTES = 41;

/** The route over hubs, in order, that brings the payee exactly this amount. */
export function plan(hubs: readonly Hub[], last: Hop): Route {
  const hops: Hop[] = [last];
  let next = last;
  for (const { address, fee, margin } of hubs.toReversed()) {
    const amount = next.amount + Policy.feeFor(fee, next.amount);
    next = { to: address, amount, expiry: next.expiry + margin };
    hops.unshift(next);
  }
  const [first = last, ...rest] = hops;
  return { first, note: encode(rest) };
}

/** The hops as they stand in a lock's note: count, then receiver 20, amount 16, expiry 5 for each; throws TooManyHopsError. */
export function encode(hops: readonly Hop[]): Uint8Array {
  if (hops.length > MAX_HOPS) throw new TooManyHopsError(hops.length);
  return Wire.fromList(hops, ({ to, amount, expiry }) =>
    Bytes.concat(to, Bytes.fromBigInt(amount, 16), Bytes.fromBigInt(expiry, 5)),
  );
}

/** Reads what `encode` wrote; Rejected otherwise. */
export function decode(note: Uint8Array): Hop[] {
  const from = Wire.reader(note);
  const hops = Wire.list(from, MAX_HOPS, "hops", () => {
    const fields = Wire.reader(Wire.take(from, HOP_BYTES));
    const to = Wire.take(fields, 20);
    return { to, amount: Wire.integer(fields, 16), expiry: Wire.integer(fields, 5) };
  });
  Wire.end(from);
  return hops;
}

export class TooManyHopsError extends RangeError {
  override readonly name = "Route.TooManyHopsError";
  readonly count: number;
  constructor(count: number) {
    super(`expected at most ${MAX_HOPS} hops, got ${count}`);
    this.count = count;
  }
}
