// The header of an L1 block as its bytes, which nodes answer field by field.
import { BaseError, RpcRequestError, type Block, type Hash, type Hex } from "viem";
import * as Bytes from "../primitives/bytes.ts";
import * as ByteHex from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as BlockHeader from "../protocol/blockHeader.ts";
import * as Rlp from "../primitives/rlp.ts";
import { ContradictionError } from "./contradiction.ts";
import type { L1Client } from "./send.ts";

// A header of Cancun ends before the requests hash, one of Prague and Osaka with it.
const FIELDS_OF_CANCUN = 20;

const HEX_FIELDS = [
  ...(["hash", "parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot"] as const),
  ...(["receiptsRoot", "logsBloom", "extraData", "mixHash", "nonce"] as const),
];
const isHex = (value: unknown): boolean =>
  typeof value === "string" && /^0x([0-9a-f]{2})*$/i.test(value);

/**
 * The header of the block with this hash, as RLP. Where a later L1 fork has appended fields that nobody knows here, it is asked for
 * its bytes.
 */
export async function fetchHeader(client: L1Client, blockHash: Hash): Promise<Uint8Array> {
  const block = await client.getBlock({ blockHash });
  try {
    return encodeHeader(block);
  } catch (error) {
    if (!(error instanceof HeaderHashError)) throw error;
    const raw = await rawHeader(client, blockHash);
    if (raw === undefined || !Bytes.equals(keccak256(raw), ByteHex.toBytes(blockHash))) throw error;
    return raw;
  }
}

// Undefined where L1 does not serve its debug namespace.
async function rawHeader(client: L1Client, blockHash: Hash): Promise<Uint8Array | undefined> {
  const ask = client.request as (request: {
    readonly method: "debug_getRawHeader";
    readonly params: readonly [Hash];
  }) => Promise<unknown>;
  try {
    const raw = await ask({ method: "debug_getRawHeader", params: [blockHash] });
    return typeof raw === "string" && isHex(raw) ? ByteHex.toBytes(raw) : undefined;
  } catch (error) {
    const isAnswer = (cause: unknown) => cause instanceof RpcRequestError;
    if (error instanceof BaseError && error.walk(isAnswer) !== null) return undefined;
    throw error;
  }
}

/** The RLP of a block's header; throws ContradictionError for no header, HeaderHashError unless its hash is the block's. */
export function encodeHeader(block: Block<bigint, boolean, "latest">): Uint8Array {
  const missing = HEX_FIELDS.find((field) => !isHex(block[field]));
  if (missing !== undefined) {
    throw new ContradictionError("other block", `L1 gave a block without its ${missing}`);
  }
  const encoded = encodeFields(block);
  const expected = ByteHex.toBytes(block.hash);
  const actual = keccak256(encoded);
  if (!Bytes.equals(actual, expected)) throw new HeaderHashError(block.hash, actual);
  return encoded;
}

function encodeFields(block: Block<bigint, boolean, "latest">): Uint8Array {
  const optional = (value: Hex | undefined): Uint8Array =>
    value === undefined ? Bytes.EMPTY : ByteHex.toBytes(value);
  const requestsHash = "requestsHash" in block ? block.requestsHash : undefined;
  const encoded = BlockHeader.encode({
    parentHash: ByteHex.toBytes(block.parentHash),
    ommersHash: ByteHex.toBytes(block.sha3Uncles),
    coinbase: ByteHex.toBytes(block.miner),
    stateRoot: ByteHex.toBytes(block.stateRoot),
    transactionsRoot: ByteHex.toBytes(block.transactionsRoot),
    receiptsRoot: ByteHex.toBytes(block.receiptsRoot),
    logsBloom: ByteHex.toBytes(block.logsBloom),
    difficulty: block.difficulty,
    number: block.number,
    gasLimit: block.gasLimit,
    gasUsed: block.gasUsed,
    timestamp: block.timestamp,
    extraData: ByteHex.toBytes(block.extraData),
    mixHash: ByteHex.toBytes(block.mixHash),
    nonce: ByteHex.toBytes(block.nonce),
    baseFee: block.baseFeePerGas ?? 0n,
    withdrawalsRoot: optional(block.withdrawalsRoot),
    blobGasUsed: block.blobGasUsed,
    excessBlobGas: block.excessBlobGas,
    parentBeaconRoot: optional(block.parentBeaconBlockRoot),
    requestsHash: typeof requestsHash === "string" ? ByteHex.toBytes(requestsHash) : Bytes.EMPTY,
  });
  if (typeof requestsHash === "string") return encoded;
  return Rlp.encode(Rlp.decodeList(encoded).slice(0, FIELDS_OF_CANCUN));
}

export class HeaderHashError extends Error {
  override readonly name = "OriginHeader.HeaderHashError";
  readonly expected: Hash;
  readonly actual: Uint8Array;
  constructor(expected: Hash, actual: Uint8Array) {
    super(`expected a header with hash ${expected}, got ${ByteHex.fromBytes(actual)}`);
    this.expected = expected;
    this.actual = actual;
  }
}
