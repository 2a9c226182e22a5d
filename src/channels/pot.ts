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

/** What goes to each side. */
export type Shares = { readonly toA: bigint; readonly toB: bigint };

export const MAX_DEPOSIT = 2n ** 112n - 1n;

/** Counts what has arrived for each side. */
export function add(pot: Pot, { toA, toB }: Shares): Pot {
  const [depositedA, depositedB] = [pot.depositedA + toA, pot.depositedB + toB];
  for (const sum of [depositedA, depositedB]) {
    if (sum > MAX_DEPOSIT) throw new CallRejected("DepositTooLarge", [MAX_DEPOSIT, sum]);
  }
  return { ...pot, depositedA, depositedB };
}

/**
 * How a pot is divided in which A has paid B `payment`; own is what each side has deposited and not withdrawn. Neither side
 * can owe more than there is.
 */
export function split(ownA: bigint, ownB: bigint, payment: bigint): Shares {
  const total = ownA + ownB;
  let share = ownA - payment;
  if (share < 0n) share = 0n;
  if (share > total) share = total;
  return { toA: share, toB: total - share };
}

/** What each side has withdrawn once a state's withdrawals are made too. */
export function withdrawal(pot: Pot, drawn: Drawn, asset: Asset): Drawn {
  const next = {
    outA: asset.outA > drawn.outA ? asset.outA : drawn.outA,
    outB: asset.outB > drawn.outB ? asset.outB : drawn.outB,
  };
  const deposited = pot.depositedA + pot.depositedB;
  const authorised = next.outA + next.outB;
  if (authorised > deposited) {
    throw new CallRejected("WithdrawalExceedsPot", [asset.token, deposited, authorised]);
  }
  return next;
}
