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
import { RefusedError, type Pooled } from "./mempool.ts";

/** A transaction in the pool: its bytes, and what the pool orders it by. */
export type Candidate = Pooled & {
  readonly waiting: Waiting;
  readonly gasLimit: bigint;
};

/** The candidate that the bytes are; throws InvalidError with the text wallets know. */
export function decode(encoded: Uint8Array, context: Context.Context): Candidate {
  if (encoded.length > MAX_TRANSACTION_BYTES) {
    throw new InvalidError(
      `oversized data: transaction size ${encoded.length}, limit ${MAX_TRANSACTION_BYTES}`,
    );
  }
  const decoded = EntryTransaction.fromBytes(encoded, context);
  if (decoded.type === "refused") throw new InvalidError(REASONS[decoded.reason]);
  const { transaction } = decoded;
  checkAlone(transaction, context);

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
  const posting = BigInt(candidate.bytes) * L1_GAS_PER_BYTE * l1BaseFee;
  const offered = candidate.maxPriorityFeePerGas * candidate.gasLimit;
  if (offered >= posting) return;
  const needed = (posting + candidate.gasLimit - 1n) / candidate.gasLimit;
  throw new UnderpricedError(needed, candidate.maxPriorityFeePerGas);
}

/** The tip that covers the bytes of any plain transaction, with room for a dearer next L1 block. */
export function suggestedTip(l1BaseFee: bigint): bigint {
  // A transfer is at most 120 bytes for its 21,000 gas; other calls have more gas for each byte.
  const forTransfer = (120n * L1_GAS_PER_BYTE * l1BaseFee) / 21_000n;
  return 2n * forTransfer + 1n;
}

const L1_GAS_PER_BYTE = 40n; // EIP-7623

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

function checkAlone(transaction: TransactionContext.Transaction, context: Context.Context): void {
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
