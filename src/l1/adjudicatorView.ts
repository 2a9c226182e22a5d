// What the adjudicator of a chain shows of channels: the record of a dispute, what was shown in it, pots and secrets.
import type { Address } from "viem";
import type { State } from "../channels/channelState.ts";
import type { Moved, Shown } from "../channels/client/channel.ts";
import * as Head from "../channels/head.ts";
import * as ByteHex from "../primitives/hex.ts";
import * as Abi from "./abi.ts";
import * as LogPieces from "./logPieces.ts";
import type { L1Client } from "./send.ts";

export type Pot = {
  readonly token: Uint8Array;
  readonly depositedA: bigint;
  readonly depositedB: bigint;
  readonly isSettled: boolean;
};

/** A clock that was started, in which block; the salt of the channel's parameters comes with it. */
export type Challenge = {
  readonly channelId: Uint8Array;
  readonly salt: bigint;
  readonly deadline: bigint;
  readonly block: bigint;
};

/** What an account has put aside for a tower of a channel, by one call. */
export type Reserved = {
  readonly account: Uint8Array;
  readonly channelId: Uint8Array;
  readonly token: Uint8Array;
  readonly amount: bigint;
};

/** One block to look at: everything is asked as of it. */
export type Block = { readonly number: bigint; readonly time: bigint };
export type Blocks = { readonly newest: Block; readonly confirmed: Block };

/**
 * What makes a block certain: so many blocks on top of it, or that its node says so. A rollup's blocks go away with L1's,
 * and those that are not on L1 yet as its sequencer likes, however many follow: there only the node can say.
 */
export type Certainty = bigint | "safe" | "finalized";

const abi = Abi.ADJUDICATOR;
/** The newest block, and the newest that is certain. */
export async function blocks(client: L1Client, certainty: Certainty): Promise<Blocks> {
  const newest = blockOf(await client.getBlock());
  const depth = typeof certainty === "bigint" ? certainty : 0n;
  const number = newest.number > depth ? newest.number - depth : 0n;
  const asked = typeof certainty === "bigint" ? { blockNumber: number } : { blockTag: certainty };
  const confirmed = blockOf(await client.getBlock(asked));
  // Of two nodes behind one address one may be late: what the newest does not show is not known, certain or not.
  return { newest, confirmed: confirmed.number > newest.number ? newest : confirmed };
}

function blockOf({ number, timestamp }: { number: bigint; timestamp: bigint }): Block {
  return { number, time: timestamp };
}

/** The record of a channel's dispute. */
export async function headOf(
  client: L1Client,
  adjudicator: Uint8Array,
  id: Uint8Array,
  { number }: Block,
): Promise<Head.Head> {
  const head = await client.readContract({
    ...{ address: hex(adjudicator), abi, functionName: "headOf", args: [hex(id)] },
    blockNumber: number,
  });
  const { version, flags, net } = head;
  return { version, deadline: BigInt(head.deadline), flags, moves: BigInt(head.moves), net };
}

/** What a channel holds of a token. */
export async function potOf(
  client: L1Client,
  adjudicator: Uint8Array,
  id: Uint8Array,
  token: Uint8Array,
  { number }: Block,
): Promise<Pot> {
  const pot = await client.readContract({
    ...{ address: hex(adjudicator), abi, functionName: "potOf", args: [hex(id), hex(token)] },
    blockNumber: number,
  });
  const { depositedA, depositedB, isSettled } = pot;
  return { token, depositedA, depositedB, isSettled };
}

/** When the secret of a hash was first shown, in seconds of block time; zero for never. */
export function revealedAt(
  client: L1Client,
  adjudicator: Uint8Array,
  hash: Uint8Array,
  { number }: Block,
): Promise<bigint> {
  return client.readContract({
    ...{ address: hex(adjudicator), abi, functionName: "revealedAt", args: [hex(hash)] },
    blockNumber: number,
  });
}

