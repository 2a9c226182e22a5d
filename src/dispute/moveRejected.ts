// What the contract reverts with, as an exception of the model.
import * as Hex from "../primitives/hex.ts";

export type RejectedValue = Uint8Array | bigint | number;

/** A move that the rules forbid: the name and the arguments of the contract's custom error. */
export class MoveRejected extends Error {
  override readonly name = "DisputeGame.MoveRejected";
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
