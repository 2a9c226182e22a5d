// Blocks, transactions and receipts.

import * as Bytes from "../../../primitives/bytes.ts";
import * as Hex from "../../../primitives/hex.ts";
import type { Backend } from "../../backend.ts";
import * as Chain from "../../chain.ts";
import * as Database from "../../database.ts";
import * as Record from "../../record.ts";
import * as Blocks from "../blocks.ts";
import type { Methods } from "../dispatch.ts";
import * as Format from "../format.ts";
import * as FormatTransaction from "../formatTransaction.ts";
import * as Params from "../params.ts";

type Found = { readonly place: Format.Place; readonly record: Record.TransactionRecord };

/** Methods that tell of blocks, transactions and receipts. */
export function create(backend: Backend): Methods {
  const { chain } = backend;
  const byNumber = (id: unknown) => Blocks.find(backend, Params.blockId(id, "block"));
  const byHash = (hash: unknown) => Chain.blockByHash(chain, Params.hash(hash, "hash"));

  const formatted = (block: Record.BlockRecord | undefined, whole: unknown) => {
    if (block === undefined) return null;
    const records = transactionsOf(chain, block);
    const transactions = Params.boolean(whole ?? false, "whole transactions")
      ? records.map((record, position) => FormatTransaction.mined({ block, position }, record))
      : records.map(({ hash }) => Hex.fromBytes(hash));
    return Format.block(block, transactions, Format.blockSize(block, records));
  };
  const count = (block: Record.BlockRecord | undefined) =>
    block === undefined ? null : Hex.fromBigInt(BigInt(block.transactions));
  const inBlock = (block: Record.BlockRecord | undefined, position: unknown) => {
    if (block === undefined) return undefined;
    const index = Number(Params.quantity(position, "index"));
    const record = transactionsOf(chain, block)[index];
    return record === undefined ? undefined : { place: { block, position: index }, record };
  };
  const asTransaction = (found: Found | undefined) =>
    found === undefined ? null : FormatTransaction.mined(found.place, found.record);
  const asRaw = (found: Found | undefined) =>
    found === undefined ? null : Hex.fromBytes(found.record.encoded);
  return {
    eth_blockNumber: () => Hex.fromBigInt(chain.head.header.number),
    eth_getBlockByNumber: ([id, whole]) => formatted(byNumber(id), whole),
    eth_getBlockByHash: ([hash, whole]) => formatted(byHash(hash), whole),
    eth_getHeaderByNumber: ([id]) => headerOf(byNumber(id)),
    eth_getHeaderByHash: ([hash]) => headerOf(byHash(hash)),
    eth_getBlockTransactionCountByNumber: ([id]) => count(byNumber(id)),
    eth_getBlockTransactionCountByHash: ([hash]) => count(byHash(hash)),
    eth_getUncleCountByBlockNumber: ([id]) => (byNumber(id) === undefined ? null : "0x0"),
    eth_getUncleCountByBlockHash: ([hash]) => (byHash(hash) === undefined ? null : "0x0"),
    // There are none, for any block and any place.
    eth_getUncleByBlockNumberAndIndex: () => null,
    eth_getUncleByBlockHashAndIndex: () => null,
    eth_getTransactionByBlockNumberAndIndex: ([id, position]) =>
      asTransaction(inBlock(byNumber(id), position)),
    eth_getTransactionByBlockHashAndIndex: ([hash, position]) =>
      asTransaction(inBlock(byHash(hash), position)),

    eth_getRawTransactionByBlockNumberAndIndex: ([id, position]) =>
      asRaw(inBlock(byNumber(id), position)),
    eth_getRawTransactionByBlockHashAndIndex: ([hash, position]) =>
      asRaw(inBlock(byHash(hash), position)),

    eth_getTransactionByHash: ([value]) => {
      const hash = Params.hash(value, "hash");
      const found = find(chain, hash);
      if (found !== undefined) return asTransaction(found);
      const waiting = backend.waiting(hash);
      if (waiting === undefined) return null;
      return FormatTransaction.waiting(waiting.encoded, Bytes.fromBigInt(waiting.sender, 20));
    },
    eth_getRawTransactionByHash: ([value]) => {
      const hash = Params.hash(value, "hash");
      const encoded = find(chain, hash)?.record.encoded ?? backend.waiting(hash)?.encoded;
      return encoded === undefined ? null : Hex.fromBytes(encoded);
    },
    eth_getTransactionReceipt: ([value]) =>
      receiptOfHash(chain, Params.hash(value, "hash")) ?? null,
    eth_getBlockReceipts: ([id]) => {
      const block = byNumber(id);
      if (block === undefined) return null;
      return transactionsOf(chain, block).map((record, position) =>
        receiptOf({ place: { block, position }, record }),
      );
    },
  };
}

function headerOf(block: Record.BlockRecord | undefined) {
  return block === undefined ? null : Format.header(block);
}

/** The receipt of a transaction in a block, or undefined. */
export function receiptOfHash(chain: Chain.Chain, hash: Uint8Array) {
  const found = find(chain, hash);
  return found === undefined ? undefined : receiptOf(found);
}

function receiptOf({ place, record }: Found) {
  const summary = FormatTransaction.summary(record.encoded);
  return Format.receipt(place, record, summary, Format.bloomOf(record.receipt.logs));
}

/** A block's transactions, in order. */
export function transactionsOf(
  chain: Chain.Chain,
  block: Record.BlockRecord,
): Record.TransactionRecord[] {
  return Database.transactionsOf(chain.database, Number(block.header.number)).map(fromRow);
}

function find(chain: Chain.Chain, hash: Uint8Array): Found | undefined {
  const row = Database.transaction(chain.database, hash);
  if (row === undefined) return undefined;
  const block = Chain.blockByNumber(chain, BigInt(row.block));
  if (block === undefined) return undefined;
  return { place: { block, position: row.position }, record: fromRow(row) };
}

function fromRow({ hash, encoded, receipt }: Database.TransactionRow): Record.TransactionRecord {
  return { hash, encoded, receipt: Record.decodeReceipt(receipt) };
}
