// A call to the adjudicator's model while it is carried out: a copy of the ledger, what happened, and where.
import * as Bytes from "../primitives/bytes.ts";
import type { AdjudicatorEvent } from "./adjudicatorEvent.ts";
import { CallRejected } from "./callRejected.ts";
import * as ChannelState from "./channelState.ts";
import type * as ForcedMove from "./forcedMove.ts";
import type * as Head from "./head.ts";
import * as Ledger from "./ledger.ts";
import * as Params from "./params.ts";
import * as Signing from "./signing.ts";

/** Who calls, with how much ether, when. */
export type Context = {
  readonly sender: Uint8Array;
  readonly value: bigint;
  readonly time: bigint;
};

/** Where the contract stands, and the contracts that it calls. */
export type Surroundings = ForcedMove.Apps & {
  readonly home: Uint8Array;
  readonly domain: Uint8Array;
  readonly ask: Signing.AskSigner;
  /** How much of the sender's tokens arrives; throws CallRejected where the transfer fails. */
  readonly pull: (token: Uint8Array, from: Uint8Array, amount: bigint) => bigint;
  /** Whether a payment arrives. */
  readonly push: (token: Uint8Array, to: Uint8Array, amount: bigint) => boolean;
};

export type Payment = {
  readonly token: Uint8Array;
  readonly to: Uint8Array;
  readonly amount: bigint;
};

/** Written in place until the call is over. */
export type Work = {
  readonly ledger: Ledger.Ledger;
  readonly events: AdjudicatorEvent[];
  readonly payments: Payment[];
  readonly context: Context;
  readonly around: Surroundings;
};

/** Begins a call on a copy of the ledger. */
export function begin(ledger: Ledger.Ledger, context: Context, around: Surroundings): Work {
  const events: AdjudicatorEvent[] = [];
  const payments: Payment[] = [];
  const book = {
    vault: new Map(ledger.book.vault),
    reserve: new Map(ledger.book.reserve),
    emit: (event: AdjudicatorEvent) => void events.push(event),
    push: (token: Uint8Array, to: Uint8Array, amount: bigint) => {
      const arrives = around.push(token, to, amount);
      if (arrives) payments.push({ token, to, amount });
      return arrives;
    },
  };
  const copy = {
    pots: new Map(ledger.pots),
    drawn: new Map(ledger.drawn),
    heads: new Map(ledger.heads),
    recorded: new Map(ledger.recorded),
    outcomes: new Map(ledger.outcomes),
    revealedAt: new Map(ledger.revealedAt),
    book,
  };
  return { ledger: copy, events, payments, context, around };
}

/** Takes over what an inner call has changed. */
export function adopt(ledger: Ledger.Ledger, changed: Ledger.Ledger): void {
  replace(ledger.pots, changed.pots);
  replace(ledger.drawn, changed.drawn);
  replace(ledger.heads, changed.heads);
  replace(ledger.recorded, changed.recorded);
  replace(ledger.outcomes, changed.outcomes);
  replace(ledger.revealedAt, changed.revealedAt);
  replace(ledger.book.vault, changed.book.vault);
  replace(ledger.book.reserve, changed.book.reserve);
}

/** Signing.requireCoSigned of this work. */
export function requireCoSigned(
  work: Work,
  params: Params.Params,
  presented: Signing.CoSigned,
): boolean {
  const { domain, ask } = work.around;
  const stateHash = ChannelState.hash(presented.state);
  return Signing.requireCoSigned(params, presented, stateHash, domain, ask);
}

/** Ledger.requireOnRecord of this work. */
export function requireOnRecord(
  work: Work,
  params: Params.Params,
  id: Uint8Array,
  presented: Signing.CoSigned,
  head: Head.Head,
): void {
  const { domain, ask } = work.around;
  Ledger.requireOnRecord(work.ledger, params, id, presented, head, domain, ask);
}

/** Takes what the sender gives, and returns what really arrived. */
export function pull(work: Work, token: Uint8Array, amount: bigint): bigint {
  const { sender, value } = work.context;
  const expected = Bytes.isZero(token) ? amount : 0n;
  if (value !== expected) throw new CallRejected("WrongValue", [expected, value]);
  return Bytes.isZero(token) ? amount : work.around.pull(token, sender, amount);
}

/** What was packed without its channel's id: it is of the channel whose parameters came with it. */
export function ofChannel<Packed extends { readonly channelId: Uint8Array }>(
  id: Uint8Array,
  packed: Packed,
): Packed {
  return { ...packed, channelId: id };
}

/** What was presented, of the channel likewise. */
export function presentedOf(id: Uint8Array, presented: Signing.CoSigned): Signing.CoSigned {
  return { ...presented, state: ofChannel(id, presented.state) };
}

/** The id of a channel of this adjudicator. */
export function channelId(work: Work, params: Params.Params): Uint8Array {
  return Params.channelId(params, work.around.home);
}

function replace<Value>(target: Map<string, Value>, source: ReadonlyMap<string, Value>): void {
  target.clear();
  for (const [key, value] of source) target.set(key, value);
}
