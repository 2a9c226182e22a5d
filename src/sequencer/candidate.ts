// A transaction handed in by a user: decoded once, checked as far as its bytes and its sender's account allow.

import * as Code from "../machine/code.ts";
import type * as Account from "../machine/account.ts";
import type * as Context from "../machine/context.ts";
import * as EntryTransaction from "../machine/entryTransaction.ts";
import * as Gas from "../machine/gas.ts";
import * as IntrinsicGas from "../machine/intrinsicGas.ts";
import type * as TransactionContext from "../machine/transactionContext.ts";
import type { Waiting } from "../node/backend.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import { MAX_TRANSACTION_BYTES, TRANSACTION_GAS_CAP } from "../protocol/limits.ts";
import * as SignedTransaction from "../protocol/transaction.ts";
import { RefusedError, type Pooled } from "./mempool.ts";

/** A transaction in the pool: its bytes, and what the pool orders it by. */
export type Candidate = Pooled & {
  readonly waiting: Waiting;
  /** What it pays for at least, however little it does. */
  readonly leastGas: bigint;
};

/** A transaction whose signer is not looked for yet. */
export type Unsigned = SignedTransaction.Transaction & { readonly leastGas: bigint };

/** The candidate that the bytes are; throws InvalidError with the text wallets know. */
export function decode(encoded: Uint8Array, context: Context.Context): Candidate {
  const transaction = decodeUnsigned(encoded, context);
  return signedBy(encoded, transaction, SignedTransaction.senderOf(transaction));
}

/** `decode` up to the question who signed; throws InvalidError. */
export function decodeUnsigned(encoded: Uint8Array, context: Context.Context): Unsigned {
  if (encoded.length > MAX_TRANSACTION_BYTES) {
    throw new InvalidError(
      `oversized data: transaction size ${encoded.length}, limit ${MAX_TRANSACTION_BYTES}`,
    );
  }
  const decoded = SignedTransaction.decodeUnsigned(encoded, EntryTransaction.rulesOf(context));
  if (decoded.type === "refused") throw new InvalidError(REASONS[decoded.reason]);
  return { ...decoded.transaction, leastGas: checkAlone(decoded.transaction, context) };
}

/** The candidate that a decoded transaction is once it is known who signed it; throws InvalidError if nobody did. */
export function signedBy(
  encoded: Uint8Array,
  unsigned: Unsigned,
  signer: bigint | undefined,
): Candidate {
  const decoded = SignedTransaction.signedBy(unsigned, signer);
  if (decoded.type === "refused") throw new InvalidError(REASONS[decoded.reason]);
  const { transaction } = decoded;
  const { hash, sender, nonce, gasLimit, maxFeePerGas, maxPriorityFeePerGas, value } = transaction;
  return {
    hash: Hex.fromBytes(hash),
    sender: Hex.fromBytes(Bytes.fromBigInt(sender, 20)),
    nonce,
    maxFeePerGas,
    maxPriorityFeePerGas,
    cost: gasLimit * maxFeePerGas + value,
    leastTip: 0n,
    bytes: encoded.length,
    ...{ gasLimit, leastGas: unsigned.leastGas },
    waiting: { hash, encoded, sender, nonce },
  };
}

/** Throws InvalidError if the account may not send (EIP-3607, EIP-7702). */
export function checkSender({ code }: Account.Account): void {
  if (!Code.isEmpty(code) && Code.delegate(Code.bytes(code)) === undefined) {
    throw new InvalidError("sender not an eoa");
  }
}

/**
 * The tip, in wei a unit of gas, that pays for the transaction's bytes on L1, as consensus charges no L1 fee; throws
 * UnderpricedError if less is offered. Gas that the transaction may leave unused pays nothing and does not count.
 */
export function requireTip(candidate: Candidate, l1BaseFee: bigint): bigint {
  const { maxPriorityFeePerGas: offered, leastGas } = candidate;
  const posting = postingGas(candidate.waiting.encoded) * l1BaseFee;
  const needed = (posting + leastGas - 1n) / leastGas;
  if (offered < needed) throw new UnderpricedError(needed, offered);
  return needed;
}

