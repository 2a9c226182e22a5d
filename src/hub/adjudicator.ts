// A hub's view of an adjudicator over JSON-RPC, and its calls there, one transaction at a time.
import * as ChannelState from "../channels/channelState.ts";
import type { AppState } from "../channels/appState.ts";
import * as Channel from "../channels/client/channel.ts";
import { stateOf, type Content } from "../channels/client/content.ts";
import * as Dispute from "../channels/client/dispute.ts";
import * as Head from "../channels/head.ts";
import * as Locks from "../channels/locks.ts";
import * as Params from "../channels/params.ts";
import * as Calls from "../l1/adjudicatorCalls.ts";
import * as View from "../l1/adjudicatorView.ts";
import type * as Send from "../l1/send.ts";
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import * as CallQueue from "./callQueue.ts";
import type { Chain } from "./chains.ts";

export type Options = {
  readonly court: Channel.Court;
  readonly sender: Send.Sender;
  /** What makes a deposit or a secret certain. */
  readonly confirmations: View.Certainty;
  /** The block at which the adjudicator's history begins. */
  readonly fromBlock: bigint;
};

/** The chain of an adjudicator, for a hub whose key signs its transactions. */
export function chainOf(options: Options): Chain {
  const { court, sender } = options;
  const make = CallQueue.create(sender, court);
  const fromLog = logReader(sender.retry.say);
  return {
    court,
    view: (channel) => view(options, fromLog, channel),
    perform: (channel, call) => make(transactionOf(channel, call), Dispute.dueBy(channel, call)),
  };
}

/** What a log tells; undefined where the node does not tell it. */
type FromLog = <T>(asked: Promise<T>) => Promise<T | undefined>;

/**
 * What the log does not tell is said, again when that changes, and is no reason not to act on the rest: a challenge can be
 * answered by what the contract itself says, and a peer may name what no node has kept.
 */
function logReader(say: (line: string) => void): FromLog {
  let last = "";
  return async (asked) => {
    try {
      return await asked;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== last) say(`the log of the adjudicator cannot be read: ${reason}`);
      last = reason;
      return undefined;
    }
  };
}

async function view(
  options: Options,
  fromLog: FromLog,
  channel: Channel.Channel,
): Promise<Channel.ChainView> {
  const { court, confirmations, fromBlock } = options;
  const { client } = options.sender;
  const { adjudicator } = court;
  const { id } = channel.terms;
  const blocks = await View.blocks(client, confirmations);
  const { newest, confirmed } = blocks;
  const head = await View.headOf(client, adjudicator, id, newest);
  const isProposal = channel.proposal?.content.version === head.version;
  const shown = isProposal
    ? await fromLog(View.shownOf(client, adjudicator, id, head, fromBlock, blocks))
    : undefined;
  const pots = await Promise.all(
    tokensOf(channel).map((token) => potOf(options, id, token, blocks)),
  );
  const window = Params.window(channel.terms.params);
  const moved = await fromLog(
    View.movedOf(client, adjudicator, id, head, window, fromBlock, blocks),
  );
  const outcomes = new Map<string, Channel.Outcome>();
  for (const one of outcomesFor(channel)) {
    const outcome = await View.outcomeOf(client, adjudicator, one, newest);
    if (outcome === undefined) continue;
    outcomes.set(Hex.key(one), { ...outcome, isConfirmed: outcome.time <= confirmed.time });
  }
  const reveals = new Map<string, Channel.Reveal>();
  const reveal = async (hash: Uint8Array) => {
    const known = channel.chain?.reveals.get(Hex.key(hash));
    const time =
      known?.isConfirmed === true
        ? known.time
        : await View.revealedAt(client, adjudicator, hash, newest);
    if (time === 0n) return;
    // Once: a peer that shows many would have the log read for each at every look, until they are certain.
    const secret =
      known?.secret ??
      (await fromLog(View.secretOf(client, adjudicator, hash, time, fromBlock, newest)));
    reveals.set(Hex.key(hash), { secret, time, isConfirmed: time <= confirmed.time });
  };
  await Promise.all(hashesOf(channel).map(reveal));
  return {
    ...{ time: newest.time, confirmedTime: confirmed.time },
    ...{ version: head.version, agreed: Head.agreedVersion(head), moved },
    ...{ deadline: head.deadline, shown, backing: undefined },
    ...{ pots: pots.filter(holdsAnything), reveals, outcomes },
  };
}

