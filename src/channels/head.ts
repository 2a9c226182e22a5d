// What the adjudicator remembers of a dispute: when a state may enter one, and what ends it. Twin:
// contracts/channels/Head.sol.
import { CallRejected } from "./callRejected.ts";

export type Head = {
  readonly version: bigint;
  // When the clock ends, zero where none has started. It stays once it has ended.
  readonly deadline: bigint;
  readonly flags: number;
  // How many moves have been forced since the last state that both stand by.
  readonly moves: bigint;
  // What A has paid B of the main asset, where that is all there is to know.
  readonly net: bigint;
};

// B challenged; A where this is not set.
export const CHALLENGER_B = 1;
// The state on record pays by `net` alone.
export const SIMPLE = 2;
// The challenge carried a bond, which is still held.
export const BONDED = 4;
// The hash of the state is on record, because its signatures may not show it again.
export const BY_HASH = 8;
// B forced the last move; A where this is not set.
export const MOVED_BY_B = 16;

// How much newer a response is than a challenge that knew better: an honest party may hold one state that was never
// acknowledged.
export const REFUTING_VERSIONS = 2n;

/** Whether the flag is set. */
export function has(head: Head, flag: number): boolean {
  return (head.flags & flag) !== 0;
}

/** The head with the flag taken away. */
export function without(head: Head, flag: number): Head {
  return { ...head, flags: head.flags & ~flag };
}

/**
 * The head after a move to this version, which stands by its hash. Who moves on from the other's move stands by it: else
 * the other could countersign the state before its own move, and so take that back once it had seen the answer. What was
 * moved has an app, whatever else both signed of the version before: it no longer pays by `net`.
 */
export function moved(head: Head, version: bigint, deadline: bigint, byB: boolean): Head {
  const isAnswer = head.moves !== 0n && has(head, MOVED_BY_B) !== byB;
  const moves = isAnswer ? 1n : head.moves + 1n;
  const marked = (head.flags & ~SIMPLE) | BY_HASH;
  const flags = byB ? marked | MOVED_BY_B : marked & ~MOVED_BY_B;
  return { ...head, version, deadline, flags, moves };
}

/** The newest version on record that both stand by. */
export function agreedVersion(head: Head): bigint {
  return head.version - head.moves;
}

/** A challenge starts the only clock, with a state no older than what is on record. */
export function checkChallenge(head: Head, id: Uint8Array, version: bigint): void {
  if (head.deadline !== 0n) throw new CallRejected("ClockStarted", [id, head.deadline]);
  if (version < head.version) throw new CallRejected("StaleVersion", [head.version, version]);
}

/**
 * A response is newer than all that both are known to have signed: forced moves do not count, for they may stand on a
 * state that was stale.
 */
export function checkResponse(head: Head, version: bigint, time: bigint): void {
  if (head.deadline !== 0n && time >= head.deadline) {
    throw new CallRejected("DeadlinePassed", [head.deadline, time]);
  }
  const agreed = agreedVersion(head);
  if (version <= agreed) throw new CallRejected("StaleVersion", [agreed, version]);
}

/** A clock runs. */
export function checkRunning(head: Head, id: Uint8Array, time: bigint): void {
  if (head.deadline === 0n) throw new CallRejected("ClockNotStarted", [id]);
  if (time >= head.deadline) throw new CallRejected("DeadlinePassed", [head.deadline, time]);
}

/** A clock has ended, and what is on record is final. */
export function checkEnded(head: Head, id: Uint8Array, time: bigint): void {
  if (head.deadline === 0n) throw new CallRejected("ClockNotStarted", [id]);
  if (time < head.deadline) throw new CallRejected("DeadlineAhead", [head.deadline, time]);
}

/** Whether a response of this version costs the challenger its bond. */
export function isRefutedBy(head: Head, version: bigint): boolean {
  return version >= agreedVersion(head) + REFUTING_VERSIONS;
}
