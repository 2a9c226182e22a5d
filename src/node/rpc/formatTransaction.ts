// Transactions as JSON-RPC objects, of every type that a block of the L2 can hold.

import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import * as Rlp from "../../primitives/rlp.ts";
import * as Deposit from "../../protocol/deposit.ts";
import * as Transaction from "../../protocol/transaction.ts";
import type { TransactionRecord } from "../record.ts";
import type { Place } from "./format.ts";

const FIRST_LIST_PREFIX = 0xc0;
const PROTECTED_V = 35n; // EIP-155
const UNPROTECTED_V = 27n;

const hex = Hex.fromBytes;
const quantity = Hex.fromBigInt;
const word = (value: bigint) => hex(Bytes.fromBigInt(value, 32));
const address = (value: bigint) => hex(Bytes.fromBigInt(value, 20));

/** The type byte of an encoded transaction. */
export function typeOf(encoded: Uint8Array): number {
  const [first = 0] = encoded;
  return first >= FIRST_LIST_PREFIX ? Transaction.LEGACY : first;
}

/** What a receipt repeats of its transaction. */
export function summary(encoded: Uint8Array): {
  readonly to: Hex.Hex | null;
  readonly type: number;
} {
  const type = typeOf(encoded);
  if (type === Deposit.TRANSACTION_TYPE) return { to: depositFields(encoded).to, type };
  const { to } = Transaction.parse(encoded, type);
  return { to: to === null ? null : address(to), type };
}

/** A transaction in a block. */
export function mined({ block, position }: Place, { hash, encoded, receipt }: TransactionRecord) {
  return {
    ...fields(encoded, receipt.depositNonce),
    hash: hex(hash),
    from: hex(receipt.from),
    gasPrice: quantity(receipt.effectiveGasPrice),
    blockHash: hex(block.hash),
    blockNumber: quantity(block.header.number),
    blockTimestamp: quantity(block.header.timestamp),
    transactionIndex: quantity(BigInt(position)),
  };
}

/** A transaction that no block holds yet. */
export function waiting(encoded: Uint8Array, from: Uint8Array) {
  const transaction = Transaction.parse(encoded, typeOf(encoded));
  return {
    ...signedFields(transaction),
    hash: hex(transaction.hash),
    from: hex(from),
    gasPrice: quantity(transaction.maxFeePerGas),
    blockHash: null,
    blockNumber: null,
    transactionIndex: null,
  };
}

function fields(encoded: Uint8Array, depositNonce: bigint | undefined) {
  const type = typeOf(encoded);
  if (type !== Deposit.TRANSACTION_TYPE) return signedFields(Transaction.parse(encoded, type));
  const nonce = quantity(depositNonce ?? 0n);
  return { ...depositFields(encoded), nonce, depositReceiptVersion: "0x1" };
}

function signedFields(transaction: Transaction.Transaction) {
  const { type, signature } = transaction;
  return {
    type: quantity(BigInt(type)),
    nonce: quantity(transaction.nonce),
    to: transaction.to === null ? null : address(transaction.to),
    gas: quantity(transaction.gasLimit),
    value: quantity(transaction.value),
    input: hex(transaction.data),
    r: quantity(signature.r),
    s: quantity(signature.s),
    v: quantity(vOf(transaction)),
    ...(transaction.chainId === null ? {} : { chainId: quantity(transaction.chainId) }),
    ...(type === Transaction.LEGACY ? {} : typedFields(transaction)),
  };
}

function typedFields(transaction: Transaction.Transaction) {
  const { type, signature, accessList, authorizations } = transaction;
  return {
    yParity: quantity(BigInt(signature.yParity)),
    accessList: accessList.map((access) => ({
      address: address(access.address),
      storageKeys: access.slots.map(word),
    })),
    ...(type === Transaction.ACCESS_LIST
      ? {}
      : {
          maxFeePerGas: quantity(transaction.maxFeePerGas),
          maxPriorityFeePerGas: quantity(transaction.maxPriorityFeePerGas),
        }),
    ...(type === Transaction.SET_CODE
      ? {
          authorizationList: authorizations.map((one) => ({
            chainId: quantity(one.chainId),
            address: address(one.address),
            nonce: quantity(one.nonce),
            yParity: quantity(one.yParity),
            r: quantity(one.r),
            s: quantity(one.s),
          })),
        }
      : {}),
  };
}

function vOf({ type, chainId, signature }: Transaction.Transaction): bigint {
  const parity = BigInt(signature.yParity);
  if (type !== Transaction.LEGACY) return parity;
  return chainId === null ? UNPROTECTED_V + parity : PROTECTED_V + 2n * chainId + parity;
}

function depositFields(encoded: Uint8Array) {
  const items = Rlp.decodeList(encoded.subarray(1));
  const bytesOf = (index: number) => Rlp.toBytes(items[index]);
  const integer = (index: number) => quantity(Rlp.toBigInt(bytesOf(index)));
  const to = bytesOf(2);
  return {
    type: quantity(BigInt(Deposit.TRANSACTION_TYPE)),
    sourceHash: hex(bytesOf(0)),
    to: to.length === 0 ? null : hex(to),
    mint: integer(3),
    value: integer(4),
    gas: integer(5),
    isSystemTx: false,
    input: hex(bytesOf(7)),
    r: "0x0" as const,
    s: "0x0" as const,
    v: "0x0" as const,
    yParity: "0x0" as const,
  };
}
