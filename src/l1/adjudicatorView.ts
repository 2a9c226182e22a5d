// What the adjudicator of a chain shows of channels: the record of a dispute, what was shown in it, pots and secrets.
import { decodeFunctionData, toFunctionSelector, type Address, type Hex } from "viem";
import type { State } from "../channels/channelState.ts";
import * as Params from "../channels/params.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as ByteHex from "../primitives/hex.ts";
import * as Abi from "./abi.ts";
import type { Presented } from "./adjudicatorCalls.ts";
import type { L1Client } from "./send.ts";

export type Head = { readonly version: bigint; readonly deadline: bigint };
export type Pot = {
  readonly token: Uint8Array;
  readonly depositedA: bigint;
  readonly depositedB: bigint;
  readonly isSettled: boolean;
};
export type Reveal = { readonly secret: Uint8Array; readonly time: bigint };

/** What a challenge or a response showed. */
export type ShownInCall = { readonly params: Params.Params; readonly presented: Presented };

/** One block to look at: everything is asked as of it. */
export type Block = { readonly number: bigint; readonly time: bigint };

const abi = Abi.ADJUDICATOR;
const SHOWING = ["challenge", "respond", "respondFor"] as const;
const SELECTORS = abi
  .filter((item) => item.type === "function")
  .filter(({ name }) => SHOWING.some((shown) => shown === name))
  .map((item) => toFunctionSelector(item).slice(2));

/** The newest block, and the newest that has so many on top of it. */
export async function blocks(
  client: L1Client,
  confirmations: bigint,
): Promise<{ readonly newest: Block; readonly confirmed: Block }> {
  const newest = await client.getBlock();
  const number = newest.number > confirmations ? newest.number - confirmations : 0n;
  const confirmed = await client.getBlock({ blockNumber: number });
  return {
    newest: { number: newest.number, time: newest.timestamp },
    confirmed: { number, time: confirmed.timestamp },
  };
}

/** The record of a channel's dispute. */
export async function headOf(
  client: L1Client,
  adjudicator: Uint8Array,
  id: Uint8Array,
  { number }: Block,
): Promise<Head> {
  const head = await client.readContract({
    ...{ address: hex(adjudicator), abi, functionName: "headOf", args: [hex(id)] },
    blockNumber: number,
  });
  return { version: head.version, deadline: BigInt(head.deadline) };
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

/** The secret of a hash, if it was revealed by then. `fromBlock` is where the search for it begins. */
export async function revealOf(
  client: L1Client,
  adjudicator: Uint8Array,
  hash: Uint8Array,
  fromBlock: bigint,
  { number }: Block,
): Promise<Reveal | undefined> {
  const time = await client.readContract({
    ...{ address: hex(adjudicator), abi, functionName: "revealedAt", args: [hex(hash)] },
    blockNumber: number,
  });
  if (time === 0n) return undefined;
  const [log] = await client.getContractEvents({
    ...{ address: hex(adjudicator), abi, eventName: "Revealed", args: { hash: hex(hash) } },
    ...{ fromBlock, toBlock: number, strict: true },
  });
  return log === undefined ? undefined : { secret: ByteHex.toBytes(log.args.secret), time };
}

/** What was last shown in a channel's dispute, if the node can tell; see `shownIn`. */
export async function lastShown(
  client: L1Client,
  adjudicator: Uint8Array,
  id: Uint8Array,
  home: Uint8Array,
  fromBlock: bigint,
  { number }: Block,
): Promise<ShownInCall | undefined> {
  const query = { address: hex(adjudicator), abi, args: { id: hex(id) }, strict: true } as const;
  const range = { fromBlock, toBlock: number };
  const [challenges, responses] = await Promise.all([
    client.getContractEvents({ ...query, ...range, eventName: "Challenged" }),
    client.getContractEvents({ ...query, ...range, eventName: "Responded" }),
  ]);
  const placed = [...challenges, ...responses].map((log) => {
    const { blockNumber, logIndex, transactionHash } = log;
    return { blockNumber, logIndex, transactionHash };
  });
  const [last] = placed.sort(latestFirst);
  return last === undefined ? undefined : shownBy(client, last.transactionHash, id, home);
}

/** What the input of a transaction showed of a channel. */
export async function shownBy(
  client: L1Client,
  hash: Hex,
  id: Uint8Array,
  home: Uint8Array,
): Promise<ShownInCall | undefined> {
  const { input } = await client.getTransaction({ hash });
  return shownIn(ByteHex.toBytes(input), id, home);
}

/**
 * The challenge or response of a channel that stands somewhere in an input, directly or inside what a forwarding contract
 * was given: its parameters must hash to the channel's id, so nothing else passes for it.
 */
export function shownIn(
  input: Uint8Array,
  id: Uint8Array,
  home: Uint8Array,
): ShownInCall | undefined {
  const text = ByteHex.fromBytes(input).slice(2);
  for (const selector of SELECTORS) {
    for (let at = text.indexOf(selector); at >= 0; at = text.indexOf(selector, at + 1)) {
      const found = at % 2 === 0 ? decodeAt(`0x${text.slice(at)}`) : undefined;
      if (found !== undefined && Bytes.equals(Params.channelId(found.params, home), id))
        return found;
    }
  }
  return undefined;
}

function decodeAt(data: Hex): ShownInCall | undefined {
  let decoded;
  try {
    decoded = decodeFunctionData({ abi, data });
  } catch {
    // Four bytes that look like a selector by chance.
    return undefined;
  }
  const { functionName, args } = decoded;
  if (functionName !== "challenge" && functionName !== "respond" && functionName !== "respondFor") {
    return undefined;
  }
  const [params, presented] = args;
  return {
    params: {
      ...{ a: bytes(params.a), b: bytes(params.b), keyA: bytes(params.keyA) },
      ...{ keyB: bytes(params.keyB), token: bytes(params.token), period: BigInt(params.period) },
      ...{ bond: params.bond, salt: params.salt },
    },
    presented: {
      state: stateOf(presented.state),
      signatureA: bytes(presented.signatureA),
      signatureB: bytes(presented.signatureB),
    },
  };
}

function stateOf(state: {
  readonly channelId: Hex;
  readonly version: bigint;
  readonly isFinal: boolean;
  readonly assets: readonly {
    readonly token: Hex;
    readonly net: bigint;
    readonly outA: bigint;
    readonly outB: bigint;
  }[];
  readonly locks: Hex;
  readonly app: Hex;
}): State {
  const { channelId, version, isFinal, assets, locks, app } = state;
  return {
    ...{ channelId: bytes(channelId), version, isFinal, locks: bytes(locks), app: bytes(app) },
    assets: assets.map(({ token, net, outA, outB }) => ({ token: bytes(token), net, outA, outB })),
  };
}

type Placed = { readonly blockNumber: bigint; readonly logIndex: number };

function latestFirst(one: Placed, other: Placed): number {
  if (one.blockNumber !== other.blockNumber) return one.blockNumber > other.blockNumber ? -1 : 1;
  return other.logIndex - one.logIndex;
}

function hex(value: Uint8Array): Address {
  return ByteHex.fromBytes(value);
}

function bytes(value: Hex): Uint8Array {
  return ByteHex.toBytes(value);
}