/** The secret of a hash that was first shown at a time, in a block from `fromBlock` on; SecretNotShownError without a log of it. */
export async function secretOf(
  client: L1Client,
  adjudicator: Uint8Array,
  hash: Uint8Array,
  time: bigint,
  fromBlock: bigint,
  { number }: Block,
): Promise<Uint8Array> {
  const revealedIn = (first: bigint, last: bigint) =>
    client.getContractEvents({
      ...{ address: hex(adjudicator), abi, eventName: "Revealed", args: { hash: hex(hash) } },
      ...{ fromBlock: first, toBlock: last, strict: true },
    });
  const [first, last] = await blocksAt(client, time, fromBlock, number);
  for await (const [log] of LogPieces.backwards(first, last, revealedIn)) {
    if (log !== undefined) return ByteHex.toBytes(log.args.secret);
  }
  throw new SecretNotShownError(hash, time);
}

/**
 * What was shown of the state on record by the challenge or response that put it there, the newest first if there are more.
 * No other log shows a forced move than its own, and that would be looked for in all of a long history. A contract's word
 * counts once its block will not go away: it cannot be shown again.
 */
export async function shownOf(
  client: L1Client,
  adjudicator: Uint8Array,
  id: Uint8Array,
  head: Head.Head,
  fromBlock: bigint,
  { newest: { number }, confirmed }: Blocks,
): Promise<Shown> {
  const { version, moves } = head;
  if (moves !== 0n) return { version, signatures: [], hash: undefined };
  const query = { address: hex(adjudicator), abi, args: { id: hex(id) }, strict: true } as const;
  const signaturesIn = async (first: bigint, last: bigint) => {
    const range = { fromBlock: first, toBlock: last };
    const [challenges, responses] = await Promise.all([
      client.getContractEvents({ ...query, ...range, eventName: "Challenged" }),
      client.getContractEvents({ ...query, ...range, eventName: "Responded" }),
    ]);
    const shown = [
      ...challenges.map(({ args }) => ({ version: args.version, bytes: args.signature })),
      ...responses.map(({ args }) => ({ version: args.version, bytes: args.signatures })),
    ];
    return shown.filter((one) => one.version === version);
  };
  const hash = Head.has(head, Head.BY_HASH)
    ? await recordedHash(client, adjudicator, id, confirmed.number)
    : undefined;
  for await (const found of LogPieces.backwards(fromBlock, number, signaturesIn)) {
    if (found.length === 0) continue;
    return { version, signatures: found.map(({ bytes }) => ByteHex.toBytes(bytes)), hash };
  }
  return { version, signatures: [], hash };
}

/**
 * The last move that was forced, if any was since the state that both sides stand by; it began a window. Throws
 * MoveNotShownError if no log has it.
 */
export async function movedOf(
  client: L1Client,
  adjudicator: Uint8Array,
  id: Uint8Array,
  head: Head.Head,
  window: bigint,
  fromBlock: bigint,
  { newest, confirmed }: Blocks,
): Promise<Moved | undefined> {
  if (head.moves === 0n) return undefined;
  const movesIn = async (first: bigint, last: bigint) => {
    const logs = await client.getContractEvents({
      ...{ address: hex(adjudicator), abi, eventName: "MoveForced", args: { id: hex(id) } },
      ...{ fromBlock: first, toBlock: last, strict: true },
    });
    return logs.filter(({ args }) => args.next.version === head.version);
  };
  const forcedAt = head.deadline - window;
  const [first, last] = await blocksAt(client, forcedAt, fromBlock, newest.number);
  for await (const found of LogPieces.backwards(first, last, movesIn)) {
    const move = found.at(-1);
    if (move === undefined) continue;
    const { next, data } = move.args;
    const isConfirmed = move.blockNumber <= confirmed.number;
    return { state: stateOf(next), data: ByteHex.toBytes(data), isConfirmed };
  }
  throw new MoveNotShownError(id, head.version);
}

/** What a virtual channel came to, if that is on record. */
export async function outcomeOf(
  client: L1Client,
  adjudicator: Uint8Array,
  id: Uint8Array,
  { number }: Block,
): Promise<{ readonly amount: bigint; readonly time: bigint } | undefined> {
  const { amount, recordedAt } = await client.readContract({
    ...{ address: hex(adjudicator), abi, functionName: "outcomeOf", args: [hex(id)] },
    blockNumber: number,
  });
  return recordedAt === 0 ? undefined : { amount, time: BigInt(recordedAt) };
}