/** Deposits count once they are confirmed, a payout as soon as it is seen. */
async function potOf(
  { court, sender }: Options,
  id: Uint8Array,
  token: Uint8Array,
  { newest, confirmed }: View.Blocks,
): Promise<Channel.Pot> {
  const [now, then] = await Promise.all(
    [newest, confirmed].map((block) =>
      View.potOf(sender.client, court.adjudicator, id, token, block),
    ),
  );
  return {
    token,
    deposited: { A: then?.depositedA ?? 0n, B: then?.depositedB ?? 0n },
    isSettled: now?.isSettled === true,
  };
}

function holdsAnything({ deposited, isSettled }: Channel.Pot): boolean {
  return isSettled || deposited.A > 0n || deposited.B > 0n;
}

/** The transaction that carries a call out. */
export function transactionOf(channel: Channel.Channel, call: Dispute.Call): Send.Call {
  const { params, court } = channel.terms;
  const { adjudicator } = court;
  switch (call.kind) {
    case "challenge":
      return Calls.challenge(adjudicator, params, presentedOf(channel, call.signed));
    case "respond":
      return Calls.respond(adjudicator, params, presentedOf(channel, call.signed));
    case "close":
      return Calls.close(adjudicator, params, presentedOf(channel, call.signed));
    case "reveal":
      return Calls.reveal(adjudicator, call.secret);
    case "recordOutcome": {
      const locks = Locks.pack(call.signed.content.locks);
      const presented = presentedOf(channel, call.signed);
      return Calls.recordOutcome(adjudicator, params, presented, locks);
    }
    case "forceMove": {
      const { prev, next } = call;
      const [before, after] = [appOf(prev.content), appOf(next.content)];
      const state = stateOf(channel.terms.id, next.content);
      const presented = presentedOf(channel, prev);
      return Calls.forceMove(
        ...([adjudicator, params, presented, before, state, after, next.signature] as const),
      );
    }
    case "settle": {
      const tokens = (channel.chain?.pots ?? [])
        .filter(({ isSettled }) => !isSettled)
        .map(({ token }) => token);
      const { signed } = call;
      if (signed === undefined) return Calls.settle(adjudicator, params, tokens);
      const presented = presentedOf(channel, signed);
      if (ChannelState.isSimple(presented.state, params)) {
        return Calls.settle(adjudicator, params, tokens);
      }
      const locks = Locks.pack(signed.content.locks);
      return Calls.settleState(adjudicator, params, presented, locks, tokens);
    }
  }
}

/** A co-signed state as the adjudicator takes it. */
export function presentedOf(channel: Channel.Channel, signed: Channel.Signed): Calls.Presented {
  const { signatureA, signatureB } = signed;
  return { state: stateOf(channel.terms.id, signed.content), signatureA, signatureB };
}

/** The tokens that either side may have paid in: those that are named, and those that this party takes. */
function tokensOf({ terms, latest, policy }: Channel.Channel): Uint8Array[] {
  const all = [
    terms.params.token,
    ...latest.content.assets.map(({ token }) => token),
    ...policy.limits.assets.map(({ token }) => token),
  ];
  return all.filter((token, index) => all.findIndex((one) => Bytes.equals(one, token)) === index);
}

function hashesOf(channel: Channel.Channel): Uint8Array[] {
  return keysOf(channel, Locks.KIND_HASH);
}

/** The virtual channels whose outcome counts here: those of the locks, and the channel itself. */
function outcomesFor(channel: Channel.Channel): Uint8Array[] {
  const { ledger, id } = channel.terms;
  return [...keysOf(channel, Locks.KIND_CHANNEL), ...(ledger === undefined ? [] : [id])];
}

function keysOf(channel: Channel.Channel, kind: number): Uint8Array[] {
  const locks = [...Channel.locksOf(channel).values()];
  return locks.filter((lock) => lock.kind === kind).map(({ key }) => key);
}

function appOf({ app }: Content): AppState {
  assert(app !== undefined, "moves are made in an app");
  return app;
}
