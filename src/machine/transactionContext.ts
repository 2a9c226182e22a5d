// The transaction that runs. Field order is consensus. Twin: contracts/machine/TransactionContext.sol.
import { commit, tag } from "../primitives/commitment.ts";
import * as Bytes from "../primitives/bytes.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as Witness from "../merkle/witness.ts";
import * as Memory from "./memory.ts";
import type * as View from "./view.ts";

export const TAG_TRANSACTION = tag("transaction");
export const TAG_ACCESS = tag("access");
export const TAG_AUTHORIZATION = tag("authorization");

/** The kinds of transaction: EIP-2718 types, and two that no bytes decode to. */
export const LEGACY = 0;
export const ACCESS_LIST = 1;
export const DYNAMIC_FEE = 2;
export const BLOB = 3;
export const SET_CODE = 4;
export const DEPOSIT = 0x7e;
export const SYSTEM_CALL = 0xff;

const NOTHING = new Uint8Array(32);

/** What is left of an access list: an address, or a slot of one, and the rest. */
export type AccessItem = {
  readonly address: bigint;
  readonly isSlot: boolean;
  readonly slot: bigint;
  readonly rest: AccessItem | null;
  hashed: Uint8Array | null;
};

/** What is left of an authorization list (EIP-7702). */
export type Authorization = {
  readonly chainId: bigint;
  readonly address: bigint;
  readonly nonce: bigint;
  readonly yParity: bigint;
  readonly r: bigint;
  readonly s: bigint;
  readonly rest: Authorization | null;
  hashed: Uint8Array | null;
};

export type Transaction = {
  readonly kind: number;
  readonly hash: Uint8Array;
  readonly sender: bigint;
  readonly isCreation: boolean;
  readonly to: bigint;
  readonly nonce: bigint;
  readonly gasLimit: bigint;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  /** What a unit of gas costs the sender: 0 until ADMIT. */
  readonly gasPrice: bigint;
  readonly value: bigint;
  readonly mint: bigint;
  readonly data: View.View;
  readonly dataZeroes: number;
  readonly accessList: AccessItem | null;
  readonly accessAddresses: number;
  readonly accessSlots: number;
  readonly authorizations: Authorization | null;
  readonly authorizationCount: number;
  readonly blobHashes: readonly bigint[];
  readonly maxFeePerBlobGas: bigint;
};

const commitments = new WeakMap<Transaction, Uint8Array>();

/** The commitment to a transaction; that to none is 0. */
export function commitTransaction(transaction: Transaction | null): Uint8Array {
  if (transaction === null) return NOTHING;
  const known = commitments.get(transaction);
  if (known !== undefined) return known;
  const committed = commit(
    TAG_TRANSACTION,
    transaction.kind,
    transaction.hash,
    transaction.sender,
    transaction.isCreation,
    transaction.to,
    transaction.nonce,
    transaction.gasLimit,
    transaction.maxFeePerGas,
    transaction.maxPriorityFeePerGas,
    transaction.gasPrice,
    transaction.value,
    transaction.mint,
    Memory.root(transaction.data.memory),
    transaction.data.size,
    transaction.dataZeroes,
    hashAccessList(transaction.accessList),
    transaction.accessAddresses,
    transaction.accessSlots,
    hashAuthorizations(transaction.authorizations),
    transaction.authorizationCount,
    hashBlobHashes(transaction.blobHashes),
    transaction.blobHashes.length,
    transaction.maxFeePerBlobGas,
  );
  commitments.set(transaction, committed);
  return committed;
}

/** Puts the fields of the transaction into the witness, if there is one. */
export function open(transaction: Transaction, witness: Witness.WitnessWriter | null): void {
  if (witness === null) return;
  Witness.writeUint8(witness, transaction.kind);
  Witness.writeBytes32(witness, transaction.hash);
  Witness.writeUint160(witness, transaction.sender);
  Witness.writeUint8(witness, transaction.isCreation ? 1 : 0);
  Witness.writeUint160(witness, transaction.to);
  Witness.writeUint64(witness, transaction.nonce);
  Witness.writeUint64(witness, transaction.gasLimit);
  Witness.writeUint256(witness, transaction.maxFeePerGas);
  Witness.writeUint256(witness, transaction.maxPriorityFeePerGas);
  Witness.writeUint256(witness, transaction.gasPrice);
  Witness.writeUint256(witness, transaction.value);
  Witness.writeUint256(witness, transaction.mint);
  Witness.writeBytes32(witness, Memory.root(transaction.data.memory));
  Witness.writeUint64(witness, BigInt(transaction.data.size));
  Witness.writeUint64(witness, BigInt(transaction.dataZeroes));
  Witness.writeBytes32(witness, hashAccessList(transaction.accessList));
  Witness.writeUint32(witness, transaction.accessAddresses);
  Witness.writeUint32(witness, transaction.accessSlots);
  Witness.writeBytes32(witness, hashAuthorizations(transaction.authorizations));
  Witness.writeUint32(witness, transaction.authorizationCount);
  Witness.writeBytes32(witness, hashBlobHashes(transaction.blobHashes));
  Witness.writeUint32(witness, transaction.blobHashes.length);
  Witness.writeUint256(witness, transaction.maxFeePerBlobGas);
}

/** An access list as the machine takes it: every address, followed by its slots. */
export function accessItems(
  list: readonly { readonly address: bigint; readonly slots: readonly bigint[] }[],
): AccessItem | null {
  let rest: AccessItem | null = null;
  for (const { address, slots } of list.toReversed()) {
    for (const slot of slots.toReversed())
      rest = { address, isSlot: true, slot, rest, hashed: null };
    rest = { address, isSlot: false, slot: 0n, rest, hashed: null };
  }
  return rest;
}

/** Authorizations as the machine takes them, in order. */
export function authorizationItems(
  list: readonly Omit<Authorization, "rest" | "hashed">[],
): Authorization | null {
  let rest: Authorization | null = null;
  for (const tuple of list.toReversed()) {
    const { chainId, address, nonce, yParity, r, s } = tuple;
    rest = { chainId, address, nonce, yParity, r, s, rest, hashed: null };
  }
  return rest;
}

/** The commitment to what is left of an access list. */
export function hashAccessList(list: AccessItem | null): Uint8Array {
  const pending: AccessItem[] = [];
  let item = list;
  while (item !== null && item.hashed === null) {
    pending.push(item);
    item = item.rest;
  }
  let hashed = item?.hashed ?? NOTHING;
  for (const next of pending.reverse()) {
    hashed = commit(TAG_ACCESS, next.address, next.isSlot, next.slot, hashed);
    next.hashed = hashed;
  }
  return hashed;
}

/** The commitment to what is left of an authorization list. */
export function hashAuthorizations(list: Authorization | null): Uint8Array {
  const pending: Authorization[] = [];
  let item = list;
  while (item !== null && item.hashed === null) {
    pending.push(item);
    item = item.rest;
  }
  let hashed = item?.hashed ?? NOTHING;
  for (const next of pending.reverse()) {
    const { chainId, address, nonce, yParity, r, s } = next;
    hashed = commit(TAG_AUTHORIZATION, chainId, address, nonce, yParity, r, s, hashed);
    next.hashed = hashed;
  }
  return hashed;
}

/** The commitment to blob hashes. */
export function hashBlobHashes(hashes: readonly bigint[]): Uint8Array {
  if (hashes.length === 0) return NOTHING;
  return keccak256(Bytes.concat(...hashes.map((hash) => Bytes.fromBigInt(hash, 32))));
}
