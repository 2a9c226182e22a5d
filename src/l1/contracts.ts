// Where a rollup's contracts stand on L1, and the calls that its actors make to them.
import { type Address, encodeFunctionData } from "viem";
import * as ByteHex from "../primitives/hex.ts";
import * as Abi from "./abi.ts";
import type { Call } from "./send.ts";

export type Contracts = {
  readonly inbox: Address;
  readonly portal: Address;
  readonly disputeGame: Address;
  readonly gameRegistry: Address;
  readonly standardBridge: Address;
};

/** A batch as its poster hands it to the inbox. */
export type NewBatch = {
  /** The accumulator that the batch extends. */
  readonly previous: Uint8Array;
  readonly blocks: bigint;
  readonly originNumber: bigint;
  readonly depositsTo: bigint;
  readonly body: Uint8Array;
};

/** Appends a batch to the inbox. */
export function postBatch({ inbox }: Contracts, batch: NewBatch): Call {
  const { previous, blocks, originNumber, depositsTo, body } = batch;
  const data = encodeFunctionData({
    abi: Abi.INBOX,
    functionName: "post",
    args: [ByteHex.fromBytes(previous), blocks, originNumber, depositsTo, ByteHex.fromBytes(body)],
  });
  return { what: "post a batch", to: inbox, data, value: 0n };
}
