// The adjudicator's model as the tests of clients need it: a time that is told, calls of either party, what a client sees
// of its channel, what a channel was paid.
import * as Adjudicator from "../../src/channels/adjudicator.ts";
import * as Nim from "../../src/channels/apps/nim.ts";
import type { AdjudicatorCall } from "../../src/channels/adjudicatorCall.ts";
import type { AdjudicatorEvent } from "../../src/channels/adjudicatorEvent.ts";
import type { Surroundings } from "../../src/channels/adjudicatorWork.ts";
import { CallRejected } from "../../src/channels/callRejected.ts";
import * as ChannelState from "../../src/channels/channelState.ts";
import * as Channel from "../../src/channels/client/channel.ts";
import * as Content from "../../src/channels/client/content.ts";
import type { Call } from "../../src/channels/client/dispute.ts";
import * as NimApp from "../../src/channels/client/nimApp.ts";
import * as Head from "../../src/channels/head.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import * as Locks from "../../src/channels/locks.ts";
import * as Params from "../../src/channels/params.ts";
import type { CoSigned } from "../../src/channels/signing.ts";
import * as TypedData from "../../src/channels/typedData.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Weather from "./clientWeather.ts";

export type Paid = { readonly A: bigint; readonly B: bigint };

export type Court = {
  readonly court: Channel.Court;
  readonly around: Surroundings;
  ledger: Ledger.Ledger;
  time: bigint;
  /** By channel: what its last event showed of the state on record, that state, and what it was paid by asset. */
  readonly shown: Map<string, Channel.Shown>;
  readonly onRecord: Map<string, Channel.Signed>;
  readonly paid: Map<string, Paid>;
  readonly reveals: Map<string, Channel.Reveal>;
  /** By channel: the last move that was forced. */
  readonly moved: Map<string, Channel.Moved>;
  /** How its blocks go away, and what its nodes show of them; undefined where all is for good, and shown at once. */
  weather: Weather.Weather | undefined;
};

/** What a court holds at a time. */
export type Held = Pick<Court, "ledger" | "shown" | "onRecord" | "paid" | "reveals" | "moved">;

/** What the court knows of one channel, in one asset. */
export type Case = {
  readonly terms: Channel.Terms;
  readonly token: Uint8Array;
  readonly deposited: Paid;
  readonly version: bigint;
  readonly deadline: bigint;
  readonly onRecord: Content.Content;
  readonly paid: Paid | undefined;
};

const NOTHING = Bytes.EMPTY;

/** What channels may hold beside their main asset. */
export const GOLD = new Uint8Array(20).fill(0x60);

/** The game that can be played on every chain of the tests. */
export const NIM = NimApp.at(new Uint8Array(20).fill(0x41), new Uint8Array(32).fill(0x42));

/** A chain on which nothing has happened. */
export function create(chainId: bigint, time: bigint): Court {
  const adjudicator = new Uint8Array(20).fill(0xad);
  const around: Surroundings = {
    home: Params.home(chainId, adjudicator),
    domain: TypedData.domainSeparator(chainId, adjudicator),
    ask: () => false,
    pull: (_, __, amount) => amount,
    push: () => true,
    codeHash: (account) => (Bytes.equals(account, NIM.app) ? NIM.codeHash : new Uint8Array(32)),
    validTransition: (_, __, prev, prevData, next, nextData, moverIsB) =>
      Nim.validTransition(prev, prevData, next, nextData, moverIsB),
  };
  return {
    ...{ court: { chainId, adjudicator }, around, ledger: Adjudicator.empty(), time },
    ...{ shown: new Map(), onRecord: new Map(), paid: new Map(), reveals: new Map() },
    ...{ moved: new Map(), weather: undefined },
  };
}

/** Adds ether, or gold, to a side; answers why that is refused. */
export function deposit(
  chain: Court,
  { id }: Channel.Terms,
  side: Content.Side,
  amount: bigint,
  token?: Uint8Array,
): string | undefined {
  const toB = side === "B";
  if (token === undefined) return make(chain, { kind: "depositEth", id, toB }, NOTHING, amount);
  return make(chain, { kind: "deposit", id, toB, token, amount }, NOTHING);
}

