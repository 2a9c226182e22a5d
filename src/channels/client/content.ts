// What a state says, with its locks spelled out: a party keeps this, and signs the state that it stands for.
import * as Bytes from "../../primitives/bytes.ts";
import * as AppState from "../appState.ts";
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
  /** The game that is being played. */
  readonly app: AppState.AppState | undefined;
};

/** How many assets a client takes in one channel. */
export const MAX_ASSETS = 16;
/** How large the data of an app may be. */
export const MAX_APP_BYTES = 1_024;

/** Nothing has been paid. */
export const INITIAL: Content = {
  version: 0n,
  isFinal: false,
  assets: [],
  locks: [],
  app: undefined,
};

const NO_APP = new Uint8Array(32);

/** The state that the content stands for. */
export function stateOf(channelId: Uint8Array, content: Content): ChannelState.State {
  const { version, isFinal, assets } = content;
  const locks = Locks.hash(Locks.pack(content.locks));
  const app = content.app === undefined ? NO_APP : AppState.hash(content.app);
  return { channelId, version, isFinal, assets, locks, app };
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

/** The content's bytes: version 8, final 1, assets (token 20, net 16, outA 16, outB 16), locks of 56, at most one app. */
export function encode({ version, isFinal, assets, locks, app }: Content): Uint8Array {
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
    Wire.fromList(app === undefined ? [] : [app], encodeApp),
  );
}

/** Reads what `encode` wrote. */
export function read(from: Wire.Reader): Content {
  const content = {
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
  const [app] = Wire.list(from, 1, "apps", () => readApp(from));
  return { ...content, app };
}

/** An app's bytes: its address 20, the hash of its code 32, its data. */
export function encodeApp({ app, codeHash, data }: AppState.AppState): Uint8Array {
  return Bytes.concat(app, codeHash, Wire.fromBlob(data));
}

/** Reads what `encodeApp` wrote. */
export function readApp(from: Wire.Reader): AppState.AppState {
  return {
    app: Wire.take(from, 20),
    codeHash: Wire.take(from, 32),
    data: Wire.blob(from, MAX_APP_BYTES, "app data"),
  };
}

/** Reads one packed lock, of a kind that a client signs. */
export function readLock(from: Wire.Reader): Lock {
  const packed = Wire.take(from, Locks.LOCK_BYTES);
  const lock = Locks.lockAt(packed, 0);
  if (lock.kind > Locks.KIND_CHANNEL) throw new Rejected("unknown-lock-kind", [lock.kind]);
  if (!Bytes.equals(Locks.pack([lock]), packed)) {
    throw new Rejected("out-of-range", ["direction of a lock", 1, packed.slice(2, 3)]);
  }
  return lock;
}
