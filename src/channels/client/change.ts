// What a proposal changes. Whoever proposes gives: it pays, locks, settles or takes back its own locks, authorises its
// own withdrawals. So whoever loses by a change is the first to sign it.
import * as Bytes from "../../primitives/bytes.ts";
import { sha256 } from "../../primitives/sha256.ts";
import type { AppState } from "../appState.ts";
import type { Asset } from "../channelState.ts";
import * as Locks from "../locks.ts";
import type { Lock } from "../locks.ts";
import * as Content from "./content.ts";
import type { Side } from "./content.ts";
import { Rejected } from "./rejected.ts";
import * as Wire from "./wire.ts";

/** `note` is what the payee needs to know: the rest of the route. */
export type Add = { readonly kind: "add"; readonly lock: Lock; readonly note: Uint8Array };

export type Change =
  | { readonly kind: "pay"; readonly asset: number; readonly amount: bigint }
  | Add
  | { readonly kind: "fulfil"; readonly secret: Uint8Array }
  | { readonly kind: "remove"; readonly hash: Uint8Array }
  | { readonly kind: "withdraw"; readonly asset: number; readonly amount: bigint }
  | { readonly kind: "name"; readonly token: Uint8Array }
  | { readonly kind: "finish" }
  | Played
  /** Lowers a channel lock to what its payee has said that it will take. */
  | { readonly kind: "lower"; readonly key: Uint8Array; readonly amount: bigint }
  /** Pays a channel lock in full. */
  | { readonly kind: "resolve"; readonly key: Uint8Array };

/** Begins a game for which the proposer pays first. `nets` is what A has then paid B of each asset. */
export type Install = {
  readonly kind: "install";
  readonly app: AppState;
  readonly nets: readonly bigint[];
};

/** A move in the game: what it makes of the app's data, and of what A has paid B of each asset. */
export type Move = {
  readonly kind: "move";
  readonly data: Uint8Array;
  readonly nets: readonly bigint[];
};

/** What a party may want by itself. */
export type Wanted = Exclude<
  Change,
  { kind: "add" | "fulfil" | "remove" | "lower" | "resolve" | "finish" }
>;

/** What a player does in a game; to conclude ends it with what has been paid by then. */
export type Played = Install | Move | { readonly kind: "conclude" };

export const SECRET_BYTES = 32;
export const MAX_NOTE_BYTES = 256;
/** A proposal may settle every lock and put another in its place. */
export const MAX_CHANGES = 2 * Locks.MAX_LOCKS;

const KINDS = [
  ...(["pay", "add", "fulfil", "remove", "withdraw", "name", "finish"] as const),
  ...(["install", "move", "conclude", "lower", "resolve"] as const),
] as const satisfies readonly Change["kind"][];

