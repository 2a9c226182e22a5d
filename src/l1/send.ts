// The door for L1 transactions of one key: one flight at a time, of one call or of many.

import type {
  Address,
  Chain,
  Hex,
  LocalAccount,
  PublicClient,
  TransactionReceipt,
  Transport,
  WalletClient,
} from "viem";
import { assert } from "../primitives/assert.ts";
import * as Fees from "./fees.ts";
import * as Flight from "./flight.ts";
import { sleep, untilItWorks, type Retry } from "./retry.ts";

export type L1Client = PublicClient<Transport, Chain>;
export type L1Wallet = WalletClient<Transport, Chain, LocalAccount>;

export type Call = {
  readonly what: string;
  readonly to: Address;
  readonly data: Hex;
  readonly value: bigint;
  /** What it takes at most, where an estimate would not tell; see adjudicatorCalls.ts. */
  readonly gas?: bigint;
  /** A shorter call that L1 refuses for the same reasons, estimated in place of this one, and what this one takes beyond it. */
  readonly shorter?: { readonly data: Hex; readonly more: bigint };
};

export type Sender = {
  readonly client: L1Client;
  readonly wallet: L1Wallet;
  readonly retry: Retry;
  readonly timing: Timing;
  /** The end of the queue: the next flight starts when this one has ended. */
  last: Promise<unknown>;
};

export type Timing = {
  readonly pollMs: number;
  /** After this long without progress the same nonces are sent again at a higher price. */
  readonly repriceMs: number;
};

/** Sends the calls of one wallet, one flight after another; nothing else may send with its key. */
export function create(client: L1Client, wallet: L1Wallet, retry: Retry, timing: Timing): Sender {
  return { client, wallet, retry, timing, last: Promise.resolve() };
}

/** Sends a call and waits for its receipt; throws what the estimate revealed, or one of the errors of flight.ts. */
export async function send(sender: Sender, call: Call): Promise<TransactionReceipt> {
  const outcomes: Flight.Outcome[] = [];
  const ready = () => (outcomes.length === 0 ? [item] : []);
  const item = { call };
  await sendAll(sender, { ready, settle: (_, outcome) => void outcomes.push(outcome) });
  const [outcome] = outcomes;
  assert(outcome !== undefined, "a flight settles what it carries");
  if ("refusal" in outcome) throw outcome.refusal;
  return outcome.receipt;
}

/** Sends calls, several at a time, and waits until all are settled. */
export function sendAll<Item extends Flight.Item>(
  sender: Sender,
  cargo: Flight.Cargo<Item>,
): Promise<void> {
  const ended = sender.last.then(() => Flight.fly(sender, cargo));
  sender.last = ended.catch(() => undefined);
  return ended;
}

/**
 * Waits until L1 has what another process with this key has left waiting, as long as that goes on. A plan that is made without
 * it would make the same moves again; what is stuck is replaced by what is sent next.
 */
export async function untilNothingWaits(sender: Sender): Promise<void> {
  const { client, wallet, retry, timing } = sender;
  const { address } = wallet.account;
  const count = (blockTag: "latest" | "pending") =>
    untilItWorks("count transactions", retry, () =>
      client.getTransactionCount({ address, blockTag }),
    );
  let used = await count("latest");
  for (let waited = 0; waited < timing.repriceMs; waited += timing.pollMs) {
    const before = used;
    used = await count("latest");
    if ((await count("pending")) <= used) return;
    if (used > before) waited = 0;
    await sleep(timing.pollMs, retry.signal);
  }
}

/** What a unit of gas costs at most in a transaction that is sent now, in wei. */
export async function gasPrice({ client, retry }: Sender): Promise<bigint> {
  const fees = await untilItWorks("ask what gas costs", retry, () => Fees.ask(client));
  return fees.maxFeePerGas;
}
