// Blocks, receipts and logs as JSON-RPC objects (execution-apis), with the fields OP-stack clients read.

import * as Logs from "../../machine/logs.ts";
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import * as BlockHeader from "../../protocol/blockHeader.ts";
import type { BlockRecord, Log, Receipt, TransactionRecord } from "../record.ts";

type Hexes = Hex.Hex;

/** The place of a transaction in the chain, as logs, receipts and transactions repeat it. */
export type Place = { readonly block: BlockRecord; readonly position: number };

const hex = Hex.fromBytes;
const quantity = Hex.fromBigInt;
const index = (value: number) => quantity(BigInt(value));

/** A block; `transactions` are hashes or whole transactions, as the caller asked. */
export function block(record: BlockRecord, transactions: readonly unknown[], size: number) {
  return {
    ...header(record),
    totalDifficulty: "0x0",
    withdrawals: [],
    size: index(size),
    uncles: [],
    transactions,
  };
}

/** A header. */
export function header(record: BlockRecord) {
  const { header } = record;
  return {
    hash: hex(record.hash),
    parentHash: hex(header.parentHash),
    sha3Uncles: hex(header.ommersHash),
    miner: hex(header.coinbase),
    stateRoot: hex(header.stateRoot),
    transactionsRoot: hex(header.transactionsRoot),
    receiptsRoot: hex(header.receiptsRoot),
    logsBloom: hex(header.logsBloom),
    difficulty: quantity(header.difficulty),
    number: quantity(header.number),
    gasLimit: quantity(header.gasLimit),
    gasUsed: quantity(header.gasUsed),
    timestamp: quantity(header.timestamp),
    extraData: hex(header.extraData),
    mixHash: hex(header.mixHash),
    nonce: hex(header.nonce),
    baseFeePerGas: quantity(header.baseFee),
    withdrawalsRoot: hex(header.withdrawalsRoot),
    blobGasUsed: quantity(header.blobGasUsed),
    excessBlobGas: quantity(header.excessBlobGas),
    parentBeaconBlockRoot: hex(header.parentBeaconRoot),
    requestsHash: hex(header.requestsHash),
  };
}

/** The size of a block as clients count it: header and transactions. */
export function blockSize(record: BlockRecord, transactions: readonly TransactionRecord[]): number {
  const header = BlockHeader.encode(record.header).length;
  return transactions.reduce((size, { encoded }) => size + encoded.length, header);
}

/** The logs of one transaction. */
export function logs(place: Place, hash: Uint8Array, receipt: Receipt) {
  return receipt.logs.map((log, offset) => ({
    address: hex(log.address),
    topics: log.topics.map(hex),
    data: hex(log.data),
    blockHash: hex(place.block.hash),
    blockNumber: quantity(place.block.header.number),
    blockTimestamp: quantity(place.block.header.timestamp),
    transactionHash: hex(hash),
    transactionIndex: index(place.position),
    logIndex: index(receipt.firstLog + offset),
    removed: false,
  }));
}

/** The bloom filter over logs (Yellow Paper, section 4.4.3). */
export function bloomOf(logs: readonly Log[]): Uint8Array {
  let bloom = Logs.EMPTY_BLOOM;
  for (const { address, topics, data } of logs) {
    const log = { address: Bytes.toBigInt(address), topics: topics.map(Bytes.toBigInt), data };
    bloom = Logs.addToBloom(bloom, log);
  }
  return bloom.bytes;
}

/** A receipt. `to` and `type` are the transaction's, the bloom is that of its own logs. */
export function receipt(
  place: Place,
  record: TransactionRecord,
  transaction: { readonly to: Hexes | null; readonly type: number },
  logsBloom: Uint8Array,
) {
  const { receipt } = record;
  const deposit =
    receipt.depositNonce === undefined
      ? {}
      : { depositNonce: quantity(receipt.depositNonce), depositReceiptVersion: "0x1" };
  return {
    transactionHash: hex(record.hash),
    transactionIndex: index(place.position),
    blockHash: hex(place.block.hash),
    blockNumber: quantity(place.block.header.number),
    from: hex(receipt.from),
    to: transaction.to,
    type: index(transaction.type),
    status: receipt.succeeded ? "0x1" : "0x0",
    gasUsed: quantity(receipt.gasUsed),
    cumulativeGasUsed: quantity(receipt.cumulativeGasUsed),
    effectiveGasPrice: quantity(receipt.effectiveGasPrice),
    contractAddress: receipt.contractAddress === undefined ? null : hex(receipt.contractAddress),
    logs: logs(place, record.hash, receipt),
    logsBloom: hex(logsBloom),
    // No L1 fee in consensus: what OP-stack clients ask for is there, and zero.
    l1Fee: "0x0",
    l1GasPrice: "0x0",
    l1GasUsed: "0x0",
    l1FeeScalar: "0",
    ...deposit,
  };
}
