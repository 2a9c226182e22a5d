// Finding a transaction by its sender and nonce: the block in which the nonce was passed is found by halving, in the states.

import * as Bytes from "../../primitives/bytes.ts";
import * as Transaction from "../../protocol/transaction.ts";
import type { Backend } from "../backend.ts";
import type { TransactionRecord } from "../record.ts";
import * as Blocks from "./blocks.ts";
import type { Place } from "./format.ts";
import * as FormatTransaction from "./formatTransaction.ts";
import { transactionsOf } from "./methods/blockMethods.ts";

/** A transaction in a block, or undefined; nonces that no transaction took (of authorizations, or of contracts) have none. */
export function find(
  backend: Backend,
  sender: bigint,
  nonce: bigint,
): { readonly place: Place; readonly record: TransactionRecord } | undefined {
  const { chain } = backend;
  const isPassedAt = (number: bigint) =>
    Blocks.account(Blocks.stateOf(backend, { number }), sender).nonce > nonce;
  let passed = chain.head.header.number;
  if (!isPassedAt(passed)) return undefined;
  let notPassed = 0n;
  while (passed - notPassed > 1n) {
    const middle = (passed + notPassed) / 2n;
    if (isPassedAt(middle)) passed = middle;
    else notPassed = middle;
  }
  const block = Blocks.require(backend, { number: passed });
  const records = transactionsOf(chain, block);
  const position = records.findIndex(
    (record) => Bytes.toBigInt(record.receipt.from) === sender && nonceOf(record) === nonce,
  );
  const record = records[position];
  return record === undefined ? undefined : { place: { block, position }, record };
}

function nonceOf({ encoded, receipt }: TransactionRecord): bigint {
  const { depositNonce } = receipt;
  if (depositNonce !== undefined) return depositNonce;
  return Transaction.parse(encoded, FormatTransaction.typeOf(encoded)).nonce;
}
