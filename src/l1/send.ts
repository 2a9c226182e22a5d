// Sends L1 transactions from one key: one at a time, nonce by nonce, repriced while they are stuck.

import {
  BaseError,
  formatGwei,
  type Address,
  type Chain,
  type Hash,
  type Hex,
  type LocalAccount,
  type PublicClient,
  type TransactionReceipt,
  type Transport,
  type WalletClient,
} from "viem";
import { isTemporary, sleep, untilItWorks, type Retry } from "./retry.ts";
import * as SignedCall from "./signedCall.ts";

export type L1Client = PublicClient<Transport, Chain>;
export type L1Wallet = WalletClient<Transport, Chain, LocalAccount>;

export type Call = {
  readonly what: string;
  readonly to: Address;
  readonly data: Hex;
  readonly value: bigint;
  /** What it takes at most, where an estimate would not tell; see adjudicatorCalls.ts. */
  readonly gas?: bigint;
};

export type Sender = {
  readonly client: L1Client;
  readonly wallet: L1Wallet;
  readonly retry: Retry;
  readonly timing: Timing;
  /** The end of the queue: the next transaction starts when this one is settled. */
  last: Promise<unknown>;
};

export type Timing = {
  readonly pollMs: number;
  /** After this long without inclusion the same nonce is sent again at a higher price. */
  readonly repriceMs: number;
};

/** Nodes refuse a replacement that raises the fees by less than a tenth; an eighth passes everywhere. */
const BUMP_NUMERATOR = 9n;
const BUMP_DENOMINATOR = 8n;
/** What is not taken at ten times the price that L1 asks is not held up by its price. */
const MOST_OVER_MARKET = 10n;

/** What geth, Nethermind, Besu, Anvil and Hardhat say of a nonce that is spent, or for which they hold a transaction. */
const IS_SETTLED_BY_WAITING =
  /nonce (is )?too low|oldnonce|already ?known|already imported|known transaction|replacement .*underpriced/i;

export function create(client: L1Client, wallet: L1Wallet, retry: Retry, timing: Timing): Sender {
  return { client, wallet, retry, timing, last: Promise.resolve() };
}

/** Sends a call and waits for its receipt; throws what the estimate revealed, or RevertedError. */
export function send(sender: Sender, call: Call): Promise<TransactionReceipt> {
  const settled = sender.last.then(() => sendNow(sender, call));
  sender.last = settled.catch(() => undefined);
  return settled;
}

/** What a unit of gas costs at most in a transaction that is sent now, in wei. */
export async function gasPrice({ client, retry }: Sender): Promise<bigint> {
  const fees = await untilItWorks("ask what gas costs", retry, () => askFees(client));
  return fees.maxFeePerGas;
}

async function sendNow(sender: Sender, call: Call): Promise<TransactionReceipt> {
  const { client, wallet, retry } = sender;
  const { address } = wallet.account;
  const work = <T>(attempt: () => Promise<T>) => untilItWorks(call.what, retry, attempt);

  const nonce = await work(() => client.getTransactionCount({ address, blockTag: "latest" }));
  const { to, data, value } = call;
  const estimate = () => client.estimateGas({ account: address, to, data, value });
  const gas = call.gas ?? (await work(estimate));
  const sign = (fees: Fees) =>
    SignedCall.sign(wallet, call, { nonce, gas: withMargin(gas), ...fees });

  let fees = await work(() => askFees(client));
  const hashes = new Set<Hash>();
  let offered = await sign(fees);
  await work(() => broadcast(client, offered.serialized));
  for (;;) {
    hashes.add(offered.hash);
    const receipt = await waitFor(sender, call, hashes, nonce);
    if (receipt !== undefined) return requireSuccess(call, receipt);

    const price = reprice(fees, await work(() => askFees(client)));
    const again = await sign(price);
    const refused = await work(() => offerAgain(client, again.serialized));
    if (refused === undefined) {
      retry.say(`${call.what}: still waiting; the same nonce goes out again at ${priceOf(price)}`);
      [fees, offered] = [price, again];
    } else {
      retry.say(`${call.what}: L1 refuses to take it at ${priceOf(price)} (${refused})`);
      // What it took before still stands, or does again if L1 had forgotten it.
      await work(() => offerAgain(client, offered.serialized));
    }
  }
}

