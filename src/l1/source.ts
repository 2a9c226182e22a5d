// What the node reads of L1: its head, its hashes, and what inbox and portal have logged.
import { BaseError, BlockNotFoundError, RpcRequestError, type Hash } from "viem";
import type { BatchEvent } from "../derivation/l1Log.ts";
import * as ByteHex from "../primitives/hex.ts";
import type { Contracts } from "./contracts.ts";
import { ContradictionError } from "./contradiction.ts";
import * as InboxEvents from "./inboxEvents.ts";
import * as OriginHeader from "./originHeader.ts";
import type { L1Client } from "./send.ts";

export type Head = {
  readonly number: bigint;
  readonly hash: Uint8Array;
  readonly timestamp: bigint;
};

export type Event = InboxEvents.AliasedDeposit | BatchEvent;

/** L1 as one rollup sees it, so many blocks behind its tip. */
export type Source = {
  readonly client: L1Client;
  readonly contracts: Pick<Contracts, "inbox" | "portal">;
  readonly confirmations: bigint;
};

/** The newest block that has its confirmations; the first block while there is none. */
export async function head({ client, confirmations }: Source): Promise<Head> {
  const newest = await client.getBlock();
  const blockNumber = newest.number > confirmations ? newest.number - confirmations : 0n;
  const isNewest = blockNumber === newest.number;
  const { number, hash, timestamp } = isNewest ? newest : await blockAt(client, blockNumber);
  return { number, hash: ByteHex.toBytes(hash), timestamp };
}

/** The newest block that L1 calls final, or undefined where it names none. */
export async function finalized({ client }: Source): Promise<Head | undefined> {
  try {
    const { number, hash, timestamp } = await client.getBlock({ blockTag: "finalized" });
    return { number, hash: ByteHex.toBytes(hash), timestamp };
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined;
    // Whoever follows no beacon chain answers the tag with an error.
    const isAnswer = (cause: unknown) => cause instanceof RpcRequestError;
    if (error instanceof BaseError && error.walk(isAnswer) !== null) return undefined;
    throw error;
  }
}

/** The hash of a block, or undefined if L1 has no block of that number. */
export async function hashOf(
  { client }: Source,
  blockNumber: bigint,
): Promise<Uint8Array | undefined> {
  try {
    const { hash } = await blockAt(client, blockNumber);
    return ByteHex.toBytes(hash);
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined;
    throw error;
  }
}

/** What inbox and portal logged in the blocks [from, to], in order. */
export async function events(source: Source, from: bigint, to: bigint): Promise<Event[]> {
  const { client, contracts } = source;
  const address = [contracts.inbox, contracts.portal];
  const logs = await client.getLogs({ address, fromBlock: from, toBlock: to });
  const asked = new Set(address.map((one) => one.toLowerCase()));
  const times = timesOf(source);
  let last: InboxEvents.MinedLog | undefined;
  const found: Event[] = [];
  for (const log of logs.toSorted(inOrder)) {
    const isWithin = from <= log.blockNumber && log.blockNumber <= to;
    // Nodes mark what a reorganisation has taken back.
    const isAsked = isWithin && asked.has(log.address.toLowerCase()) && !log.removed;
    if (!isAsked || (last !== undefined && inOrder(last, log) >= 0)) {
      const place = `block ${log.blockNumber}, place ${log.logIndex}`;
      throw new ContradictionError("foreign log", `L1 gave a log that was not asked for: ${place}`);
    }
    last = log;
    const isPortal = log.address.toLowerCase() === contracts.portal.toLowerCase();
    const event = isPortal
      ? InboxEvents.toDeposit(log, await times(log))
      : await withHeader(source, InboxEvents.toBatch(log));
    if (event !== undefined) found.push(event);
  }
  return found;
}

/** Throws ContradictionError if whoever answers is another chain than the client was made for. */
export async function requireSameChain({ client }: Source): Promise<void> {
  const id = await client.getChainId();
  if (id === client.chain.id) return;
  const reason = `expected L1 with chain id ${client.chain.id}, got one with ${id}`;
  throw new ContradictionError("other chain", reason);
}

async function blockAt(client: L1Client, blockNumber: bigint) {
  const block = await client.getBlock({ blockNumber });
  if (block.number === blockNumber) return block;
  const reason = `asked for block ${blockNumber}, L1 gave block ${block.number}`;
  throw new ContradictionError("other block", reason);
}

async function withHeader(
  { client }: Source,
  posted: InboxEvents.PostedBatch | undefined,
): Promise<BatchEvent | undefined> {
  if (posted === undefined) return undefined;
  const originHash = ByteHex.fromBytes(posted.batch.originHash);
  return { ...posted, originHeader: await OriginHeader.fetchHeader(client, originHash) };
}

function inOrder(left: InboxEvents.MinedLog, right: InboxEvents.MinedLog): number {
  if (left.blockNumber !== right.blockNumber) return left.blockNumber < right.blockNumber ? -1 : 1;
  return left.logIndex - right.logIndex;
}

// Not every node tells a log's time with the log.
function timesOf({ client }: Source): (log: InboxEvents.MinedLog) => Promise<bigint> {
  const known = new Map<Hash, Promise<bigint>>();
  return (log) => {
    const asked = known.get(log.blockHash);
    if (asked !== undefined) return asked;
    const time = client.getBlock({ blockHash: log.blockHash }).then((block) => block.timestamp);
    known.set(log.blockHash, time);
    return time;
  };
}
