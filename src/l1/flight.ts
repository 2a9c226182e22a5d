// Sends L1 transactions from one key under consecutive nonces, several under way at a time, repriced while nothing goes on.
// All that it knows of a nonce it asks L1 each time: what a reorganisation takes out is offered again as long as the flight lasts.

import { BaseError, InternalRpcError, type Hash, type TransactionReceipt } from "viem";
import { assert } from "../primitives/assert.ts";
import * as Fees from "./fees.ts";
import { isTemporary, sleep, untilItWorks } from "./retry.ts";
import type { Call, L1Client, Sender } from "./send.ts";
import * as SignedCall from "./signedCall.ts";

/** What is sent, beside what its owner knows it by. */
export type Item = { readonly call: Call };

/** Calls, of which none needs another that `ready` names beside it. */
export type Cargo<Carried extends Item> = {
  /** What may be begun now, the most urgent first; what is under way may be among it until it is settled. */
  readonly ready: () => readonly Carried[];
  /** Told once of each what became of it. A refusal is what the estimate revealed, or an error of this file. */
  readonly settle: (item: Carried, outcome: Outcome) => void;
};

export type Outcome = { readonly receipt: TransactionReceipt } | { readonly refusal: Error };

/** As many as geth's pool keeps for an account whatever others offer (its `accountslots`). */
export const MOST_UNDER_WAY = 16;
/** With more gas than this many blocks have room for, waiting transactions would only bind money and age. */
const BLOCKS_UNDER_WAY = 2n;

/**
 * What geth, Erigon, Reth, Nethermind, Besu, Anvil and Hardhat say of a nonce that is spent, or for which they hold a transaction,
 * and of a price at which they have no room for one. A price is raised while nothing goes on.
 */
const IS_SETTLED_BY_WAITING =
  /nonce (is )?too low|oldnonce|already ?known|already imported|known transaction|same hash|replace existing|replacement ?not ?allowed|underpriced|fee ?too ?low|pool is full/i;
/** What Reth says, as of an error of its own, of a transaction that it will not take at any price. */
const IS_REFUSED = /exceeds|oversized|already reserved|invalid/i;
/** What they say of money that is not enough for a transaction beside those that they hold. */
const IS_SHORT_OF_MONEY = /funds|overdraft|exceeds account balance/i;

/** One nonce, and what was offered for it. */
type Offer<Carried extends Item> = {
  readonly item: Carried;
  readonly nonce: number;
  terms: Terms;
  signed: SignedCall.SignedCall;
  readonly hashes: Set<Hash>;
  /** Of those, what only uses the nonce up. */
  readonly emptyHashes: Set<Hash>;
  /** Milliseconds for which the nonce has been spent, and no receipt has been there. */
  missed: number;
  isSettled: boolean;
};

/** What a nonce is used for, and at which price. */
type Terms = { readonly call: Call; readonly gas: bigint; readonly fees: Fees.Fees };

type Flight<Carried extends Item> = {
  readonly sender: Sender;
  readonly cargo: Cargo<Carried>;
  /** By nonce, without gaps between them. */
  readonly offers: Offer<Carried>[];
  /** How many nonces L1 counts. */
  used: number;
  /** The most that it has counted: nodes behind one address, some of them late, may answer in turns. */
  reached: number;
  /** Milliseconds since that grew, or since the last repricing. */
  waited: number;
};

/** Sends what the cargo names until it names nothing more, and everything is settled. */
export async function fly<Carried extends Item>(
  sender: Sender,
  cargo: Cargo<Carried>,
): Promise<void> {
  const [first] = cargo.ready();
  if (first === undefined) return;
  const used = await countNonces(sender, first.call.what);
  const flight: Flight<Carried> = { sender, cargo, offers: [], used, reached: used, waited: 0 };
  const { timing, retry } = sender;
  for (let isNews = true; ;) {
    if (isNews) await load(flight);
    if (underWay(flight).length === 0) return;
    isNews = await look(flight);
    if (isNews) continue;
    await sleep(timing.pollMs, retry.signal);
    flight.waited += timing.pollMs;
    if (flight.waited < timing.repriceMs) continue;
    isNews = giveUpBehindGap(flight);
    if (!isNews) await offerAll(flight);
  }
}

