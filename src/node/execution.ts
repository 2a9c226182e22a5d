// From a block that the machine has run to what the node keeps of it.

import type * as Block from "../machine/block.ts";
import * as Cursor from "../machine/cursor.ts";
import type * as Inbox from "../machine/inbox.ts";
import type * as Logs from "../machine/logs.ts";
import type * as Machine from "../machine/machine.ts";
import * as TransactionContext from "../machine/transactionContext.ts";
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Body from "../protocol/body.ts";
import * as Deposit from "../protocol/deposit.ts";
import type * as Chain from "./chain.ts";
import type * as Record from "./record.ts";

/** The hash under which OP-stack clients look a deposit up, if the node knows it. */
export type AliasOf = (depositIndex: bigint) => Uint8Array | undefined;

/** What the node keeps of a block, from the machine's results and the bytes its entries were taken from. */
export function toNewBlock(
  executed: Block.ExecutedBlock,
  inbox: Inbox.Inbox,
  entries: readonly Uint8Array[],
  aliasOf: AliasOf,
): Chain.NewBlock {
  const { tip, block, results, depositCount } = executed;
  const firstDeposit = tip.deposits - BigInt(depositCount);
  const aliases: { alias: Uint8Array; hash: Uint8Array }[] = [];
  const transactions: Record.TransactionRecord[] = [];
  let cumulativeGasUsed = 0n;
  let firstLog = 0;
  results.forEach((result, position) => {
    const { hash } = result.transaction;
    cumulativeGasUsed += result.gasUsed;
    const receipt = toReceipt(result, cumulativeGasUsed, firstLog);
    firstLog += receipt.logs.length;

    let encoded = entries[position - depositCount];
    if (position < depositCount) {
      const index = firstDeposit + BigInt(position);
      encoded = Deposit.encodeTransaction(inbox.deposit(index), inbox.portal);
      const alias = aliasOf(index);
      if (alias !== undefined) aliases.push({ alias, hash });
    }
    assert(encoded !== undefined, "each result comes from a deposit or an entry");
    transactions.push({ hash, encoded, receipt });
  });
  const { originNumber, originHash } = block;
  return { tip, originNumber, originHash, transactions, aliases };
}

/** The entries of a derived block that became transactions, cut out of the body it was derived from. */
export function takenEntries(
  executed: Block.ExecutedBlock,
  body: Uint8Array,
  start: bigint,
): Uint8Array[] {
  const { refusals, depositCount, results } = executed;
  const refused = new Set(refusals.map(({ entry }) => entry));
  const taken: Uint8Array[] = [];
  let position = Number(start) + Body.BLOCK_HEAD_BYTES;
  for (let entry = depositCount; taken.length < results.length - depositCount; entry++) {
    const from = position + Body.ENTRY_HEAD_BYTES;
    const to = from + Bytes.toNumber(body.subarray(position, from));
    if (!refused.has(entry)) taken.push(body.slice(from, to));
    position = to;
  }
  return taken;
}

/** What a receipt keeps of a result; `firstLog` is the place of its first log in the block. */
export function toReceipt(
  result: Machine.Result,
  cumulativeGasUsed: bigint,
  firstLog: number,
): Record.Receipt {
  const { transaction } = result;
  const isDeposit = transaction.kind === TransactionContext.DEPOSIT;
  return {
    succeeded: result.status === Cursor.STATUS_SUCCESS,
    from: Bytes.fromBigInt(transaction.sender, 20),
    gasUsed: result.gasUsed,
    cumulativeGasUsed,
    effectiveGasPrice: transaction.gasPrice,
    contractAddress: result.created === null ? undefined : Bytes.fromBigInt(result.created, 20),
    depositNonce: isDeposit ? transaction.nonce : undefined,
    firstLog,
    logs: result.logs.map(toLog),
  };
}

function toLog({ address, topics, data }: Logs.Log): Record.Log {
  return {
    address: Bytes.fromBigInt(address, 20),
    topics: topics.map((topic) => Bytes.fromBigInt(topic, 32)),
    data,
  };
}