type Fees = { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint };

async function askFees(client: L1Client): Promise<Fees> {
  const { maxFeePerGas, maxPriorityFeePerGas } = await client.estimateFeesPerGas();
  return { maxFeePerGas, maxPriorityFeePerGas };
}

/** Enough above the last price to replace it, and no less than L1 asks now; the last one where that is too much. */
function reprice(last: Fees, market: Fees): Fees {
  const maxFeePerGas = max(bump(last.maxFeePerGas), market.maxFeePerGas);
  if (maxFeePerGas > MOST_OVER_MARKET * market.maxFeePerGas) return last;
  const tip = max(bump(last.maxPriorityFeePerGas), market.maxPriorityFeePerGas);
  return { maxFeePerGas, maxPriorityFeePerGas: tip };
}

/** Why L1 does not take a transaction in the place of one that it took; undefined if it does. */
async function offerAgain(client: L1Client, transaction: Hex): Promise<string | undefined> {
  try {
    await broadcast(client, transaction);
    return undefined;
  } catch (error) {
    if (!(error instanceof BaseError) || isTemporary(error)) throw error;
    return error.details === "" ? error.shortMessage : error.details;
  }
}

function requireSuccess({ what }: Call, receipt: TransactionReceipt): TransactionReceipt {
  if (receipt.status === "reverted") throw new RevertedError(what, receipt);
  return receipt;
}

/** Offers the transaction; that the nonce is spent or the node knows it already is found out by waiting. */
async function broadcast(client: L1Client, serializedTransaction: Hex): Promise<void> {
  try {
    await client.sendRawTransaction({ serializedTransaction });
  } catch (error) {
    if (!isSettledByWaiting(error)) throw error;
  }
}

function isSettledByWaiting(error: unknown): boolean {
  return error instanceof BaseError && IS_SETTLED_BY_WAITING.test(error.message);
}

/** The receipt of whichever price was included; undefined once it is time to reprice. */
async function waitFor(
  { client, wallet, retry, timing }: Sender,
  call: Call,
  hashes: ReadonlySet<Hash>,
  nonce: number,
): Promise<TransactionReceipt | undefined> {
  const { address } = wallet.account;
  for (let waited = 0; waited < timing.repriceMs; waited += timing.pollMs) {
    for (const hash of hashes) {
      const receipt = await untilItWorks(call.what, retry, () => findReceipt(client, hash));
      if (receipt !== undefined) return receipt;
    }
    const used = await untilItWorks(call.what, retry, () =>
      client.getTransactionCount({ address, blockTag: "latest" }),
    );
    if (used > nonce) {
      // Between the two questions one of ours may have been included; a foreign one is final.
      for (const hash of hashes) {
        const receipt = await untilItWorks(call.what, retry, () => findReceipt(client, hash));
        if (receipt !== undefined) return receipt;
      }
      throw new NonceTakenError(call.what, nonce);
    }
    await sleep(timing.pollMs, retry.signal);
  }
  return undefined;
}

async function findReceipt(client: L1Client, hash: Hash): Promise<TransactionReceipt | undefined> {
  const receipt = await client.request({ method: "eth_getTransactionReceipt", params: [hash] });
  return receipt === null ? undefined : client.getTransactionReceipt({ hash });
}

/** Room for what other transactions may change between estimate and inclusion, below EIP-7825's cap. */
function withMargin(gas: bigint): bigint {
  const TRANSACTION_GAS_CAP = 16_777_216n; // EIP-7825
  const generous = (gas * 5n) / 4n + 20_000n;
  return generous < TRANSACTION_GAS_CAP ? generous : TRANSACTION_GAS_CAP;
}

function bump(fee: bigint): bigint {
  return (fee * BUMP_NUMERATOR) / BUMP_DENOMINATOR + 1n;
}

function max(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}

function priceOf({ maxFeePerGas }: Fees): string {
  return `${formatGwei(maxFeePerGas)} gwei`;
}

export class RevertedError extends Error {
  override readonly name = "Send.RevertedError";
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
  override readonly name = "Send.NonceTakenError";
  readonly what: string;
  readonly nonce: number;
  constructor(what: string, nonce: number) {
    super(`${what}: nonce ${nonce} was taken by a transaction that this program did not send`);
    this.what = what;
    this.nonce = nonce;
  }
}
