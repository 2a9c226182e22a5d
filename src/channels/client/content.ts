// What a state says, with its locks spelled out: a party keeps this, and signs the state that it stands for.
import * as Bytes from "../../primitives/bytes.ts";
import type * as ChannelState from "../channelState.ts";
import * as Locks from "../locks.ts";
import type { Lock } from "../locks.ts";
import { Rejected } from "./rejected.ts";
import * as Wire from "./wire.ts";

export type Side = "A" | "B";

export type Content = {
  readonly version: bigint;
  readonly isFinal: boolean;
  readonly assets: readonly ChannelState.Asset[];
  readonly locks: readonly Lock[];
};

/** How many assets a client takes in one channel. */
export const MAX_ASSETS = 16;

/** Nothing has been paid. */
export const INITIAL: Content = { version: 0n, isFinal: false, assets: [], locks: [] };

const NO_APP = new Uint8Array(32);

/** The state that the content stands for. A client's channels have no app. */
export function stateOf(channelId: Uint8Array, content: Content): ChannelState.State {
  const { version, isFinal, assets, locks } = content;
  const locksHash = Locks.hash(Locks.pack(locks));
  return { channelId, version, isFinal, assets, locks: locksHash, app: NO_APP };
}

/** The other side. */
export function opposite(side: Side): Side {
  return side === "A" ? "B" : "A";
}

/** Whose money a lock holds. */
export function payerOf(lock: Lock): Side {
  return lock.aToB ? "A" : "B";
}

/** What a side has authorised to be withdrawn of an asset. */
export function outOf(asset: ChannelState.Asset, side: Side): bigint {
  return side === "A" ? asset.outA : asset.outB;
}

/** What a side has paid the other, locks aside. */
export function paidBy(asset: ChannelState.Asset, side: Side): bigint {
  return side === "A" ? asset.net : -asset.net;
}

/** What the locks of a side hold of an asset. */
export function lockedBy(content: Content, index: number, side: Side): bigint {
  let sum = 0n;
  for (const lock of content.locks) {
    if (lock.asset === index && payerOf(lock) === side) sum += lock.amount;
  }
  return sum;
}

/** The content's bytes: version 8, final 1, assets (token 20, net 16, outA 16, outB 16), locks of 56. */
export function encode({ version, isFinal, assets, locks }: Content): Uint8Array {
  return Bytes.concat(
    Bytes.fromBigInt(version, 8),
    Wire.byte(Number(isFinal)),
    Wire.fromList(assets, ({ token, net, outA, outB }) =>
      Bytes.concat(
        token,
        Wire.fromSigned(net, 16),
        Bytes.fromBigInt(outA, 16),
        Bytes.fromBigInt(outB, 16),
      ),
    ),
    Wire.byte(locks.length),
    Locks.pack(locks),
  );
}

/** Reads what `encode` wrote. */
export function read(from: Wire.Reader): Content {
  return {
    version: Wire.integer(from, 8),
    isFinal: Wire.flag(from),
    assets: Wire.list(from, MAX_ASSETS, "assets", () => ({
      token: Wire.take(from, 20),
      net: Wire.signed(from, 16),
      outA: Wire.integer(from, 16),
      outB: Wire.integer(from, 16),
    })),
    locks: Wire.list(from, Locks.MAX_LOCKS, "locks", () => readLock(from)),
  };
}

/** Reads one packed lock, of a kind that a client signs. */
export function readLock(from: Wire.Reader): Lock {
  const packed = Wire.take(from, Locks.LOCK_BYTES);
  const lock = Locks.lockAt(packed, 0);
  if (lock.kind !== Locks.KIND_HASH) throw new Rejected("unknown-lock-kind", [lock.kind]);
  if (!Bytes.equals(Locks.pack([lock]), packed)) {
    throw new Rejected("out-of-range", ["direction of a lock", 1, packed.slice(2, 3)]);
  }
  return lock;
}