// Offers as much as has room. What L1 refuses at once makes room for the next.
async function load<Carried extends Item>(flight: Flight<Carried>): Promise<void> {
  for (let again = true; again;) {
    const carried = new Set(underWay(flight).map(({ item }) => item));
    const waiting = flight.cargo.ready().filter((item) => !carried.has(item));
    const [first, ...more] = waiting.slice(0, Math.max(MOST_UNDER_WAY - carried.size, 0));
    again = first !== undefined && (await offerThese(flight, [first, ...more]));
  }
}

// Whether one of these was refused, so that others may be ready in its place.
async function offerThese<Carried extends Item>(
  flight: Flight<Carried>,
  items: readonly [Carried, ...Carried[]],
): Promise<boolean> {
  const { sender, cargo } = flight;
  const { client, wallet, retry } = sender;
  const gas = await Promise.all(items.map(({ call }) => gasOf(sender, call)));
  const [fees, balance, block] = await untilItWorks(items[0].call.what, retry, () =>
    Promise.all([
      Fees.ask(client),
      client.getBalance({ address: wallet.account.address }),
      client.getBlock(),
    ]),
  );
  let isAnyRefused = false;
  for (const [i, item] of items.entries()) {
    const needed = gas[i];
    if (typeof needed === "bigint") {
      const aloft = underWay(flight);
      if (aloft.length > 0 && sum(aloft, needed) > BLOCKS_UNDER_WAY * block.gasLimit) break;
      // What is left over when others have landed may be enough.
      const cost = needed * fees.maxFeePerGas + item.call.value;
      if (aloft.length > 0 && cost > balance - sumOfCosts(aloft)) continue;
    }
    const refusal = typeof needed === "bigint" ? await launch(flight, item, needed, fees) : needed;
    if (refusal === undefined) continue;
    // Of what an account has waiting mempools may hold only so much: there may be room when others have landed.
    if (typeof needed === "bigint" && underWay(flight).length > 0) continue;
    isAnyRefused = true;
    cargo.settle(item, { refusal });
  }
  return isAnyRefused;
}

// The gas limit, or why L1 would not take the call.
async function gasOf({ client, wallet, retry }: Sender, call: Call): Promise<bigint | BaseError> {
  if (call.gas !== undefined) return withMargin(call.gas);
  const { what, to, value } = call;
  const { address: account } = wallet.account;
  const { data, more } = call.shorter ?? { data: call.data, more: 0n };
  try {
    const estimate = () => client.estimateGas({ account, to, data, value });
    return withMargin((await untilItWorks(what, retry, estimate)) + more);
  } catch (error) {
    if (!(error instanceof BaseError)) throw error;
    return error;
  }
}

// Takes the next nonce, unless L1 refuses the transaction: then that nonce stays free.
async function launch<Carried extends Item>(
  { sender, offers, used }: Flight<Carried>,
  item: Carried,
  gas: bigint,
  fees: Fees.Fees,
): Promise<BaseError | undefined> {
  const { client, wallet, retry } = sender;
  const { call } = item;
  const nonce = Math.max((offers.at(-1)?.nonce ?? -1) + 1, used);
  const signed = await SignedCall.sign(wallet, call, { nonce, gas, ...fees });
  try {
    await untilItWorks(call.what, retry, () => broadcast(client, signed));
  } catch (error) {
    if (!(error instanceof BaseError)) throw error;
    return error;
  }
  const [hashes, emptyHashes] = [new Set([signed.hash]), new Set<Hash>()];
  const terms = { call, gas, fees };
  offers.push({ item, nonce, terms, signed, hashes, emptyHashes, missed: 0, isSettled: false });
  return undefined;
}

// Whether anything was settled.
async function look<Carried extends Item>(flight: Flight<Carried>): Promise<boolean> {
  const { sender, cargo, offers } = flight;
  const [lowest] = underWay(flight);
  assert(lowest !== undefined, "who looks waits for something");
  const used = await countNonces(sender, lowest.item.call.what);
  if (used > flight.reached) flight.waited = 0;
  flight.used = used;
  flight.reached = Math.max(used, flight.reached);
  const landed = offers.filter(({ nonce, isSettled }) => nonce < used && !isSettled);
  let isAnySettled = false;
  for (const offer of landed) {
    const receipt = await receiptOf(sender, offer);
    // The node that counts nonces may be ahead of the one that is asked for receipts.
    if (receipt === undefined && offer.missed < sender.timing.repriceMs) {
      offer.missed += sender.timing.pollMs;
      continue;
    }
    offer.isSettled = true;
    isAnySettled = true;
    // What was made empty goes out again as soon as there is room.
    if (receipt !== undefined && offer.emptyHashes.has(receipt.transactionHash)) continue;
    cargo.settle(offer.item, outcomeOf(offer, receipt));
  }
  return isAnySettled;
}

