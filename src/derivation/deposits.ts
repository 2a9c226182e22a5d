// Deposits in their order: the portal numbers them as it takes them.
import * as Deposit from "../protocol/deposit.ts";
import type { DepositEvent } from "./l1Log.ts";

/** The deposit of an event, the one that `index` deposits precede. */
export function toDeposit(event: DepositEvent, index: bigint): Deposit.Deposit {
  const { l1Block, l1Time, from, to } = event;
  return { index, l1Block, l1Time, from, to, ...Deposit.parseOpaqueData(event.opaqueData) };
}
