// The bytes of a transaction that nobody signed: what a simulated call is hashed and shown as. The signature is r = s = 0.

import * as Bytes from "../../primitives/bytes.ts";
import * as Rlp from "../../primitives/rlp.ts";
import * as Transaction from "../../protocol/transaction.ts";
import type { CallRequest } from "./params.ts";

/** What a simulation decides where the request leaves it open. */
export type Decided = {
  readonly chainId: bigint;
  readonly nonce: bigint;
  readonly gas: bigint;
};

const NO_SIGNATURE = [Bytes.EMPTY, Bytes.EMPTY, Bytes.EMPTY];
const PROTECTED_V = 35n; // EIP-155

/** The type that a request asks for by the fields that it has; one that says nothing is of type 2. */
export function typeOf({ gasPrice, accessList, authorizations }: CallRequest): number {
  if (authorizations.length > 0) return Transaction.SET_CODE;
  if (gasPrice === undefined) return Transaction.DYNAMIC_FEE;
  return accessList.length > 0 ? Transaction.ACCESS_LIST : Transaction.LEGACY;
}

/** The request as a transaction (EIP-2718). */
export function encode(request: CallRequest, { chainId, nonce, gas }: Decided): Uint8Array {
  const type = typeOf(request);
  const { maxPriorityFeePerGas = 0n, maxFeePerGas = 0n, gasPrice } = request;
  const isLegacy = type === Transaction.LEGACY;
  const hasOneFee = isLegacy || type === Transaction.ACCESS_LIST;
  const fees = hasOneFee
    ? [gasPrice ?? 0n]
    : [gasPrice ?? maxPriorityFeePerGas, gasPrice ?? maxFeePerGas];
  const integer = Rlp.fromBigInt;
  const message: Rlp.Item[] = [
    integer(nonce),
    ...fees.map(integer),
    integer(gas),
    request.to ?? Bytes.EMPTY,
    integer(request.value),
    request.data,
  ];
  if (isLegacy) {
    return Rlp.encode([...message, integer(PROTECTED_V + 2n * chainId), ...NO_SIGNATURE.slice(1)]);
  }
  const accessList = request.accessList.map(({ address, slots }) => [address, [...slots]]);
  const authorizations = request.authorizations.map((one) => [
    integer(one.chainId),
    Bytes.fromBigInt(one.address, 20),
    ...[one.nonce, one.yParity, one.r, one.s].map(integer),
  ]);
  const lists = type === Transaction.SET_CODE ? [accessList, authorizations] : [accessList];
  const fields = Rlp.encode([integer(chainId), ...message, ...lists, ...NO_SIGNATURE]);
  return Bytes.concat(new Uint8Array([type]), fields);
}