function outcomeOf({ item, nonce }: Offer<Item>, receipt: TransactionReceipt | undefined): Outcome {
  const { what } = item.call;
  if (receipt === undefined) return { refusal: new NonceTakenError(what, nonce) };
  if (receipt.status === "reverted") return { refusal: new RevertedError(what, receipt) };
  return { receipt };
}

// Where L1 has lost what was sent before this flight, nothing in it can land. The next one begins where L1 is.
function giveUpBehindGap<Carried extends Item>({ cargo, offers, used }: Flight<Carried>): boolean {
  const [first] = offers;
  if (first === undefined || first.nonce <= used) return false;
  for (const { item, nonce, isSettled } of offers.splice(0)) {
    if (isSettled) continue;
    cargo.settle(item, { refusal: new NonceGapError(item.call.what, used, nonce) });
  }
  return true;
}

// Offers everything that is under way once more, at a higher price, the lowest nonce first: L1 may have forgotten one, or want
// more, and then those above it wait for that alone. Where the money is not enough for that, the last ones give theirs up.
async function offerAll<Carried extends Item>(flight: Flight<Carried>): Promise<void> {
  const { sender } = flight;
  const { client, retry } = sender;
  const market = await untilItWorks("ask what gas costs", retry, () => Fees.ask(client));
  flight.waited = 0;
  // Of what is spent only a receipt is missing.
  const [lowest, ...others] = underWay(flight).filter(({ nonce }) => nonce >= flight.used);
  if (lowest === undefined) return;
  let refused = await raise(sender, lowest, lowest.terms, market);
  const full = others.filter(({ item, terms }) => terms.call === item.call);
  for (const other of full.toReversed()) {
    if (refused === undefined || !IS_SHORT_OF_MONEY.test(refused)) break;
    await raise(sender, other, emptyTerms(sender, other), market);
    refused = await raise(sender, lowest, lowest.terms, market);
  }
  for (const other of others) await raise(sender, other, other.terms, market);
}

// Uses a nonce up without binding money, whether it succeeds or not.
function emptyTerms({ wallet }: Sender, { item, terms }: Offer<Item>): Terms {
  const TRANSFER_GAS = 21_000n;
  const what = `nothing in place of ${item.call.what}`;
  const call: Call = { what, to: wallet.account.address, data: "0x", value: 0n };
  return { ...terms, call, gas: TRANSFER_GAS };
}

// Gives what L1 says against it, if it does.
async function raise(
  sender: Sender,
  offer: Offer<Item>,
  { call, gas, fees: last }: Terms,
  market: Fees.Fees,
): Promise<string | undefined> {
  const { client, wallet, retry } = sender;
  const { item, nonce } = offer;
  const work = <T>(attempt: () => Promise<T>) => untilItWorks(call.what, retry, attempt);
  const fees = Fees.reprice(last, market);
  const signed = await SignedCall.sign(wallet, call, { nonce, gas, ...fees });
  const refused = await work(() => offerAgain(client, signed));
  if (refused === undefined) {
    retry.say(`${call.what}: still waiting; the same nonce goes out again at ${Fees.format(fees)}`);
    [offer.terms, offer.signed] = [{ call, gas, fees }, signed];
    offer.hashes.add(signed.hash);
    if (call !== item.call) offer.emptyHashes.add(signed.hash);
    return undefined;
  }
  retry.say(`${call.what}: L1 refuses to take it at ${Fees.format(fees)} (${refused})`);
  // What it took before still stands, or does again if L1 had forgotten it.
  await work(() => offerAgain(client, offer.signed));
  return refused;
}

/** Why L1 does not take a transaction in the place of one that it took; undefined if it does. */
async function offerAgain(
  client: L1Client,
  signed: SignedCall.SignedCall,
): Promise<string | undefined> {
  try {
    await broadcast(client, signed);
    return undefined;
  } catch (error) {
    if (!(error instanceof BaseError) || isTemporary(error)) throw error;
    return error.details === "" ? error.shortMessage : error.details;
  }
}

