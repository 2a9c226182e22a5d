// The logs of inbox and portal as plain data, in the form that derivation takes.
import { type Log, parseEventLogs } from "viem";
import { extractTransactionDepositedLogs, getL2TransactionHash } from "viem/op-stack";
import type { BatchEvent, DepositEvent } from "../derivation/l1Log.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as ByteHex from "../primitives/hex.ts";
import * as Deposit from "../protocol/deposit.ts";
import * as Abi from "./abi.ts";
import { ContradictionError } from "./contradiction.ts";

/** A log of a block that is mined. */
export type MinedLog = Log<bigint, number, false>;

/** A deposit with the hash under which OP-stack clients look it up on L2. */
export type AliasedDeposit = DepositEvent & { readonly alias: Uint8Array };

/** A batch without the header that it names, which the log does not hold. */
export type PostedBatch = Omit<BatchEvent, "originHeader">;

/** The deposit in a log of the portal; undefined if the log is about something else. Throws ContradictionError. */
export function toDeposit(log: MinedLog, l1Time: bigint): AliasedDeposit | undefined {
  const [deposited] = extractTransactionDepositedLogs({ logs: [log] });
  if (deposited === undefined) return undefined;
  const { from, to, opaqueData } = deposited.args;
  requireFields(log, () => Deposit.parseOpaqueData(ByteHex.toBytes(opaqueData)));
  return {
    type: "deposit",
    l1Block: log.blockNumber,
    l1Time,
    from: ByteHex.toBytes(from),
    to: ByteHex.toBytes(to),
    opaqueData: ByteHex.toBytes(opaqueData),
    alias: ByteHex.toBytes(getL2TransactionHash({ log: deposited })),
  };
}

/** The batch in a log of the inbox; undefined if the log is about something else. Throws ContradictionError. */
export function toBatch(log: MinedLog): PostedBatch | undefined {
  const [posted] = parseEventLogs({ abi: Abi.INBOX, logs: [log], eventName: "BatchPosted" });
  if (posted === undefined) return undefined;
  const { batch: index, accumulator, header, body } = posted.args;
  const { previous, originHash, bodyRoot, depositsRoot } = header;
  const { firstBlock, lastBlock, postedAt, originNumber, depositsFrom, depositsTo } = header;
  requireFields(log, () => {
    // viem takes a whole word for each of them.
    for (const integer of [index, firstBlock, lastBlock, postedAt, originNumber]) inUint64(integer);
    for (const integer of [depositsFrom, depositsTo]) inUint64(integer);
  });
  return {
    type: "batch",
    l1Block: log.blockNumber,
    index,
    accumulator: ByteHex.toBytes(accumulator),
    batch: {
      ...header,
      previous: ByteHex.toBytes(previous),
      originHash: ByteHex.toBytes(originHash),
      bodyRoot: ByteHex.toBytes(bodyRoot),
      depositsRoot: ByteHex.toBytes(depositsRoot),
    },
    body: ByteHex.toBytes(body),
  };
}

function inUint64(integer: bigint): void {
  Bytes.fromBigInt(integer, 8);
}

/** Throws ContradictionError for a log that its contract cannot have made. */
function requireFields(log: MinedLog, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    const place = `block ${log.blockNumber}, place ${log.logIndex}`;
    throw new ContradictionError(
      "log",
      `L1 gave a log that cannot be (${place}): ${String(error)}`,
    );
  }
}
