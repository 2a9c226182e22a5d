// What the adjudicator reverts with, as an exception of its model and of the rules beside it.
import * as Hex from "../primitives/hex.ts";

export type RejectedValue = Uint8Array | bigint | number | boolean;

/** A call that the rules forbid: the name and the arguments of the contract's custom error. */
export class CallRejected extends Error {
  override readonly name = "Adjudicator.CallRejected";
  readonly reason: string;
  readonly values: readonly RejectedValue[];
  constructor(reason: string, values: readonly RejectedValue[]) {
    super(`${reason}(${values.map(show).join(", ")})`);
    this.reason = reason;
    this.values = values;
  }
}

function show(value: RejectedValue): string {
  return value instanceof Uint8Array ? Hex.fromBytes(value) : value.toString();
}
