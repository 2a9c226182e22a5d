// Signed transactions as bytes (EIP-2718): types 0 to 4, in their one canonical encoding. In Solidity this is
// contracts/machine/EntryTransaction.sol. Rules 1, 2, 3 and 12 of the skip list.
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as Rlp from "../primitives/rlp.ts";
import * as Signature from "../primitives/signature.ts";

export const LEGACY = 0;
export const ACCESS_LIST = 1; // EIP-2930
export const DYNAMIC_FEE = 2; // EIP-1559
export const BLOB = 3; // EIP-4844
export const SET_CODE = 4; // EIP-7702

/** An address and slots of it that a transaction names in advance. */
export type Access = { readonly address: bigint; readonly slots: readonly bigint[] };

/** A signed wish to delegate to an address. */
export type Authorization = {
  readonly chainId: bigint;
  readonly address: bigint;
  readonly nonce: bigint;
  readonly yParity: bigint;
  readonly r: bigint;
  readonly s: bigint;
};

/** A decoded transaction; what a type does not have is empty or zero. */
export type Transaction = {
  readonly type: number;
  readonly hash: Uint8Array;
  /** None in a legacy transaction of before EIP-155. */
  readonly chainId: bigint | null;
  readonly nonce: bigint;
  readonly maxPriorityFeePerGas: bigint;
  readonly maxFeePerGas: bigint;
  readonly gasLimit: bigint;
  /** None creates a contract. */
  readonly to: bigint | null;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly accessList: readonly Access[];
  readonly maxFeePerBlobGas: bigint;
  readonly blobHashes: readonly bigint[];
  readonly authorizations: readonly Authorization[];
  readonly signature: Signature.Signature;
  readonly signingHash: Uint8Array;
};

/** Which transactions a chain knows. */
export type Rules = { readonly chainId: bigint; readonly isKnownType: (type: number) => boolean };

/** Why bytes are no transaction of a chain. */
export type Refusal =
  | "NotCanonical"
  | "UnknownType"
  | "WrongChainId"
  | "InvalidSignature"
  | "MissingRecipient"
  | "MissingBlobs"
  | "WrongBlobVersion"
  | "MissingAuthorizations";

export type Signed = Transaction & { readonly sender: bigint };

type Refused = { readonly type: "refused"; readonly reason: Refusal };

export type DecodedUnsigned =
  { readonly type: "unsigned"; readonly transaction: Transaction } | Refused;

export type Decoded = { readonly type: "transaction"; readonly transaction: Signed } | Refused;

type Reader = { readonly items: readonly Rlp.Item[]; position: number };

const KZG_VERSION = 1n; // EIP-4844: the first byte of a blob hash
const FIRST_LIST_PREFIX = 0xc0;
const UNPROTECTED_V = 27n;
const PROTECTED_V = 35n; // EIP-155: v = 35 + 2 · chainId + parity
const U64_BYTES = 8;
const U256_BYTES = 32;
const ADDRESS_BYTES = 20;
const Y_PARITY_BYTES = 1;
const REMEMBERED_SENDERS = 25_000;
const REMEMBERED_TRANSACTIONS = 4_096;
const REMEMBERED_BYTES = 512;

/**
 * What was found out of the newest transactions, and of as many before them, by the hash of their bytes, which covers the
 * signature. Whoever makes or checks blocks decodes a transaction again, and recovery takes longer than all the rest.
 */
type Memory<T> = { readonly capacity: number; newest: Map<string, T>; older: Map<string, T> };

const senders = emptyMemory<bigint>(REMEMBERED_SENDERS);
/** Small ones only: memory has a bound. */
const transactions = emptyMemory<Signed>(REMEMBERED_TRANSACTIONS);

/** The transaction that the bytes are, with its sender, or why they are none. */
export function decode(encoded: Uint8Array, rules: Rules): Decoded {
  const known =
    encoded.length <= REMEMBERED_BYTES
      ? recall(transactions, Hex.key(keccak256(encoded)))
      : undefined;
  if (known !== undefined) {
    // The bytes are the same, the rules may be others.
    const refusal = refusalBy(rules, known);
    return refusal === undefined ? { type: "transaction", transaction: known } : refused(refusal);
  }
  const read = decodeUnsigned(encoded, rules);
  if (read.type === "refused") return read;
  return signedBy(read.transaction, senderOf(read.transaction));
}

/** `decode` without its dearest part, which is to ask who signed; `signedBy` has the rest. */
export function decodeUnsigned(encoded: Uint8Array, rules: Rules): DecodedUnsigned {
  const prefix = encoded[0];
  if (prefix === undefined) return refused("NotCanonical");
  const isLegacy = prefix >= FIRST_LIST_PREFIX;
  if (!isLegacy && (prefix === LEGACY || !rules.isKnownType(prefix))) return refused("UnknownType");

  const transaction = parseOrNothing(encoded, isLegacy ? LEGACY : prefix);
  if (transaction === undefined) return refused("NotCanonical");
  const refusal = refusalBy(rules, transaction);
  return refusal === undefined ? { type: "unsigned", transaction } : refused(refusal);
}

