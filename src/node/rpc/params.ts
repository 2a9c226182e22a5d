// Parameters of JSON-RPC calls: parsed once, here, into bytes and integers. Each function takes the value as JSON has it and
// what it is called, and throws InvalidParamsError for any other.

import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import type { Authorization } from "../../protocol/transaction.ts";
import { InvalidParamsError } from "./rpcError.ts";

export type BlockId =
  | { readonly tag: "latest" | "pending" | "safe" | "finalized" | "earliest" }
  | { readonly number: bigint }
  | { readonly hash: Uint8Array };

export type AccessItem = { readonly address: Uint8Array; readonly slots: readonly Uint8Array[] };

/** A transaction that is only described: what eth_call and eth_estimateGas take. */
export type CallRequest = {
  readonly chainId: bigint | undefined;
  readonly from: Uint8Array | undefined;
  readonly to: Uint8Array | undefined;
  readonly gas: bigint | undefined;
  readonly gasPrice: bigint | undefined;
  readonly maxFeePerGas: bigint | undefined;
  readonly maxPriorityFeePerGas: bigint | undefined;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly nonce: bigint | undefined;
  readonly accessList: readonly AccessItem[];
  readonly authorizations: readonly Authorization[];
};

/** What eth_getLogs selects. An empty topic position matches anything, one with topics any of these. */
export type LogFilter = {
  readonly blockHash: Uint8Array | undefined;
  readonly from: BlockId;
  readonly to: BlockId;
  readonly addresses: readonly Uint8Array[];
  readonly topics: readonly (readonly Uint8Array[])[];
};

export type AccountOverride = {
  readonly balance: bigint | undefined;
  readonly nonce: bigint | undefined;
  readonly code: Uint8Array | undefined;
  readonly state: ReadonlyMap<bigint, bigint> | undefined;
  readonly stateDiff: ReadonlyMap<bigint, bigint> | undefined;
  /** Where the precompile at the address is to be instead. */
  readonly movePrecompileTo: Uint8Array | undefined;
};

const TAGS = ["latest", "pending", "safe", "finalized", "earliest"] as const;
const MAX_TOPICS = 4;
/** Of a filter, as in other clients: it may be kept, and is looked through for each log of each block. */
const MAX_ADDRESSES = 1_000;
const MAX_TOPIC_ALTERNATIVES = 1_000;
const MAX_SHOWN = 80;
const MAX_UINT8 = 255n;
const MAX_UINT64 = 2n ** 64n - 1n;
const HASH_DIGITS = 2 + 2 * 32;

/** What was given, in a few words: it may be as long and as deep as a request can be. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, MAX_SHOWN));
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return JSON.stringify(value) ?? "nothing";
}

function refuse(name: string, expected: string, value: unknown): never {
  throw new InvalidParamsError(`${name}: expected ${expected}, got ${describe(value)}`);
}

/** Bytes of any length, or of exactly `length`. */
export function bytes(value: unknown, name: string, length?: number): Uint8Array {
  const expected = length === undefined ? "hex data" : `${length} bytes of hex data`;
  if (typeof value !== "string") return refuse(name, expected, value);
  if (length !== undefined && value.length !== 2 + 2 * length) return refuse(name, expected, value);
  try {
    return Hex.toBytes(value);
  } catch (error) {
    if (!(error instanceof Hex.NotHexError || error instanceof Hex.OddDigitsError)) throw error;
    return refuse(name, expected, value);
  }
}

/** Twenty bytes. */
export function address(value: unknown, name: string): Uint8Array {
  return bytes(value, name, 20);
}

/** Thirty-two bytes. */
export function hash(value: unknown, name: string): Uint8Array {
  return bytes(value, name, 32);
}

/** A quantity; leading zeros are let pass, as other clients do. */
export function quantity(value: unknown, name: string): bigint {
  if (typeof value !== "string" || !/^0x[0-9a-fA-F]{1,64}$/.test(value)) {
    return refuse(name, "a hex quantity of at most 256 bits", value);
  }
  return BigInt(value);
}

/** A quantity of at most 64 bits. */
export function uint64(value: unknown, name: string): bigint {
  const integer = quantity(value, name);
  return integer <= MAX_UINT64 ? integer : refuse(name, "a quantity of at most 64 bits", value);
}