/** The content after a change that `proposer` makes; the version stays. Rejects what the content does not allow. */
export function apply(content: Content.Content, change: Change, proposer: Side): Content.Content {
  if (content.isFinal) throw new Rejected("final-state", [content.version]);
  // What an app says of the payments must stay true, and a forced move may change nothing else.
  const isPlay = change.kind === "move" || change.kind === "conclude";
  if (content.app !== undefined && !isPlay) throw new Rejected("app-installed", [content.app.app]);
  switch (change.kind) {
    case "pay":
      checkAmount(change.amount);
      return withAsset(content, change.asset, (asset) => paid(asset, proposer, change.amount));
    case "add": {
      const { lock } = change;
      checkAmount(lock.amount);
      assetAt(content, lock.asset);
      if (Content.payerOf(lock) !== proposer) throw new Rejected("not-the-payer", [lock.key]);
      if (indexOfLock(content, lock.key) >= 0) throw new Rejected("duplicate-lock", [lock.key]);
      if (content.locks.length >= Locks.MAX_LOCKS) {
        throw new Rejected("too-many-locks", [Locks.MAX_LOCKS, content.locks.length + 1]);
      }
      return { ...content, locks: [...content.locks, lock] };
    }
    case "fulfil": {
      const hash = sha256(change.secret);
      ownLock(content, hash, proposer, Locks.KIND_HASH);
      const [lock, rest] = takeLock(content, hash, proposer);
      return withAsset(rest, lock.asset, (asset) => paid(asset, proposer, lock.amount));
    }
    case "remove":
      return takeLock(content, change.hash, proposer)[1];
    case "withdraw":
      checkAmount(change.amount);
      return withAsset(content, change.asset, (asset) => withdrawn(asset, proposer, change.amount));
    case "name": {
      const { token } = change;
      if (content.assets.some((asset) => Bytes.equals(asset.token, token))) {
        throw new Rejected("asset-already-named", [token]);
      }
      if (content.assets.length >= Content.MAX_ASSETS) {
        throw new Rejected("too-many", ["assets", Content.MAX_ASSETS, Content.MAX_ASSETS + 1]);
      }
      const asset = { token, net: 0n, outA: 0n, outB: 0n };
      return { ...content, assets: [...content.assets, asset] };
    }
    case "finish":
      if (content.locks.length > 0) throw new Rejected("locks-left", [content.locks.length]);
      return { ...content, isFinal: true };
    case "install": {
      if (content.locks.length > 0) throw new Rejected("locks-left", [content.locks.length]);
      return { ...withNets(content, change.nets), app: change.app };
    }
    case "move":
      return {
        ...withNets(content, change.nets),
        app: { ...installed(content), data: change.data },
      };
    case "conclude":
      installed(content);
      return { ...content, app: undefined };
    case "lower": {
      const index = ownLock(content, change.key, proposer, Locks.KIND_CHANNEL);
      const lock = content.locks[index];
      checkAmount(change.amount);
      if (lock === undefined || change.amount >= lock.amount) {
        throw new Rejected("out-of-range", ["amount", lock?.amount ?? 0n, change.amount]);
      }
      const lowered = { ...lock, amount: change.amount };
      return { ...content, locks: content.locks.with(index, lowered) };
    }
    case "resolve": {
      ownLock(content, change.key, proposer, Locks.KIND_CHANNEL);
      const [lock, rest] = takeLock(content, change.key, proposer);
      return withAsset(rest, lock.asset, (asset) => paid(asset, proposer, lock.amount));
    }
  }
}

/** Where the lock of a hash stands; -1 for nowhere. */
export function indexOfLock({ locks }: Content.Content, hash: Uint8Array): number {
  return locks.findIndex(({ key }) => Bytes.equals(key, hash));
}

/** The lock of a hash. */
export function lockOf(content: Content.Content, hash: Uint8Array): Lock | undefined {
  return content.locks[indexOfLock(content, hash)];
}

/** The change's bytes: its kind in one byte, then its fields. */
export function encode(change: Change): Uint8Array {
  const kind = Wire.byte(KINDS.indexOf(change.kind));
  switch (change.kind) {
    case "pay":
    case "withdraw":
      return Bytes.concat(kind, Wire.byte(change.asset), Bytes.fromBigInt(change.amount, 16));
    case "add":
      return Bytes.concat(kind, Locks.pack([change.lock]), Wire.fromBlob(change.note));
    case "fulfil":
      return Bytes.concat(kind, change.secret);
    case "remove":
      return Bytes.concat(kind, change.hash);
    case "name":
      return Bytes.concat(kind, change.token);
    case "finish":
    case "conclude":
      return kind;
    case "install":
      return Bytes.concat(kind, Content.encodeApp(change.app), encodeNets(change.nets));
    case "move":
      return Bytes.concat(kind, Wire.fromBlob(change.data), encodeNets(change.nets));
    case "lower":
      return Bytes.concat(kind, change.key, Bytes.fromBigInt(change.amount, 16));
    case "resolve":
      return Bytes.concat(kind, change.key);
  }
}