/** The transaction with who signed it, who is remembered; none if the signature recovers to nobody. */
export function signedBy(transaction: Transaction, sender: bigint | undefined): Decoded {
  if (sender === undefined) return refused("InvalidSignature");
  const key = Hex.key(transaction.hash);
  const signed = { ...transaction, sender };
  remember(senders, key, sender);
  // All of its parts are views of its bytes.
  if (transaction.data.buffer.byteLength <= REMEMBERED_BYTES) remember(transactions, key, signed);
  return { type: "transaction", transaction: signed };
}

/** Who signed, from memory if it is known. */
export function senderOf(transaction: Transaction): bigint | undefined {
  return recall(senders, Hex.key(transaction.hash)) ?? recoverSender(transaction);
}

/** Who signed: the address that the signature recovers to, if its s is low (EIP-2). */
export function recoverSender({
  signature,
  signingHash,
}: Pick<Transaction, "signature" | "signingHash">): bigint | undefined {
  const { yParity, r, s } = signature;
  const sender = Signature.isLowS(s) ? Signature.recover(signingHash, yParity, r, s) : undefined;
  return sender === undefined ? undefined : Bytes.toBigInt(sender);
}

/**
 * Parses bytes as a transaction of a type, without asking who signed it; throws FieldCountError, FieldLengthError,
 * SignatureValueError, or an error of rlp.ts.
 */
export function parse(encoded: Uint8Array, type: number): Transaction {
  const isLegacy = type === LEGACY;
  const list = isLegacy ? encoded : encoded.subarray(1);
  const items = Rlp.decodeList(list);
  const reader: Reader = { items, position: 0 };
  const chainId = isLegacy ? null : integer(reader, U256_BYTES);
  const nonce = integer(reader, U64_BYTES);
  const maxPriorityFeePerGas = integer(reader, U256_BYTES);
  const hasOneFee = isLegacy || type === ACCESS_LIST;
  const maxFeePerGas = hasOneFee ? maxPriorityFeePerGas : integer(reader, U256_BYTES);
  const unsigned = {
    type,
    hash: keccak256(encoded),
    chainId,
    nonce,
    maxPriorityFeePerGas,
    maxFeePerGas,
    gasLimit: integer(reader, U64_BYTES),
    to: optionalAddress(reader),
    value: integer(reader, U256_BYTES),
    data: Rlp.toBytes(next(reader)),
    accessList: isLegacy ? [] : Rlp.toList(next(reader)).map(toAccess),
    maxFeePerBlobGas: type === BLOB ? integer(reader, U256_BYTES) : 0n,
    blobHashes: type === BLOB ? Rlp.toList(next(reader)).map(toWord) : [],
    authorizations: type === SET_CODE ? Rlp.toList(next(reader)).map(toAuthorization) : [],
  };
  const signedFields = bytesBefore(list, Rlp.toBytes(items[reader.position]));
  const signed = isLegacy
    ? legacySignature(reader, signedFields)
    : typedSignature(reader, signedFields, type);
  finish(reader);
  return { ...unsigned, chainId: isLegacy ? signed.chainId : chainId, ...signed.parts };
}

function parseOrNothing(encoded: Uint8Array, type: number): Transaction | undefined {
  try {
    return parse(encoded, type);
  } catch (error) {
    // Every way to be no transaction has a name of these two modules; anything else is a fault here.
    if (error instanceof Error && /^(Rlp|Transaction)\./.test(error.name)) return undefined;
    throw error;
  }
}

type SignedParts = {
  readonly chainId: bigint | null;
  readonly parts: Pick<Transaction, "signature" | "signingHash">;
};

/** The encoded items of a list that stand before one of its byte strings: there is only one way to encode them. */
function bytesBefore(list: Uint8Array, item: Uint8Array): Uint8Array {
  const { start } = Rlp.readHeader(list, 0, list.length);
  const header = Rlp.encodedLength(item) - item.length;
  return list.subarray(start, item.byteOffset - list.byteOffset - header);
}

function legacySignature(reader: Reader, fields: Uint8Array): SignedParts {
  const v = integer(reader, U256_BYTES);
  const isUnprotected = v === UNPROTECTED_V || v === UNPROTECTED_V + 1n;
  if (!isUnprotected && v < PROTECTED_V) throw new SignatureValueError(v);
  const parity = isUnprotected ? v - UNPROTECTED_V : (v - PROTECTED_V) % 2n;
  const chainId = isUnprotected ? null : (v - PROTECTED_V) / 2n;
  const suffix = chainId === null ? [] : [chainId, 0n, 0n];
  const encodedSuffix = suffix.map((value) => Rlp.encode(Rlp.fromBigInt(value)));
  const signingHash = keccak256(Rlp.encodeList([fields, ...encodedSuffix]));
  return { chainId, parts: { signature: signatureOf(reader, parity), signingHash } };
}

