// A message from L2 to L1, in the OP-stack's encoding. Twin: contracts/protocol/Withdrawal.sol.
import * as Bytes from "../primitives/bytes.ts";
import { keccak256, keccak256Pair } from "../primitives/keccak.ts";

export type Withdrawal = {
  readonly nonce: bigint;
  readonly sender: Uint8Array;
  readonly target: Uint8Array;
  readonly value: bigint;
  readonly gasLimit: bigint;
  readonly data: Uint8Array;
};

const HEAD_BYTES = 6 * 32;

/** The name of the message: keccak256(abi.encode(nonce, sender, target, value, gasLimit, data)). */
export function hash(withdrawal: Withdrawal): Uint8Array {
  const { data } = withdrawal;
  return keccak256(
    Bytes.concat(
      Bytes.fromBigInt(withdrawal.nonce, 32),
      Bytes.padLeft(withdrawal.sender, 32),
      Bytes.padLeft(withdrawal.target, 32),
      Bytes.fromBigInt(withdrawal.value, 32),
      Bytes.fromBigInt(withdrawal.gasLimit, 32),
      Bytes.fromNumber(HEAD_BYTES, 32),
      Bytes.fromNumber(data.length, 32),
      Bytes.padRight(data, Math.ceil(data.length / 32) * 32),
    ),
  );
}

/** Where the message passer's mapping, in its storage slot 0, says that the message was sent. */
export function storageSlot(withdrawalHash: Uint8Array): Uint8Array {
  return keccak256Pair(withdrawalHash, new Uint8Array(32));
}