function uint8(value: unknown, name: string): bigint {
  const integer = quantity(value, name);
  return integer <= MAX_UINT8 ? integer : refuse(name, "a quantity of at most 8 bits", value);
}

/** A storage slot: a quantity, or data of up to 32 bytes. */
export function slot(value: unknown, name: string): bigint {
  return quantity(value, name);
}

/** True or false. */
export function boolean(value: unknown, name: string): boolean {
  return typeof value === "boolean" ? value : refuse(name, "true or false", value);
}

/** An array of anything. */
export function list(value: unknown, name: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(name, "an array", value);
}

/** An object with any fields. */
export function object(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse(name, "an object", value);
  }
  return value as Readonly<Record<string, unknown>>;
}

/** What `parse` makes of the value; nothing of nothing. */
export function optional<T>(
  value: unknown,
  name: string,
  parse: (value: unknown, name: string) => T,
): T | undefined {
  return value === undefined || value === null ? undefined : parse(value, name);
}

/** A tag, a number, a hash, or EIP-1898's object; nothing is `latest`. All blocks that the node has are canonical. */
export function blockId(value: unknown, name: string): BlockId {
  if (value === undefined || value === null) return { tag: "latest" };
  const tag = TAGS.find((known) => known === value);
  if (tag !== undefined) return { tag };
  if (typeof value === "object") {
    const { blockHash, blockNumber, requireCanonical } = object(value, name);
    optional(requireCanonical, `${name}.requireCanonical`, boolean);
    if (blockHash === undefined) return { number: quantity(blockNumber, `${name}.blockNumber`) };
    if (blockNumber === undefined) return { hash: hash(blockHash, `${name}.blockHash`) };
    throw new InvalidParamsError(`${name}: blockHash and blockNumber exclude each other`);
  }
  if (typeof value === "string" && value.length === HASH_DIGITS) return { hash: hash(value, name) };
  return { number: quantity(value, name) };
}

/** An access list (EIP-2930). */
export function accessList(value: unknown, name: string): readonly AccessItem[] {
  return list(value, name).map((entry, index) => {
    const fields = object(entry, `${name}[${index}]`);
    const slots = list(fields["storageKeys"] ?? [], `${name}[${index}].storageKeys`);
    return {
      address: address(fields["address"], `${name}[${index}].address`),
      slots: slots.map((one) => hash(one, `${name}[${index}].storageKeys`)),
    };
  });
}

/** Signed authorizations (EIP-7702); `v` is taken for `yParity`, as wallets give either. */
export function authorizations(value: unknown, name: string): readonly Authorization[] {
  return list(value, name).map((entry, index) => {
    const where = `${name}[${index}]`;
    const fields = object(entry, where);
    const integer = (field: string) => quantity(fields[field], `${where}.${field}`);
    const parity = fields["yParity"] === undefined ? "v" : "yParity";
    return {
      chainId: integer("chainId"),
      address: Bytes.toBigInt(address(fields["address"], `${where}.address`)),
      nonce: uint64(fields["nonce"], `${where}.nonce`),
      yParity: uint8(fields[parity], `${where}.${parity}`),
      ...{ r: integer("r"), s: integer("s") },
    };
  });
}

/** What is to be called, of which every field may be missing. */
export function callRequest(value: unknown): CallRequest {
  const fields = object(value, "transaction");
  const data = optional(fields["data"], "data", bytes);
  const input = optional(fields["input"], "input", bytes);
  if (data !== undefined && input !== undefined && !Bytes.equals(data, input)) {
    throw new InvalidParamsError("data and input differ: give one of them");
  }
  const gasPrice = optional(fields["gasPrice"], "gasPrice", quantity);
  const maxFeePerGas = optional(fields["maxFeePerGas"], "maxFeePerGas", quantity);
  if (gasPrice !== undefined && maxFeePerGas !== undefined) {
    throw new InvalidParamsError("gasPrice and maxFeePerGas exclude each other");
  }
  for (const name of ["blobVersionedHashes", "blobs"]) {
    if ((optional(fields[name], name, list) ?? []).length === 0) continue;
    throw new InvalidParamsError(`${name}: blocks hold no blob transactions here`);
  }
  const to = optional(fields["to"], "to", address);
  const authorized = optional(fields["authorizationList"], "authorizationList", authorizations);
  if (to === undefined && authorized !== undefined && authorized.length > 0) {
    throw new InvalidParamsError("a transaction with an authorization list creates no contract");
  }
  return {
    chainId: optional(fields["chainId"], "chainId", quantity),
    from: optional(fields["from"], "from", address),
    to,
    gas: optional(fields["gas"], "gas", quantity),
    gasPrice,
    maxFeePerGas,
    maxPriorityFeePerGas: optional(
      fields["maxPriorityFeePerGas"],
      "maxPriorityFeePerGas",
      quantity,
    ),
    value: optional(fields["value"], "value", quantity) ?? 0n,
    data: input ?? data ?? Bytes.EMPTY,
    nonce: optional(fields["nonce"], "nonce", uint64),
    accessList: optional(fields["accessList"], "accessList", accessList) ?? [],
    authorizations: authorized ?? [],
  };
}

