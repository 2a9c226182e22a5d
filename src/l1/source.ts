// What the node reads of L1: its head, its hashes, and what inbox and portal have logged.
import { BlockNotFoundError, type Hash } from "viem";
import type { BatchEvent } from "../derivation/l1Log.ts";
import * as ByteHex from "../primitives/hex.ts";
import type { Contracts } from "./contracts.ts";
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
  const { number, hash, timestamp } = isNewest ? newest : await client.getBlock({ blockNumber });
  return { number, hash: ByteHex.toBytes(hash), timestamp };
}

/** The hash of a block, or undefined if L1 has no block of that number. */
export async function hashOf(
  { client }: Source,
  blockNumber: bigint,
): Promise<Uint8Array | undefined> {
  try {
    const { hash } = await client.getBlock({ blockNumber });
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
  const times = timesOf(source);
  const found: Event[] = [];
  for (const log of logs.toSorted(inOrder)) {
    const isPortal = log.address.toLowerCase() === contracts.portal.toLowerCase();
    const event = isPortal
      ? InboxEvents.toDeposit(log, await times(log))
      : await withHeader(source, InboxEvents.toBatch(log));
    if (event !== undefined) found.push(event);
  }
  return found;
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