/** Carries out a call of the client whose terms these are; answers why the contract would not. */
export function perform(chain: Court, terms: Channel.Terms, call: Call): string | undefined {
  return Weather.act(chain, () => carryOut(chain, terms, call));
}

function carryOut(chain: Court, terms: Channel.Terms, call: Call): string | undefined {
  const { params, id, me: sender } = terms;
  switch (call.kind) {
    case "reveal":
      return apply(chain, { kind: "reveal", secret: call.secret }, sender);
    case "challenge":
    case "respond": {
      const presented = presentedOf(id, call.signed);
      const signature = NOTHING;
      const made =
        call.kind === "challenge"
          ? apply(chain, { kind: "challenge", params, presented, signature }, sender)
          : apply(chain, { kind: "respond", params, presented }, sender);
      if (made === undefined) chain.onRecord.set(Hex.key(id), call.signed);
      return made;
    }
    case "forceMove": {
      const { prev, next } = call;
      const [prevApp, nextApp] = [prev.content.app, next.content.app];
      if (prevApp === undefined || nextApp === undefined) return "no app";
      const states = { prev: presentedOf(id, prev), next: Content.stateOf(id, next.content) };
      const { signature } = next;
      const move = { kind: "forceMove", params, ...states, prevApp, nextApp, signature } as const;
      const made = apply(chain, move, sender);
      const signed = { ...Channel.UNSIGNED, content: next.content, hash: next.hash };
      if (made === undefined) chain.onRecord.set(Hex.key(id), signed);
      return made;
    }
    case "recordOutcome": {
      const presented = presentedOf(id, call.signed);
      const locks = Locks.pack(call.signed.content.locks);
      return apply(chain, { kind: "recordOutcome", params, presented, locks }, sender);
    }
    case "close":
      return apply(chain, { kind: "close", params, last: presentedOf(id, call.signed) }, sender);
    case "settle": {
      const signed = chain.onRecord.get(Hex.key(id));
      const presented = signed === undefined ? undefined : presentedOf(id, signed);
      const tokens = [params.token, GOLD];
      if (presented === undefined || ChannelState.isSimple(presented.state, params)) {
        return apply(chain, { kind: "settle", params, tokens }, sender);
      }
      const locks = Locks.pack(signed?.content.locks ?? []);
      return apply(chain, { kind: "settleState", params, presented, locks, tokens }, sender);
    }
  }
}

/** Makes any call to the model; answers the name of the error where it is rejected. */
export function make(
  chain: Court,
  call: AdjudicatorCall,
  sender: Uint8Array,
  value = 0n,
): string | undefined {
  return Weather.act(chain, () => apply(chain, call, sender, value));
}

function apply(
  chain: Court,
  call: AdjudicatorCall,
  sender: Uint8Array,
  value = 0n,
): string | undefined {
  const { ledger, time, around } = chain;
  try {
    const result = Adjudicator.apply(ledger, call, { sender, value, time }, around);
    chain.ledger = result.ledger;
    for (const event of result.events) record(chain, event);
    return undefined;
  } catch (error) {
    if (error instanceof CallRejected) return error.reason;
    throw error;
  }
}

