// What an entry of a body and what a deposit is as a transaction of the machine.
// Twin: contracts/machine/EntryTransaction.sol.
import * as Bytes from "../primitives/bytes.ts";
import * as Deposit from "../protocol/deposit.ts";
import * as SignedTransaction from "../protocol/transaction.ts";
import type * as Context from "./context.ts";
import * as TransactionContext from "./transactionContext.ts";
import * as View from "./view.ts";

export type EntryTransaction =
  | { readonly type: "transaction"; readonly transaction: TransactionContext.Transaction }
  | { readonly type: "refused"; readonly reason: SignedTransaction.Refusal };

/** The transaction that the bytes are, unless they are none that this chain takes. */
export function fromBytes(encoded: Uint8Array, context: Context.Context): EntryTransaction {
  const decoded = SignedTransaction.decode(encoded, rulesOf(context));
  if (decoded.type === "refused") return decoded;
  return { type: "transaction", transaction: fromSigned(decoded.transaction) };
}

/** Which signed transactions a context knows. */
export function rulesOf(context: Context.Context): SignedTransaction.Rules {
  return { chainId: context.chainId, isKnownType: (type) => isKnown(type, context) };
}

/** A signed transaction as the machine takes it. */
export function fromSigned(signed: SignedTransaction.Signed): TransactionContext.Transaction {
  return {
    kind: signed.type,
    hash: signed.hash,
    sender: signed.sender,
    isCreation: signed.to === null,
    to: signed.to ?? 0n,
    nonce: signed.nonce,
    gasLimit: signed.gasLimit,
    maxFeePerGas: signed.maxFeePerGas,
    maxPriorityFeePerGas: signed.maxPriorityFeePerGas,
    gasPrice: 0n,
    value: signed.value,
    mint: 0n,
    data: View.ofBytes(signed.data),
    dataZeroes: countZeroes(signed.data),
    accessList: TransactionContext.accessItems(signed.accessList),
    accessAddresses: signed.accessList.length,
    accessSlots: signed.accessList.reduce((sum, { slots }) => sum + slots.length, 0),
    authorizations: TransactionContext.authorizationItems(signed.authorizations),
    authorizationCount: signed.authorizations.length,
    blobHashes: signed.blobHashes,
    maxFeePerBlobGas: signed.maxFeePerBlobGas,
  };
}

/** The transaction that a deposit is. */
export function fromDeposit(
  deposit: Deposit.Deposit,
  portal: Uint8Array,
): TransactionContext.Transaction {
  return {
    kind: TransactionContext.DEPOSIT,
    hash: Deposit.transactionHash(deposit, portal),
    sender: Bytes.toBigInt(deposit.from),
    isCreation: deposit.isCreation,
    to: deposit.isCreation ? 0n : Bytes.toBigInt(deposit.to),
    nonce: 0n,
    gasLimit: deposit.gasLimit,
    maxFeePerGas: 0n,
    maxPriorityFeePerGas: 0n,
    gasPrice: 0n,
    value: deposit.value,
    mint: deposit.mint,
    data: View.ofBytes(deposit.data),
    dataZeroes: countZeroes(deposit.data),
    accessList: null,
    accessAddresses: 0,
    accessSlots: 0,
    authorizations: null,
    authorizationCount: 0,
    blobHashes: [],
    maxFeePerBlobGas: 0n,
  };
}

function isKnown(type: number, context: Context.Context): boolean {
  if (type === SignedTransaction.BLOB) return !context.caps;
  if (type === SignedTransaction.SET_CODE) return context.isPrague;
  return type === SignedTransaction.ACCESS_LIST || type === SignedTransaction.DYNAMIC_FEE;
}

function countZeroes(data: Uint8Array): number {
  let zeroes = 0;
  for (const byte of data) if (byte === 0) zeroes++;
  return zeroes;
}
