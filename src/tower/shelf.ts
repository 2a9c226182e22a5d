// Where a tower keeps blobs: one for each channel and depositor, a newer one in place of the last. It knows depositors by
// keys that they made for this and nothing else, and its customers by their accounts: these have put a fee aside for it on
// chain, where everybody sees for which channel, and are kept before others.
import * as CompactSignature from "../channels/compactSignature.ts";
import * as Log from "../hub/log.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as Blob from "./blob.ts";

/** A blob on its way to a tower. */
export type Deposit = {
  readonly hint: Uint8Array;
  /** A later deposit has a higher number. */
  readonly sequence: bigint;
  readonly blob: Uint8Array;
  readonly signature: Uint8Array;
};

export type Shelf = {
  readonly log: Log.Log;
  readonly maxBlobs: number;
  readonly byHint: Map<string, Map<string, Kept>>;
  /** The places of accounts that have put a fee aside, whether they hold a blob or not. */
  readonly customers: Set<string>;
  count: number;
};

type Kept = { readonly place: Place; readonly sequence: bigint; readonly blob: Uint8Array };
type Place = { readonly hint: Uint8Array; readonly depositor: Uint8Array };

const DEPOSIT_DOMAIN = keccak256(new TextEncoder().encode("Tribunal Channels Tower Deposit"));
const KEY_DOMAIN = keccak256(new TextEncoder().encode("Tribunal Channels Tower Depositor"));
const SEQUENCE_BYTES = 8;
/** How many blobs for one channel are looked at in a turn, of customers and of others. */
export const BLOBS_A_TURN = 8;

/** The key with which a party deposits for a channel: it leads back to neither. */
export function depositorKey(privateKey: Uint8Array, channelId: Uint8Array): Uint8Array {
  return keccak256(Bytes.concat(KEY_DOMAIN, privateKey, channelId));
}

/** A deposit, signed by the depositor's key. */
export function deposit(
  channelId: Uint8Array,
  sequence: bigint,
  blob: Uint8Array,
  privateKey: Uint8Array,
): Deposit {
  return signed(channelId, sequence, blob, depositorKey(privateKey, channelId));
}

/** A deposit of a customer, signed by the account that has put a fee aside for the tower in this channel. */
export function customerDeposit(
  channelId: Uint8Array,
  sequence: bigint,
  blob: Uint8Array,
  accountKey: Uint8Array,
): Deposit {
  return signed(channelId, sequence, blob, accountKey);
}

/** The shelf that a log holds. */
export function open(log: Log.Log, maxBlobs: number): Shelf {
  const shelf: Shelf = { log, maxBlobs, byHint: new Map(), customers: new Set(), count: 0 };
  for (const { key, value } of Log.puts(log)) {
    const sequence = Bytes.toBigInt(value.subarray(0, SEQUENCE_BYTES));
    const [hint, depositor] = [key.slice(0, Blob.HINT_BYTES), key.slice(Blob.HINT_BYTES)];
    put(shelf, { place: { hint, depositor }, sequence, blob: value.slice(SEQUENCE_BYTES) });
  }
  return shelf;
}

/** Keeps a place for an account that has put a fee aside in a channel. */
export function keepPlace(shelf: Shelf, channelId: Uint8Array, account: Uint8Array): void {
  shelf.customers.add(placeKey({ hint: Blob.hintOf(channelId), depositor: account }));
}

/** Takes a deposit, if need be in place of one that is no customer's; resolves when it is durable. */
export async function take(shelf: Shelf, given: Deposit): Promise<void> {
  const { hint, sequence, blob, signature } = given;
  if (hint.length !== Blob.HINT_BYTES || blob.length !== Blob.BLOB_BYTES) {
    throw new WrongSizeError(hint.length, blob.length);
  }
  const depositor = CompactSignature.recover(digestOf(hint, sequence, blob), signature);
  if (depositor === undefined) throw new NotSignedError();
  const kept = shelf.byHint.get(Hex.key(hint))?.get(Hex.key(depositor));
  if (kept !== undefined && sequence <= kept.sequence) {
    throw new StaleDepositError(kept.sequence, sequence);
  }
  const place = { hint, depositor };
  const isFull = kept === undefined && shelf.count >= shelf.maxBlobs;
  const removed = isFull ? [makeRoom(shelf, place)] : [];
  put(shelf, { place, sequence, blob });
  const value = Bytes.concat(Bytes.fromBigInt(sequence, SEQUENCE_BYTES), blob);
  await Log.commit(shelf.log, [...removed, { key: Bytes.concat(hint, depositor), value }]);
}