/** What a client sees of its channel, by the node that answers. */
export function view(chain: Court, terms: Channel.Terms): Channel.ChainView {
  const { newest, confirmed } = Weather.look(chain);
  const { version, deadline } = caseOf(newest.held, terms);
  const pots = [terms.params.token, GOLD].map((token): Channel.Pot => {
    const { deposited } = caseOf(confirmed.held, terms, token);
    return { token, deposited, isSettled: caseOf(newest.held, terms, token).paid !== undefined };
  });
  const holdsAnything = ({ deposited: { A, B }, isSettled }: Channel.Pot) =>
    isSettled || A > 0n || B > 0n;
  const { ledger, shown, moved } = newest.held;
  const isConfirmed = (time: bigint) => time <= confirmed.time;
  const head = Ledger.headOf(ledger, terms.id);
  const outcomes = new Map<string, Channel.Outcome>();
  for (const [key, { amount, recordedAt: time }] of ledger.outcomes) {
    outcomes.set(key, { amount, time, isConfirmed: isConfirmed(time) });
  }
  const reveals = new Map<string, Channel.Reveal>();
  for (const [key, reveal] of newest.held.reveals) {
    reveals.set(key, { ...reveal, isConfirmed: isConfirmed(reveal.time) });
  }
  const move = head.moves === 0n ? undefined : moved.get(Hex.key(terms.id));
  const movedAt = deadline - Params.window(terms.params);
  return {
    ...{ time: newest.time, confirmedTime: confirmed.time },
    ...{ version, agreed: Head.agreedVersion(head), deadline },
    shown: shown.get(Hex.key(terms.id)),
    moved: move === undefined ? undefined : { ...move, isConfirmed: isConfirmed(movedAt) },
    ...{ pots: pots.filter(holdsAnything), reveals, outcomes, backing: undefined },
  };
}

/** What the court knows of a channel, in its main asset or another. */
export function caseOf(
  { ledger, onRecord: known, paid }: Held,
  terms: Channel.Terms,
  token = terms.params.token,
): Case {
  const { id } = terms;
  const { depositedA: A, depositedB: B } = Ledger.potOf(ledger, id, token);
  const { version, deadline } = Ledger.headOf(ledger, id);
  const onRecord = known.get(Hex.key(id))?.content ?? Content.INITIAL;
  const result = { version, deadline, onRecord, paid: paid.get(nameOf(id, token)) };
  return { terms, token, deposited: { A, B }, ...result };
}

function nameOf(id: Uint8Array, token: Uint8Array): string {
  return `${Hex.key(id)} ${Hex.key(token)}`;
}

/** The state that was last put on record in a channel. */
export function recordOf({ onRecord }: Court, { id }: Channel.Terms): Channel.Signed | undefined {
  return onRecord.get(Hex.key(id));
}

/** What a content would pay now by what was revealed, all other locks going back to their payers. */
export function payout(
  { ledger }: Pick<Court, "ledger">,
  { deposited, token }: Case,
  content: Content.Content,
): Paid {
  const index = content.assets.findIndex((asset) => Bytes.equals(asset.token, token));
  let net = content.assets[index]?.net ?? 0n;
  for (const lock of content.locks) {
    const record = Ledger.recordFor(ledger, lock);
    if (lock.asset !== index || record.time === 0n || record.time > lock.expiry) continue;
    const amount = record.amount < lock.amount ? record.amount : lock.amount;
    net += lock.aToB ? amount : -amount;
  }
  const total = deposited.A + deposited.B;
  const A = deposited.A - net;
  const clamped = A < 0n ? 0n : A > total ? total : A;
  return { A: clamped, B: total - clamped };
}

function record(chain: Court, event: AdjudicatorEvent): void {
  if (event.kind === "Challenged" || event.kind === "Responded") {
    const { kind, id, version } = event;
    const signatures = kind === "Challenged" ? event.signature : event.signatures;
    chain.shown.set(Hex.key(id), { version, signatures: [signatures], hash: undefined });
  }
  if (event.kind === "MoveForced") {
    const { id, next: state, data } = event;
    chain.moved.set(Hex.key(id), { state, data, isConfirmed: true });
  }
  if (event.kind === "Settled") {
    chain.paid.set(nameOf(event.id, event.token), { A: event.toA, B: event.toB });
  }
  if (event.kind === "Revealed") {
    const { secret, hash } = event;
    chain.reveals.set(Hex.key(hash), { secret, time: chain.time, isConfirmed: true });
  }
}

function presentedOf(
  id: Uint8Array,
  { content, signatureA, signatureB }: Channel.Signed,
): CoSigned {
  return { state: Content.stateOf(id, content), signatureA, signatureB };
}
