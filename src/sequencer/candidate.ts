// A transaction handed in by a user: decoded once, checked as far as its bytes and its sender's account allow.

import * as Code from "../machine/code.ts";
import type * as Account from "../machine/account.ts";
import type * as Context from "../machine/context.ts";
import * as EntryTransaction from "../machine/entryTransaction.ts";
import * as Gas from "../machine/gas.ts";
import * as IntrinsicGas from "../machine/intrinsicGas.ts";
import type { Waiting } from "../node/backend.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import { MAX_TRANSACTION_BYTES, TRANSACTION_GAS_CAP } from "../protocol/limits.ts";
import * as SignedTransaction from "../protocol/transaction.ts";
import { RefusedError, type Pooled } from "./mempool.ts";

/** A transaction in the pool: its bytes, and what the pool orders it by. */
export type Candidate = Pooled & { readonly waiting: Waiting };

/** The candidate that the bytes are; throws InvalidError with the text wallets know. */
export function decode(encoded: Uint8Array, context: Context.Context): Candidate {
  const transaction = decodeUnsigned(encoded, context);
  return signedBy(encoded, transaction, SignedTransaction.senderOf(transaction));
}

/** `decode` up to the question who signed; throws InvalidError. */
export function decodeUnsigned(
  encoded: Uint8Array,
  context: Context.Context,
): SignedTransaction.Transaction {
  if (encoded.length > MAX_TRANSACTION_BYTES) {
    throw new InvalidError(
      `oversized data: transaction size ${encoded.length}, limit ${MAX_TRANSACTION_BYTES}`,
    );
  }
  const decoded = SignedTransaction.decodeUnsigned(encoded, EntryTransaction.rulesOf(context));
  if (decoded.type === "refused") throw new InvalidError(REASONS[decoded.reason]);
  checkAlone(decoded.transaction, context);
  return decoded.transaction;
}

/** The candidate that a decoded transaction is once it is known who signed it; throws InvalidError if nobody did. */
export function signedBy(
  encoded: Uint8Array,
  unsigned: SignedTransaction.Transaction,
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
    bytes: encoded.length,
    gasLimit,
    waiting: { hash, encoded, sender, nonce },
  };
}

/** Throws if the account may not send (EIP-3607, EIP-7702). */
export function checkSender({ code }: Account.Account): void {
  if (!Code.isEmpty(code) && Code.delegate(Code.bytes(code)) === undefined) {
    throw new InvalidError("sender not an eoa");
  }
}

/**
 * Throws unless the tip pays for the transaction's bytes on L1: posted bytes cost the calldata floor, and consensus
 * charges no L1 fee.
 */
export function checkTip(candidate: Candidate, l1BaseFee: bigint): void {
  const posting = postingGas(candidate.waiting.encoded) * l1BaseFee;
  const offered = candidate.maxPriorityFeePerGas * candidate.gasLimit;
  if (offered >= posting) return;
  const needed = (posting + candidate.gasLimit - 1n) / candidate.gasLimit;
  throw new UnderpricedError(needed, candidate.maxPriorityFeePerGas);
}

/**
 * The tip that covers a transaction's bytes, with room for the next L1 block's base fee. From Prague on a byte of data raises
 * the least gas limit by what it costs to post, an authorization by more, and the rest takes less than its 21,000: L1's
 * base fee for each gas is enough. Only a long access list beside data that pays the floor needs more, half as much again.
 */
export function suggestedTip(l1BaseFee: bigint): bigint {
  return l1BaseFee + l1BaseFee / MOST_RISE_OF_BASE_FEE + 1n;
}

/** The gas that these bytes take on L1 as a batch's calldata (EIP-7623). */
function postingGas(encoded: Uint8Array): bigint {
  const nonzeroes = encoded.reduce((count, byte) => (byte === 0 ? count : count + 1), 0);
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

function checkAlone(unsigned: SignedTransaction.Transaction, context: Context.Context): void {
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
