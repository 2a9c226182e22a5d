// Conditional payments inside a state, packed, and who gets them. Twin: contracts/channels/Locks.sol.
import * as Bytes from "../primitives/bytes.ts";
import { keccak256 } from "../primitives/keccak.ts";
import { CallRejected } from "./callRejected.ts";

/** To its payee if its record stands in time, else to its payer. */
export type Lock = {
  // What opens it; a kind that is neither of the two below never opens.
  readonly kind: number;
  // The index of its asset in the state; where there is none, the lock moves nothing.
  readonly asset: number;
  readonly aToB: boolean;
  // The last second at which its record may have been made.
  readonly expiry: bigint;
  readonly amount: bigint;
  // KIND_HASH: the SHA-256 of the secret. KIND_CHANNEL: the id of the channel whose outcome it pays.
  readonly key: Uint8Array;
};

/** What opens a lock: when it was recorded, zero for never, and how much it opens. */
export type LockRecord = { readonly time: bigint; readonly amount: bigint };

export const KIND_HASH = 0;
export const KIND_CHANNEL = 1;
export const LOCK_BYTES = 56;

/** How many locks a client signs; the contract settles longer lists as far as gas reaches. */
export const MAX_LOCKS = 64;

const NO_LOCKS = new Uint8Array(32);

/** The list as it is hashed, and as it goes to the contract; throws TooManyLocksError. */
export function pack(locks: readonly Lock[]): Uint8Array {
  if (locks.length > MAX_LOCKS) throw new TooManyLocksError(locks.length);
  return Bytes.concat(
    ...locks.flatMap(({ kind, asset, aToB, expiry, amount, key }) => [
      Bytes.fromNumber(kind, 1),
      Bytes.fromNumber(asset, 1),
      Bytes.fromNumber(Number(aToB), 1),
      Bytes.fromBigInt(expiry, 5),
      Bytes.fromBigInt(amount, 16),
      Bytes.padLeft(key, 32),
    ]),
  );
}

/** The locks of a list. */
export function unpack(packed: Uint8Array): Lock[] {
  return Array.from({ length: count(packed) }, (_, index) => lockAt(packed, index));
}

/** What a state names its locks by. */
export function hash(packed: Uint8Array): Uint8Array {
  return packed.length === 0 ? NO_LOCKS : keccak256(packed);
}

/** The list is the one that a state names. */
export function requireHash(packed: Uint8Array, expected: Uint8Array): void {
  const actual = hash(packed);
  if (!Bytes.equals(actual, expected)) {
    throw new CallRejected("LocksNotInState", [expected, actual]);
  }
}

/** How many locks the list holds. */
export function count(packed: Uint8Array): number {
  if (packed.length % LOCK_BYTES !== 0) throw new CallRejected("LocksMalformed", [packed.length]);
  return packed.length / LOCK_BYTES;
}

/** One lock of the list. */
export function lockAt(packed: Uint8Array, index: number): Lock {
  const fields = packed.subarray(index * LOCK_BYTES, (index + 1) * LOCK_BYTES);
  return {
    kind: Bytes.toNumber(fields.subarray(0, 1)),
    asset: Bytes.toNumber(fields.subarray(1, 2)),
    aToB: !Bytes.isZero(fields.subarray(2, 3)),
    expiry: Bytes.toBigInt(fields.subarray(3, 8)),
    amount: Bytes.toBigInt(fields.subarray(8, 24)),
    key: fields.slice(24, 56),
  };
}

/** What the lock pays its payee; the rest of it is its payer's. Rejects while that is open. */
export function payment(lock: Lock, record: LockRecord, time: bigint): bigint {
  if (record.time !== 0n && record.time <= lock.expiry) {
    return record.amount < lock.amount ? record.amount : lock.amount;
  }
  if (time <= lock.expiry) throw new CallRejected("LockPending", [lock.key, lock.expiry]);
  return 0n;
}

export class TooManyLocksError extends RangeError {
  override readonly name = "Locks.TooManyLocksError";
  readonly count: number;
  constructor(count: number) {
    super(`expected at most ${MAX_LOCKS} locks, got ${count}`);
    this.count = count;
  }
}
