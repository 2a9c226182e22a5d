// What a channel holds of one token, what goes into it and what comes out: never more than went in. Twin:
// contracts/channels/Pot.sol.
import type { Asset } from "./channelState.ts";
import { CallRejected } from "./callRejected.ts";

export type Pot = {
  // What each side has deposited in all; withdrawals do not lower it.
  readonly depositedA: bigint;
  readonly depositedB: bigint;
  // It has paid, for good.
  readonly isSettled: boolean;
  // Something was withdrawn: see Drawn.
  readonly isDrawn: boolean;
};

/** What each side has withdrawn of one token in all. */
export type Drawn = { readonly outA: bigint; readonly outB: bigint };

/** What each side gets. */
export type Shares = { readonly toA: bigint; readonly toB: bigint };

const MAX_DEPOSIT = 2n ** 112n - 1n;

/** Counts a deposit for a side. */
export function add(pot: Pot, toB: boolean, amount: bigint): Pot {
  const sum = (toB ? pot.depositedB : pot.depositedA) + amount;
  if (sum > MAX_DEPOSIT) throw new CallRejected("DepositTooLarge", [MAX_DEPOSIT, sum]);
  return toB ? { ...pot, depositedB: sum } : { ...pot, depositedA: sum };
}

/** How a pot is divided in which A has paid B `payment`. Neither side can owe more than there is. */
export function split(pot: Pot, drawn: Drawn, payment: bigint): Shares {
  const ownA = pot.depositedA - drawn.outA;
  const ownB = pot.depositedB - drawn.outB;
  const total = ownA + ownB;
  let share = ownA - payment;
  if (share < 0n) share = 0n;
  if (share > total) share = total;
  return { toA: share, toB: total - share };
}

/** What each side is still due of the withdrawals that a state authorises, and what is withdrawn with that. */
export function withdrawal(pot: Pot, drawn: Drawn, asset: Asset): Shares & { next: Drawn } {
  const next = {
    outA: asset.outA > drawn.outA ? asset.outA : drawn.outA,
    outB: asset.outB > drawn.outB ? asset.outB : drawn.outB,
  };
  const deposited = pot.depositedA + pot.depositedB;
  const authorised = next.outA + next.outB;
  if (authorised > deposited) {
    throw new CallRejected("WithdrawalExceedsPot", [asset.token, deposited, authorised]);
  }
  return { toA: next.outA - drawn.outA, toB: next.outB - drawn.outB, next };
}