/**
 * Some of the blobs that may be for a channel, the next ones at every turn. Deposits cost nothing, and each may take a question
 * to the chain: whoever makes thousands for a channel of its own must not hold up the others. Those of customers have turns of
 * their own.
 */
export function blobsFor(shelf: Shelf, channelId: Uint8Array, turn: number): Uint8Array[] {
  const kept = [...(shelf.byHint.get(Hex.key(Blob.hintOf(channelId)))?.values() ?? [])];
  const isCustomers = ({ place }: Kept) => shelf.customers.has(placeKey(place));
  const strangers = kept.filter((one) => !isCustomers(one));
  const due = [...inTurn(kept.filter(isCustomers), turn), ...inTurn(strangers, turn)];
  return due.map(({ blob }) => blob);
}

function inTurn<T>(all: readonly T[], turn: number): readonly T[] {
  const turns = Math.ceil(all.length / BLOBS_A_TURN);
  const first = turns === 0 ? 0 : (turn % turns) * BLOBS_A_TURN;
  return all.slice(first, first + BLOBS_A_TURN);
}

function put(shelf: Shelf, kept: Kept): void {
  const { hint, depositor } = kept.place;
  const key = Hex.key(hint);
  const ofHint = shelf.byHint.get(key) ?? new Map<string, Kept>();
  if (!ofHint.has(Hex.key(depositor))) shelf.count += 1;
  ofHint.set(Hex.key(depositor), kept);
  shelf.byHint.set(key, ofHint);
}

/** Takes a blob away that is no customer's, for a customer; throws ShelfFullError for others, and where all are customers'. */
function makeRoom(shelf: Shelf, wanted: Place): Log.Put {
  const given = shelf.customers.has(placeKey(wanted)) ? placeOfStranger(shelf) : undefined;
  if (given === undefined) throw new ShelfFullError(shelf.maxBlobs);
  const { hint, depositor } = given;
  shelf.byHint.get(Hex.key(hint))?.delete(Hex.key(depositor));
  shelf.count -= 1;
  return { key: Bytes.concat(hint, depositor), value: Bytes.EMPTY };
}

function placeOfStranger({ byHint, customers }: Shelf): Place | undefined {
  for (const ofHint of byHint.values()) {
    for (const { place } of ofHint.values()) if (!customers.has(placeKey(place))) return place;
  }
  return undefined;
}

function placeKey({ hint, depositor }: Place): string {
  return Hex.key(Bytes.concat(hint, depositor));
}

function signed(
  channelId: Uint8Array,
  sequence: bigint,
  blob: Uint8Array,
  key: Uint8Array,
): Deposit {
  const hint = Blob.hintOf(channelId);
  const signature = CompactSignature.sign(digestOf(hint, sequence, blob), key);
  return { hint, sequence, blob, signature };
}

function digestOf(hint: Uint8Array, sequence: bigint, blob: Uint8Array): Uint8Array {
  return keccak256(
    Bytes.concat(DEPOSIT_DOMAIN, hint, Bytes.fromBigInt(sequence, SEQUENCE_BYTES), keccak256(blob)),
  );
}

export class WrongSizeError extends RangeError {
  override readonly name = "Shelf.WrongSizeError";
  readonly hint: number;
  readonly blob: number;
  constructor(hint: number, blob: number) {
    super(
      `expected a hint of ${Blob.HINT_BYTES} and a blob of ${Blob.BLOB_BYTES} bytes, got ${hint} and ${blob}`,
    );
    this.hint = hint;
    this.blob = blob;
  }
}

export class NotSignedError extends Error {
  override readonly name = "Shelf.NotSignedError";
  constructor() {
    super("nobody signed the deposit");
  }
}

export class StaleDepositError extends RangeError {
  override readonly name = "Shelf.StaleDepositError";
  readonly kept: bigint;
  readonly actual: bigint;
  constructor(kept: bigint, actual: bigint) {
    super(`expected a deposit after number ${kept}, got number ${actual}`);
    this.kept = kept;
    this.actual = actual;
  }
}

export class ShelfFullError extends RangeError {
  override readonly name = "Shelf.ShelfFullError";
  readonly maximum: number;
  constructor(maximum: number) {
    super(`${maximum} blobs are kept, and no more`);
    this.maximum = maximum;
  }
}