function typedSignature(reader: Reader, fields: Uint8Array, type: number): SignedParts {
  const parity = integer(reader, U256_BYTES);
  if (parity > 1n) throw new SignatureValueError(parity);
  const signed = new Uint8Array(1 + Rlp.listLength(fields.length));
  signed[0] = type;
  signed.set(fields, Rlp.writeListHeader(fields.length, signed, 1));
  const signingHash = keccak256(signed);
  return { chainId: null, parts: { signature: signatureOf(reader, parity), signingHash } };
}

function signatureOf(reader: Reader, parity: bigint): Signature.Signature {
  const r = integer(reader, U256_BYTES);
  const s = integer(reader, U256_BYTES);
  return { yParity: Number(parity), r, s };
}

/** Why rules do not take a transaction whose bytes are canonical. */
function refusalBy(rules: Rules, transaction: Transaction): Refusal | undefined {
  const { type, chainId } = transaction;
  if (type !== LEGACY && !rules.isKnownType(type)) return "UnknownType";
  if (chainId !== null && chainId !== rules.chainId) return "WrongChainId";
  return missingPart(transaction);
}

function missingPart(transaction: Transaction): Refusal | undefined {
  const { type, to, blobHashes, authorizations } = transaction;
  if ((type === BLOB || type === SET_CODE) && to === null) return "MissingRecipient";
  if (type === BLOB && blobHashes.length === 0) return "MissingBlobs";
  if (blobHashes.some((hash) => hash >> 248n !== KZG_VERSION)) return "WrongBlobVersion";
  if (type === SET_CODE && authorizations.length === 0) return "MissingAuthorizations";
  return undefined;
}

function toAccess(item: Rlp.Item): Access {
  const reader: Reader = { items: Rlp.toList(item), position: 0 };
  const address = Bytes.toBigInt(fixed(next(reader), ADDRESS_BYTES));
  const slots = Rlp.toList(next(reader)).map(toWord);
  finish(reader);
  return { address, slots };
}

function toAuthorization(item: Rlp.Item): Authorization {
  const reader: Reader = { items: Rlp.toList(item), position: 0 };
  const authorization = {
    chainId: integer(reader, U256_BYTES),
    address: Bytes.toBigInt(fixed(next(reader), ADDRESS_BYTES)),
    nonce: integer(reader, U64_BYTES),
    yParity: integer(reader, Y_PARITY_BYTES),
    r: integer(reader, U256_BYTES),
    s: integer(reader, U256_BYTES),
  };
  finish(reader);
  return authorization;
}

function toWord(item: Rlp.Item): bigint {
  return Bytes.toBigInt(fixed(item, U256_BYTES));
}

function next(reader: Reader): Rlp.Item | undefined {
  return reader.items[reader.position++];
}

function finish(reader: Reader): void {
  if (reader.position !== reader.items.length)
    throw new FieldCountError(reader.position, reader.items.length);
}

function integer(reader: Reader, maxBytes: number): bigint {
  const bytes = Rlp.toBytes(next(reader));
  if (bytes.length > maxBytes) throw new FieldLengthError(maxBytes, bytes.length);
  return Rlp.toBigInt(bytes);
}

function optionalAddress(reader: Reader): bigint | null {
  const bytes = Rlp.toBytes(next(reader));
  return bytes.length === 0 ? null : Bytes.toBigInt(fixed(bytes, ADDRESS_BYTES));
}

function fixed(item: Rlp.Item | undefined, length: number): Uint8Array {
  const bytes = Rlp.toBytes(item);
  if (bytes.length !== length) throw new FieldLengthError(length, bytes.length);
  return bytes;
}

function emptyMemory<T>(capacity: number): Memory<T> {
  return { capacity, newest: new Map(), older: new Map() };
}

function remember<T>(memory: Memory<T>, key: string, found: T): void {
  if (memory.newest.size >= memory.capacity) {
    memory.older = memory.newest;
    memory.newest = new Map();
  }
  memory.newest.set(key, found);
}

function recall<T>({ newest, older }: Memory<T>, key: string): T | undefined {
  return newest.get(key) ?? older.get(key);
}

function refused(reason: Refusal): Refused {
  return { type: "refused", reason };
}

export class FieldCountError extends Error {
  override readonly name = "Transaction.FieldCountError";
  readonly expected: number;
  readonly actual: number;
  constructor(expected: number, actual: number) {
    super(`expected ${expected} fields, got ${actual}`);
    this.expected = expected;
    this.actual = actual;
  }
}

export class FieldLengthError extends Error {
  override readonly name = "Transaction.FieldLengthError";
  readonly expected: number;
  readonly actual: number;
  constructor(expected: number, actual: number) {
    super(`expected a field of ${expected} bytes, got ${actual}`);
    this.expected = expected;
    this.actual = actual;
  }
}

export class SignatureValueError extends Error {
  override readonly name = "Transaction.SignatureValueError";
  readonly value: bigint;
  constructor(value: bigint) {
    super(`expected a v or y parity that a signature can have, got ${value}`);
    this.value = value;
  }
}
