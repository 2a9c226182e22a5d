// What a node keeps of each block and transaction beside the state, and how it stands in the database (RLP).

import * as Bytes from "../primitives/bytes.ts";
import * as Rlp from "../primitives/rlp.ts";
import type * as BlockDone from "../protocol/blockDone.ts";
import * as BlockHeader from "../protocol/blockHeader.ts";

export type Log = {
  readonly address: Uint8Array;
  readonly topics: readonly Uint8Array[];
  readonly data: Uint8Array;
};

export type Receipt = {
  readonly succeeded: boolean;
  readonly from: Uint8Array;
  readonly gasUsed: bigint;
  readonly cumulativeGasUsed: bigint;
  readonly effectiveGasPrice: bigint;
  readonly contractAddress: Uint8Array | undefined;
  /** The nonce a deposit took; its encoding has none. */
  readonly depositNonce: bigint | undefined;
  /** Place of the transaction's first log in the block. */
  readonly firstLog: number;
  readonly logs: readonly Log[];
};

export type TransactionRecord = {
  readonly hash: Uint8Array;
  /** EIP-2718 encoding; type 0x7e for a deposit. */
  readonly encoded: Uint8Array;
  readonly receipt: Receipt;
};

export type BlockRecord = {
  readonly hash: Uint8Array;
  readonly header: BlockHeader.BlockHeader;
  readonly done: BlockDone.BlockDone;
  /** The L1 block whose time, randomness and beacon root this block carries. */
  readonly originNumber: bigint;
  readonly originHash: Uint8Array;
  readonly transactions: number;
};

/** A block as the database keeps it; the hash is its key. */
export function encodeBlock(record: BlockRecord): Uint8Array {
  const { done } = record;
  return Rlp.encode([
    BlockHeader.encode(record.header),
    [
      done.outputRoot,
      done.ringRoot,
      Rlp.fromBigInt(done.batch),
      Rlp.fromBigInt(done.byteOffset),
      Rlp.fromBigInt(done.deposits),
    ],
    Rlp.fromBigInt(record.originNumber),
    record.originHash,
    Rlp.fromBigInt(BigInt(record.transactions)),
  ]);
}

/** Reads what `encodeBlock` wrote; throws an error of rlp.ts for anything else. */
export function decodeBlock(hash: Uint8Array, encoded: Uint8Array): BlockRecord {
  const [headerRlp, done, originNumber, originHash, transactions] = Rlp.decodeList(encoded);
  const header = BlockHeader.decode(Rlp.toBytes(headerRlp));
  const [outputRoot, ringRoot, batch, byteOffset, deposits] = Rlp.toList(done);
  return {
    hash,
    header,
    done: {
      number: header.number,
      outputRoot: Rlp.toBytes(outputRoot),
      headerHash: hash,
      ringRoot: Rlp.toBytes(ringRoot),
      batch: Rlp.toBigInt(Rlp.toBytes(batch)),
      byteOffset: Rlp.toBigInt(Rlp.toBytes(byteOffset)),
      deposits: Rlp.toBigInt(Rlp.toBytes(deposits)),
    },
    originNumber: Rlp.toBigInt(Rlp.toBytes(originNumber)),
    originHash: Rlp.toBytes(originHash),
    transactions: Number(Rlp.toBigInt(Rlp.toBytes(transactions))),
  };
}

/** A receipt as the database keeps it. */
export function encodeReceipt(receipt: Receipt): Uint8Array {
  return Rlp.encode([
    flag(receipt.succeeded),
    receipt.from,
    Rlp.fromBigInt(receipt.gasUsed),
    Rlp.fromBigInt(receipt.cumulativeGasUsed),
    Rlp.fromBigInt(receipt.effectiveGasPrice),
    receipt.contractAddress ?? Bytes.EMPTY,
    receipt.depositNonce === undefined ? [] : [Rlp.fromBigInt(receipt.depositNonce)],
    Rlp.fromBigInt(BigInt(receipt.firstLog)),
    receipt.logs.map(({ address, topics, data }) => [address, [...topics], data]),
  ]);
}

/** Reads what `encodeReceipt` wrote; throws an error of rlp.ts for anything else. */
export function decodeReceipt(encoded: Uint8Array): Receipt {
  const items = Rlp.decodeList(encoded);
  const bytesOf = (index: number) => Rlp.toBytes(items[index]);
  const integer = (index: number) => Rlp.toBigInt(bytesOf(index));
  const contractAddress = bytesOf(5);
  const [depositNonce] = Rlp.toList(items[6]);
  return {
    succeeded: integer(0) === 1n,
    from: bytesOf(1),
    gasUsed: integer(2),
    cumulativeGasUsed: integer(3),
    effectiveGasPrice: integer(4),
    contractAddress: contractAddress.length === 0 ? undefined : contractAddress,
    depositNonce: depositNonce === undefined ? undefined : Rlp.toBigInt(Rlp.toBytes(depositNonce)),
    firstLog: Number(integer(7)),
    logs: Rlp.toList(items[8]).map(decodeLog),
  };
}

function decodeLog(item: Rlp.Item): Log {
  const [address, topics, data] = Rlp.toList(item);
  return {
    address: Rlp.toBytes(address),
    topics: Rlp.toList(topics).map(Rlp.toBytes),
    data: Rlp.toBytes(data),
  };
}

function flag(value: boolean): Uint8Array {
  return value ? Uint8Array.of(1) : Bytes.EMPTY;
}