/** The challenges in the blocks [from, to]. */
export async function challengesIn(
  client: L1Client,
  adjudicator: Uint8Array,
  from: bigint,
  to: bigint,
): Promise<Challenge[]> {
  const logs = await client.getContractEvents({
    ...{ address: hex(adjudicator), abi, eventName: "Challenged", strict: true },
    ...{ fromBlock: from, toBlock: to },
  });
  return logs.map(({ args, blockNumber }) => ({
    ...{ channelId: ByteHex.toBytes(args.id), salt: args.salt },
    ...{ deadline: BigInt(args.deadline), block: blockNumber },
  }));
}

/** What was put aside for a tower in the blocks [from, to]. */
export async function reservesIn(
  client: L1Client,
  adjudicator: Uint8Array,
  tower: Uint8Array,
  from: bigint,
  to: bigint,
): Promise<Reserved[]> {
  const logs = await client.getContractEvents({
    ...{ address: hex(adjudicator), abi, eventName: "FeeReserved", args: { tower: hex(tower) } },
    ...{ fromBlock: from, toBlock: to, strict: true },
  });
  return logs.map(({ args: { account, id, token, amount } }) => ({
    ...{ account: ByteHex.toBytes(account), channelId: ByteHex.toBytes(id) },
    ...{ token: ByteHex.toBytes(token), amount },
  }));
}

/**
 * The blocks of a time among [from, to]; times never go back. To read the log of all of a long history for what happened at
 * a time that is known would let whoever names old secrets hold up every other look.
 */
async function blocksAt(
  client: L1Client,
  time: bigint,
  from: bigint,
  to: bigint,
): Promise<readonly [bigint, bigint]> {
  const first = await firstFrom(client, time, from, to + 1n);
  return [first, (await firstFrom(client, time + 1n, first, to + 1n)) - 1n];
}

/** The first block of a time or later in [from, end); `end` where there is none. */
async function firstFrom(
  client: L1Client,
  time: bigint,
  from: bigint,
  end: bigint,
): Promise<bigint> {
  let [low, high] = [from, end];
  while (low < high) {
    const middle = (low + high) / 2n;
    const { timestamp } = await client.getBlock({ blockNumber: middle });
    if (timestamp < time) low = middle + 1n;
    else high = middle;
  }
  return low;
}

async function recordedHash(
  client: L1Client,
  adjudicator: Uint8Array,
  id: Uint8Array,
  blockNumber: bigint,
): Promise<Uint8Array> {
  const hash = await client.readContract({
    ...{ address: hex(adjudicator), abi, functionName: "recordedHash", args: [hex(id)] },
    blockNumber,
  });
  return ByteHex.toBytes(hash);
}

function hex(value: Uint8Array): Address {
  return ByteHex.fromBytes(value);
}

type LoggedState = {
  readonly channelId: Address;
  readonly version: bigint;
  readonly isFinal: boolean;
  readonly assets: readonly {
    readonly token: Address;
    readonly net: bigint;
    readonly outA: bigint;
    readonly outB: bigint;
  }[];
  readonly locks: Address;
  readonly app: Address;
};

function stateOf({ channelId, version, isFinal, assets, locks, app }: LoggedState): State {
  const bytes = ByteHex.toBytes;
  return {
    ...{ channelId: bytes(channelId), version, isFinal, locks: bytes(locks), app: bytes(app) },
    assets: assets.map((asset) => ({ ...asset, token: bytes(asset.token) })),
  };
}

/** The node does not show the secret that its contract was shown. */
export class SecretNotShownError extends Error {
  override readonly name = "AdjudicatorView.SecretNotShownError";
  readonly hash: Uint8Array;
  readonly time: bigint;
  constructor(hash: Uint8Array, time: bigint) {
    super(`no log shows the secret of ${ByteHex.fromBytes(hash)}, revealed at ${time}`);
    this.hash = hash;
    this.time = time;
  }
}

/** The node does not show the move that its contract has on record. */
export class MoveNotShownError extends Error {
  override readonly name = "AdjudicatorView.MoveNotShownError";
  readonly channelId: Uint8Array;
  readonly version: bigint;
  constructor(channelId: Uint8Array, version: bigint) {
    super(`no log shows the move to version ${version} of channel ${ByteHex.fromBytes(channelId)}`);
    this.channelId = channelId;
    this.version = version;
  }
}
