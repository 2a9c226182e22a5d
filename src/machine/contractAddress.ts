// The address of a new contract. Twin: contracts/machine/ContractAddress.sol.
import * as Bytes from "../primitives/bytes.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as Rlp from "../primitives/rlp.ts";

const SALTED = Uint8Array.of(0xff);

/** The address that a creator's nonce gives. */
export function byNonce(creator: bigint, nonce: bigint): bigint {
  return lastTwentyBytes(Rlp.encode([Bytes.fromBigInt(creator, 20), Rlp.fromBigInt(nonce)]));
}

/** The address that a salt and the hash of the initcode give (EIP-1014). */
export function bySalt(creator: bigint, salt: bigint, initCodeHash: Uint8Array): bigint {
  return lastTwentyBytes(
    Bytes.concat(SALTED, Bytes.fromBigInt(creator, 20), Bytes.fromBigInt(salt, 32), initCodeHash),
  );
}

function lastTwentyBytes(preimage: Uint8Array): bigint {
  return Bytes.toBigInt(keccak256(preimage).subarray(12));
}
