// A call as a signed transaction of type 2 (EIP-1559). A batch is a hundred kilobytes: viem's own serialization and
// hashing of so much takes the thread that answers JSON-RPC tens of milliseconds, this one less than one.
import { parseSignature, type Hash, type Hex } from "viem";
import * as Bytes from "../primitives/bytes.ts";
import * as ByteHex from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as Rlp from "../primitives/rlp.ts";
import { DYNAMIC_FEE } from "../protocol/transaction.ts";
import type { Call, L1Wallet } from "./send.ts";

export type Terms = {
  readonly nonce: number;
  readonly gas: bigint;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
};

export type SignedCall = { readonly serialized: Hex; readonly hash: Hash };

/** Signs the call with the wallet's account, for the wallet's chain; throws CannotSignError if it signs whole transactions only. */
export async function sign(
  { account, chain }: L1Wallet,
  { to, data, value }: Call,
  { nonce, gas, maxFeePerGas, maxPriorityFeePerGas }: Terms,
): Promise<SignedCall> {
  if (account.sign === undefined) throw new CannotSignError(account.address);
  const fees = [maxPriorityFeePerGas, maxFeePerGas];
  const unsigned = [
    ...[BigInt(chain.id), BigInt(nonce), ...fees, gas].map(Rlp.fromBigInt),
    ...[ByteHex.toBytes(to), Rlp.fromBigInt(value), ByteHex.toBytes(data), []],
  ];
  const hash = ByteHex.fromBytes(keccak256(encode(unsigned)));
  const { r, s, yParity } = parseSignature(await account.sign({ hash }));
  const parts = [BigInt(yParity), BigInt(r), BigInt(s)].map(Rlp.fromBigInt);
  const signed = encode([...unsigned, ...parts]);
  return { serialized: ByteHex.fromBytes(signed), hash: ByteHex.fromBytes(keccak256(signed)) };
}

function encode(fields: readonly Rlp.Item[]): Uint8Array {
  return Bytes.concat(Uint8Array.of(DYNAMIC_FEE), Rlp.encode(fields));
}

/** Accounts that sign whole transactions only, as some hardware does. */
export class CannotSignError extends TypeError {
  override readonly name = "SignedCall.CannotSignError";
  readonly address: string;
  constructor(address: string) {
    super(`the account ${address} does not sign hashes`);
    this.address = address;
  }
}
