// Where a rollup's contracts stand on L1, and the calls that its actors make to them.
import { type Address, encodeFunctionData } from "viem";
import * as Bytes from "../primitives/bytes.ts";
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

/**
 * What a body takes at most beyond a batch that has none: the path of its root, and for each byte the floor of EIP-7623, 40, or in
 * a short body, where the floor does not count, its calldata, hashing and log.
 */
const GAS_OF_A_BODY = 5_000n;
const GAS_OF_A_BODY_BYTE = 42n;

/** Appends a batch to the inbox. Its gas is estimated without the body, which no refusal but that of its length depends on. */
export function postBatch({ inbox }: Contracts, batch: NewBatch): Call {
  const { previous, blocks, originNumber, depositsTo, body } = batch;
  const dataWith = (bytes: Uint8Array) =>
    encodeFunctionData({
      abi: Abi.INBOX,
      functionName: "post",
      args: [
        ...([ByteHex.fromBytes(previous), blocks, originNumber, depositsTo] as const),
        ByteHex.fromBytes(bytes),
      ],
    });
  const shorter = {
    data: dataWith(Bytes.EMPTY),
    more: GAS_OF_A_BODY + GAS_OF_A_BODY_BYTE * BigInt(body.length),
  };
  return { what: "post a batch", to: inbox, data: dataWith(body), value: 0n, shorter };
}