/**
 * The tip that covers a transaction's bytes, with room for the next L1 block's base fee. From Prague on a byte of data raises
 * the least gas by what it costs to post, an authorization by more, and the rest takes less than its 21,000: L1's base
 * fee for each gas is enough. Only a long access list beside data that pays the floor needs up to six tenths more.
 */
export function suggestedTip(l1BaseFee: bigint): bigint {
  return l1BaseFee + l1BaseFee / MOST_RISE_OF_BASE_FEE + 1n;
}

/** The gas that these bytes take on L1 as a batch's calldata (EIP-7623). */
function postingGas(encoded: Uint8Array): bigint {
  let nonzeroes = 0;
  for (const byte of encoded) if (byte !== 0) nonzeroes++;
  const tokens = encoded.length + (Gas.FLOOR_TOKENS_PER_NONZERO - 1) * nonzeroes;
  return BigInt(Gas.FLOOR_TOKEN * tokens);
}

/** A base fee rises by an eighth at most from one block to the next (EIP-1559). */
const MOST_RISE_OF_BASE_FEE = 8n;

const REASONS = {
  NotCanonical: "invalid transaction encoding",
  // The first half is what viem knows the refusal by, the second is geth's text.
  UnknownType: "transaction type not valid: transaction type not supported",
  WrongChainId: "invalid chain id for signer",
  InvalidSignature: "invalid sender",
  MissingRecipient: "transaction type needs a recipient",
  MissingBlobs: "blob transaction without blobs",
  WrongBlobVersion: "blob hash of an unknown version",
  MissingAuthorizations: "set code transaction without authorizations",
} as const;

/** Throws unless the transaction may be in some block; gives the least gas that it pays for. */
function checkAlone(unsigned: SignedTransaction.Transaction, context: Context.Context): bigint {
  // Nothing here depends on the sender.
  const transaction = EntryTransaction.fromSigned({ ...unsigned, sender: 0n });
  const { gasLimit, maxFeePerGas, maxPriorityFeePerGas, isCreation, data } = transaction;
  if (maxPriorityFeePerGas > maxFeePerGas) {
    const fees = `maxPriorityFeePerGas: ${maxPriorityFeePerGas}, maxFeePerGas: ${maxFeePerGas}`;
    throw new InvalidError(`max priority fee per gas higher than max fee per gas: ${fees}`);
  }
  if (gasLimit > TRANSACTION_GAS_CAP) {
    const gas = `cap: ${TRANSACTION_GAS_CAP}, tx: ${gasLimit}`;
    throw new InvalidError(`transaction gas limit too high (${gas})`);
  }
  const least = IntrinsicGas.least(transaction, context);
  if (gasLimit < least) {
    throw new InvalidError(`intrinsic gas too low: gas ${gasLimit}, minimum needed ${least}`);
  }
  if (isCreation && data.size > Gas.MAX_INIT_CODE_SIZE) {
    const sizes = `code size ${data.size} limit ${Gas.MAX_INIT_CODE_SIZE}`;
    throw new InvalidError(`max initcode size exceeded: ${sizes}`);
  }
  return leastPaid(transaction, context);
}

/** Refunds give back a fifth of the gas used at most, and nothing of the floor (EIP-3529, EIP-7623). */
function leastPaid(transaction: TransactionContext.Transaction, context: Context.Context): bigint {
  const advance = IntrinsicGas.intrinsic(transaction);
  const kept = advance - advance / Gas.REFUND_QUOTIENT;
  if (!context.isPrague) return kept;
  const floor = IntrinsicGas.floor(transaction);
  return kept > floor ? kept : floor;
}

export class InvalidError extends RefusedError {
  override readonly name = "Candidate.InvalidError";
}

export class UnderpricedError extends RefusedError {
  override readonly name = "Candidate.UnderpricedError";
  readonly needed: bigint;
  readonly offered: bigint;
  constructor(needed: bigint, offered: bigint) {
    super(
      `transaction underpriced: tip needed ${needed}, tip permitted ${offered} (see eth_maxPriorityFeePerGas)`,
    );
    this.needed = needed;
    this.offered = offered;
  }
}