/** Offers the transaction; that the nonce is spent or the node knows it already is found out by waiting. */
async function broadcast(client: L1Client, { serialized }: SignedCall.SignedCall): Promise<void> {
  try {
    await client.sendRawTransaction({ serializedTransaction: serialized });
  } catch (error) {
    if (!(error instanceof BaseError) || !IS_SETTLED_BY_WAITING.test(error.message))
      throw asRefusal(error);
  }
}

// Errors of the node's own are waited out, this one not.
function asRefusal(error: unknown): unknown {
  if (!(error instanceof BaseError) || !IS_REFUSED.test(error.details)) return error;
  const own = error.walk((inner) => inner instanceof InternalRpcError);
  return own === null ? error : new RefusedError(error.details);
}

// Whichever price was included; undefined if none was.
async function receiptOf(
  { client, retry }: Sender,
  { item, hashes }: Offer<Item>,
): Promise<TransactionReceipt | undefined> {
  for (const hash of hashes) {
    const receipt = await untilItWorks(item.call.what, retry, () => findReceipt(client, hash));
    if (receipt !== undefined) return receipt;
  }
  return undefined;
}

async function findReceipt(client: L1Client, hash: Hash): Promise<TransactionReceipt | undefined> {
  const receipt = await client.request({ method: "eth_getTransactionReceipt", params: [hash] });
  return receipt === null ? undefined : client.getTransactionReceipt({ hash });
}

function countNonces({ client, wallet, retry }: Sender, what: string): Promise<number> {
  const { address } = wallet.account;
  return untilItWorks(what, retry, () =>
    client.getTransactionCount({ address, blockTag: "latest" }),
  );
}

// What L1 has not, or no longer.
function underWay<Carried extends Item>({ offers, used }: Flight<Carried>): Offer<Carried>[] {
  return offers.filter(({ nonce, isSettled }) => nonce >= used || !isSettled);
}

function sum(offers: readonly Offer<Item>[], more: bigint): bigint {
  return offers.reduce((total, { terms }) => total + terms.gas, more);
}

function sumOfCosts(offers: readonly Offer<Item>[]): bigint {
  return offers.reduce(
    (total, { terms: { call, gas, fees } }) => total + gas * fees.maxFeePerGas + call.value,
    0n,
  );
}

/** Room for what other transactions may change between estimate and inclusion, below EIP-7825's cap. */
function withMargin(gas: bigint): bigint {
  const TRANSACTION_GAS_CAP = 16_777_216n; // EIP-7825
  const generous = (gas * 5n) / 4n + 20_000n;
  return generous < TRANSACTION_GAS_CAP ? generous : TRANSACTION_GAS_CAP;
}

/** L1 does not take a transaction, whatever is offered. */
export class RefusedError extends BaseError {
  override readonly name = "Flight.RefusedError";
  constructor(details: string) {
    super("L1 refuses the transaction", { details });
  }
}

export class RevertedError extends Error {
  override readonly name = "Flight.RevertedError";
  readonly what: string;
  readonly receipt: TransactionReceipt;
  constructor(what: string, receipt: TransactionReceipt) {
    super(`${what}: transaction ${receipt.transactionHash} reverted`);
    this.what = what;
    this.receipt = receipt;
  }
}

/** Another transaction of the same key took the nonce: two programs share the key. */
export class NonceTakenError extends Error {
  override readonly name = "Flight.NonceTakenError";
  readonly what: string;
  readonly nonce: number;
  constructor(what: string, nonce: number) {
    super(`${what}: nonce ${nonce} was taken by a transaction that this program did not send`);
    this.what = what;
    this.nonce = nonce;
  }
}

/** L1 has taken back, and does not bring again, transactions of this key that were sent before. */
export class NonceGapError extends Error {
  override readonly name = "Flight.NonceGapError";
  readonly what: string;
  readonly missing: number;
  readonly nonce: number;
  constructor(what: string, missing: number, nonce: number) {
    super(`${what}: nonce ${nonce} waits for nonce ${missing}, which L1 has lost`);
    this.what = what;
    this.missing = missing;
    this.nonce = nonce;
  }
}
