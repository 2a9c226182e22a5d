// A block header in Ethereum's format, of the L2 and of L1. Twin: contracts/protocol/BlockHeader.sol.
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as Rlp from "../primitives/rlp.ts";

export type BlockHeader = {
  readonly parentHash: Uint8Array;
  readonly ommersHash: Uint8Array;
  readonly coinbase: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly transactionsRoot: Uint8Array;
  readonly receiptsRoot: Uint8Array;
  readonly logsBloom: Uint8Array;
  readonly difficulty: bigint;
  readonly number: bigint;
  readonly gasLimit: bigint;
  readonly gasUsed: bigint;
  readonly timestamp: bigint;
  readonly extraData: Uint8Array;
  readonly mixHash: Uint8Array;
  readonly nonce: Uint8Array;
  readonly baseFee: bigint;
  readonly withdrawalsRoot: Uint8Array;
  readonly blobGasUsed: bigint;
  readonly excessBlobGas: bigint;
  readonly parentBeaconRoot: Uint8Array;
  readonly requestsHash: Uint8Array;
};

/** The header fields in which blocks of the L2 differ from each other. */
export type L2Fields = Pick<
  BlockHeader,
  | "parentHash"
  | "coinbase"
  | "stateRoot"
  | "transactionsRoot"
  | "receiptsRoot"
  | "logsBloom"
  | "number"
  | "gasLimit"
  | "gasUsed"
  | "timestamp"
  | "mixHash"
  | "baseFee"
  | "parentBeaconRoot"
>;

/** How many bytes a bloom filter has. */
export const BLOOM_BYTES = 256;

const ZERO_WORD = new Uint8Array(32);
// Of a block without ommers: keccak256(rlp([])).
const NO_OMMERS = keccak256(new Uint8Array([0xc0]));
// The root of an empty trie: keccak256(rlp("")).
const NO_WITHDRAWALS = keccak256(new Uint8Array([0x80]));
// Of a block without requests (EIP-7685): sha256 of nothing.
const NO_REQUESTS = Hex.toBytes(
  "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
);
const FIELDS_BEFORE_PRAGUE = 20;

/** The header of an L2 block: what never varies there is filled in. */
export function ofL2(fields: L2Fields): BlockHeader {
  return {
    ...fields,
    ommersHash: NO_OMMERS,
    difficulty: 0n,
    extraData: Bytes.EMPTY,
    nonce: new Uint8Array(8),
    withdrawalsRoot: NO_WITHDRAWALS,
    blobGasUsed: 0n,
    excessBlobGas: 0n,
    requestsHash: NO_REQUESTS,
  };
}

/** The header as RLP. */
export function encode(header: BlockHeader): Uint8Array {
  return Rlp.encode([
    header.parentHash,
    header.ommersHash,
    header.coinbase,
    header.stateRoot,
    header.transactionsRoot,
    header.receiptsRoot,
    header.logsBloom,
    Rlp.fromBigInt(header.difficulty),
    Rlp.fromBigInt(header.number),
    Rlp.fromBigInt(header.gasLimit),
    Rlp.fromBigInt(header.gasUsed),
    Rlp.fromBigInt(header.timestamp),
    header.extraData,
    header.mixHash,
    header.nonce,
    Rlp.fromBigInt(header.baseFee),
    header.withdrawalsRoot,
    Rlp.fromBigInt(header.blobGasUsed),
    Rlp.fromBigInt(header.excessBlobGas),
    header.parentBeaconRoot,
    header.requestsHash,
  ]);
}

/** The block's hash. */
export function hash(header: BlockHeader): Uint8Array {
  return keccak256(encode(header));
}

/** Decodes a header of Cancun or later, passing over what a later L1 fork appended; throws TooFewFieldsError. */
export function decode(rlp: Uint8Array): BlockHeader {
  const fields = Rlp.decodeList(rlp);
  if (fields.length < FIELDS_BEFORE_PRAGUE) throw new TooFewFieldsError(fields.length);
  const bytesOf = (index: number): Uint8Array => Rlp.toBytes(fields[index]);
  const integer = (index: number): bigint => Rlp.toBigInt(bytesOf(index));
  return {
    parentHash: bytesOf(0),
    ommersHash: bytesOf(1),
    coinbase: bytesOf(2),
    stateRoot: bytesOf(3),
    transactionsRoot: bytesOf(4),
    receiptsRoot: bytesOf(5),
    logsBloom: bytesOf(6),
    difficulty: integer(7),
    number: integer(8),
    gasLimit: integer(9),
    gasUsed: integer(10),
    timestamp: integer(11),
    extraData: bytesOf(12),
    mixHash: bytesOf(13),
    nonce: bytesOf(14),
    baseFee: integer(15),
    withdrawalsRoot: bytesOf(16),
    blobGasUsed: integer(17),
    excessBlobGas: integer(18),
    parentBeaconRoot: bytesOf(19),
    requestsHash: fields.length > FIELDS_BEFORE_PRAGUE ? bytesOf(20) : ZERO_WORD,
  };
}

export class TooFewFieldsError extends Error {
  override readonly name = "BlockHeader.TooFewFieldsError";
  readonly count: number;
  constructor(count: number) {
    super(`expected a header of at least ${FIELDS_BEFORE_PRAGUE} fields, got ${count}`);
    this.count = count;
  }
}
