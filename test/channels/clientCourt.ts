// An adjudicator in memory as the tests of clients need it: a time that is told, calls of either party, what a client
// sees. It keeps to section 4 and 5 of docs/protocol-channels.md for one asset and hash locks.
import * as Channel from "../../src/channels/client/channel.ts";
import * as Content from "../../src/channels/client/content.ts";
import type { Call } from "../../src/channels/client/dispute.ts";
import * as Params from "../../src/channels/params.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { sha256 } from "../../src/primitives/sha256.ts";

type Case = {
  readonly terms: Channel.Terms;
  readonly deposited: { A: bigint; B: bigint };
  version: bigint;
  deadline: bigint;
  onRecord: Content.Content;
  shown: Channel.Shown | undefined;
  paid: Paid | undefined;
};

export type Paid = { readonly A: bigint; readonly B: bigint };

export type Court = {
  readonly court: Channel.Court;
  time: bigint;
  readonly cases: Map<string, Case>;
  readonly reveals: Map<string, Channel.Reveal>;
};

/** A chain on which nothing has happened. */
export function create(chainId: bigint, time: bigint): Court {
  const court = { chainId, adjudicator: new Uint8Array(20).fill(0xad) };
  return { court, time, cases: new Map(), reveals: new Map() };
}

/** Adds ether to a side; a pot that has paid takes none. */
export function deposit(
  chain: Court,
  terms: Channel.Terms,
  side: Content.Side,
  amount: bigint,
): void {
  const one = caseOf(chain, terms);
  if (one.paid === undefined) one.deposited[side] += amount;
}

/** What a client sees of its channel. Every block is confirmed at once. */
export function view(chain: Court, terms: Channel.Terms): Channel.ChainView {
  const { deposited, version, deadline, shown, paid } = caseOf(chain, terms);
  const pot = {
    token: terms.params.token,
    deposited: { ...deposited },
    isSettled: paid !== undefined,
  };
  return {
    ...{ time: chain.time, confirmedTime: chain.time, version, deadline, shown },
    pots: [pot],
    reveals: chain.reveals,
  };
}

/** Carries a call out; answers why the contract would not. */
export function perform(chain: Court, terms: Channel.Terms, call: Call): string | undefined {
  const one = caseOf(chain, terms);
  switch (call.kind) {
    case "reveal": {
      const key = Hex.key(sha256(call.secret));
      const reveal = { secret: call.secret, time: chain.time, isConfirmed: true };
      if (!chain.reveals.has(key)) chain.reveals.set(key, reveal);
      return undefined;
    }
    case "challenge":
      if (one.deadline !== 0n || one.paid !== undefined) return "clock";
      if (call.signed.content.version < one.version) return "version";
      record(one, call.signed);
      one.deadline = chain.time + Params.window(terms.params);
      return undefined;
    case "respond":
      if (one.deadline !== 0n && chain.time >= one.deadline) return "deadline";
      if (call.signed.content.version <= one.version) return "version";
      record(one, call.signed);
      one.deadline = 0n;
      return undefined;
    case "close":
      if (one.paid !== undefined) return "paid";
      if (!call.signed.content.isFinal) return "final";
      Channel.verify(terms, call.signed);
      one.paid = payout(chain, one, call.signed.content);
      return undefined;
    case "settle":
      if (one.deadline === 0n || chain.time < one.deadline) return "deadline";
      if (one.paid !== undefined) return "paid";
      if (
        one.onRecord.locks.some(
          (lock) => !isOpened(chain, lock.key, lock.expiry) && chain.time <= lock.expiry,
        )
      ) {
        return "pending";
      }
      one.paid = payout(chain, one, one.onRecord);
      return undefined;
  }
}

/** What a content would pay now, expired locks going back to their payers. */
export function payout(chain: Court, { deposited, terms }: Case, content: Content.Content): Paid {
  const index = content.assets.findIndex(({ token }) => Bytes.equals(token, terms.params.token));
  let net = content.assets[index]?.net ?? 0n;
  for (const lock of content.locks) {
    if (lock.asset !== index || !isOpened(chain, lock.key, lock.expiry)) continue;
    net += lock.aToB ? lock.amount : -lock.amount;
  }
  const total = deposited.A + deposited.B;
  const A = deposited.A - net;
  const clamped = A < 0n ? 0n : A > total ? total : A;
  return { A: clamped, B: total - clamped };
}

/** The court's record of a channel. */
export function caseOf(chain: Court, terms: Channel.Terms): Case {
  const key = Hex.key(terms.id);
  let one = chain.cases.get(key);
  if (one === undefined) {
    const nothing = { version: 0n, deadline: 0n, shown: undefined, paid: undefined };
    one = { terms, deposited: { A: 0n, B: 0n }, onRecord: Content.INITIAL, ...nothing };
    chain.cases.set(key, one);
  }
  return one;
}

function record(one: Case, signed: Channel.Signed): void {
  const { content, signatureA, signatureB } = signed;
  if (content.version > 0n) Channel.verify(one.terms, signed);
  one.version = content.version;
  one.onRecord = content;
  one.shown = { state: Content.stateOf(one.terms.id, content), signatureA, signatureB };
}

function isOpened({ reveals }: Court, hash: Uint8Array, expiry: bigint): boolean {
  const reveal = reveals.get(Hex.key(hash));
  return reveal !== undefined && reveal.time <= expiry;
}