/** Reads what `encode` wrote. */
export function read(from: Wire.Reader): Change {
  const number = Wire.number(from, 1);
  const kind = KINDS[number];
  if (kind === undefined) throw new Rejected("unknown-change", [number]);
  switch (kind) {
    case "pay":
    case "withdraw":
      return { kind, asset: Wire.number(from, 1), amount: Wire.integer(from, 16) };
    case "add":
      return {
        kind,
        lock: Content.readLock(from),
        note: Wire.blob(from, MAX_NOTE_BYTES, "note"),
      };
    case "fulfil":
      return { kind, secret: Wire.take(from, SECRET_BYTES) };
    case "remove":
      return { kind, hash: Wire.take(from, 32) };
    case "name":
      return { kind, token: Wire.take(from, 20) };
    case "finish":
    case "conclude":
      return { kind };
    case "install":
      return { kind, app: Content.readApp(from), nets: readNets(from) };
    case "move": {
      const data = Wire.blob(from, Content.MAX_APP_BYTES, "app data");
      return { kind, data, nets: readNets(from) };
    }
    case "lower":
      return { kind, key: Wire.take(from, 32), amount: Wire.integer(from, 16) };
    case "resolve":
      return { kind, key: Wire.take(from, 32) };
  }
}

function takeLock(
  content: Content.Content,
  hash: Uint8Array,
  proposer: Side,
): [Lock, Content.Content] {
  const index = indexOfLock(content, hash);
  const lock = content.locks[index];
  if (lock === undefined) throw new Rejected("unknown-lock", [hash]);
  if (Content.payerOf(lock) !== proposer) throw new Rejected("not-the-payer", [hash]);
  return [lock, { ...content, locks: content.locks.toSpliced(index, 1) }];
}

/** Where a lock of a kind stands by which the proposer pays. */
function ownLock(content: Content.Content, key: Uint8Array, proposer: Side, kind: number): number {
  const index = indexOfLock(content, key);
  const lock = content.locks[index];
  if (lock === undefined || lock.kind !== kind) throw new Rejected("unknown-lock", [key]);
  if (Content.payerOf(lock) !== proposer) throw new Rejected("not-the-payer", [key]);
  return index;
}

function installed({ app, version }: Content.Content): AppState {
  if (app === undefined) throw new Rejected("no-app", [version]);
  return app;
}

function withNets(content: Content.Content, nets: readonly bigint[]): Content.Content {
  const { assets } = content;
  if (nets.length !== assets.length) {
    throw new Rejected("wrong-nets", [assets.length, nets.length]);
  }
  return { ...content, assets: assets.map((asset, i) => ({ ...asset, net: nets[i] ?? 0n })) };
}

function encodeNets(nets: readonly bigint[]): Uint8Array {
  return Wire.fromList(nets, (net) => Wire.fromSigned(net, 16));
}

function readNets(from: Wire.Reader): bigint[] {
  return Wire.list(from, Content.MAX_ASSETS, "nets", () => Wire.signed(from, 16));
}

function assetAt({ assets }: Content.Content, index: number): Asset {
  const asset = assets[index];
  if (asset === undefined) throw new Rejected("unknown-asset", [index, assets.length]);
  return asset;
}

function withAsset(
  content: Content.Content,
  index: number,
  change: (asset: Asset) => Asset,
): Content.Content {
  const asset = assetAt(content, index);
  return { ...content, assets: content.assets.with(index, change(asset)) };
}

function paid(asset: Asset, payer: Side, amount: bigint): Asset {
  return { ...asset, net: asset.net + (payer === "A" ? amount : -amount) };
}

function withdrawn(asset: Asset, side: Side, amount: bigint): Asset {
  return side === "A"
    ? { ...asset, outA: asset.outA + amount }
    : { ...asset, outB: asset.outB + amount };
}

function checkAmount(amount: bigint): void {
  if (amount <= 0n) throw new Rejected("zero-amount", [amount]);
}