/** Which logs are asked for: of one block by its hash, or of a range. */
export function logFilter(value: unknown): LogFilter {
  const fields = object(value, "filter");
  const blockHash = optional(fields["blockHash"], "blockHash", hash);
  if (blockHash !== undefined && (fields["fromBlock"] ?? fields["toBlock"] ?? null) !== null) {
    throw new InvalidParamsError("blockHash excludes fromBlock and toBlock");
  }
  const given = fields["address"] ?? [];
  const many: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (many.length > MAX_ADDRESSES) {
    throw new InvalidParamsError(`address: at most ${MAX_ADDRESSES}, got ${many.length}`);
  }
  const addresses = many.map((one) => address(one, "address"));
  const positions = list(fields["topics"] ?? [], "topics");
  if (positions.length > MAX_TOPICS) {
    throw new InvalidParamsError(`topics: at most ${MAX_TOPICS}, got ${positions.length}`);
  }
  const alternatives = positions.map((position): readonly unknown[] => {
    const given: readonly unknown[] = Array.isArray(position) ? position : [position];
    return given.some((one) => one === null || one === undefined) ? [] : given;
  });
  const count = alternatives.reduce((sum, { length }) => sum + length, 0);
  if (count > MAX_TOPIC_ALTERNATIVES) {
    throw new InvalidParamsError(`topics: at most ${MAX_TOPIC_ALTERNATIVES} in all, got ${count}`);
  }
  const topics = alternatives.map((some) => some.map((one) => hash(one, "topics")));
  return {
    blockHash,
    from: blockId(fields["fromBlock"], "fromBlock"),
    to: blockId(fields["toBlock"], "toBlock"),
    addresses,
    topics,
  };
}

/** Refuses to tell transactions that wait whole, as geth does if it is asked to. */
export function requireHashes(whole: unknown): void {
  if (!boolean(whole ?? false, "whole transactions")) return;
  throw new InvalidParamsError("transactions that wait are told by their hashes only");
}

/** Accounts as a call is to see them, by lower-case hex address. */
export function stateOverrides(value: unknown): ReadonlyMap<string, AccountOverride> {
  if (value === undefined || value === null) return new Map();
  const entries = Object.entries(object(value, "state overrides"));
  return new Map(
    entries.map(([key, fields]) => [
      Hex.fromBytes(address(key, "state overrides")),
      override(object(fields, key)),
    ]),
  );
}

function override(fields: Readonly<Record<string, unknown>>): AccountOverride {
  const state = optional(fields["state"], "state", storage);
  const stateDiff = optional(fields["stateDiff"], "stateDiff", storage);
  if (state !== undefined && stateDiff !== undefined) {
    throw new InvalidParamsError("state and stateDiff exclude each other");
  }
  return {
    balance: optional(fields["balance"], "balance", quantity),
    nonce: optional(fields["nonce"], "nonce", uint64),
    code: optional(fields["code"], "code", bytes),
    state,
    stateDiff,
    movePrecompileTo: optional(
      fields["movePrecompileToAddress"],
      "movePrecompileToAddress",
      address,
    ),
  };
}

function storage(value: unknown, name: string): ReadonlyMap<bigint, bigint> {
  const entries = Object.entries(object(value, name));
  return new Map(entries.map(([key, word]) => [slot(key, name), quantity(word, name)]));
}
