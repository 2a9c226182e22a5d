// The adjudicator that channels belong to: one contract on one chain.
import * as Bytes from "../../primitives/bytes.ts";

export type Court = { readonly chainId: bigint; readonly adjudicator: Uint8Array };

/** Whether channels have one registry of secrets and outcomes. */
export function isSame(one: Court, other: Court): boolean {
  return one.chainId === other.chainId && Bytes.equals(one.adjudicator, other.adjudicator);
}
