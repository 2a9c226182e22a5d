// Signatures of 64 bytes, r and then s with the parity of y in its top bit (EIP-2098), low s only. Twin:
// contracts/channels/CompactSignature.sol.
import * as Bytes from "../primitives/bytes.ts";
import * as Signature from "../primitives/signature.ts";

export const SIGNATURE_BYTES = 64;

const PARITY_BIT = 255n;

/** Signs a digest. */
export function sign(digest: Uint8Array, privateKey: Uint8Array): Uint8Array {
  const { r, s, yParity } = Signature.sign(digest, privateKey);
  const parityAndS = (BigInt(yParity) << PARITY_BIT) | s;
  return Bytes.concat(Bytes.fromBigInt(r, 32), Bytes.fromBigInt(parityAndS, 32));
}

/** Whose key signed the digest; undefined where nobody's did. */
export function recover(digest: Uint8Array, signature: Uint8Array): Uint8Array | undefined {
  if (signature.length !== SIGNATURE_BYTES) return undefined;
  const r = Bytes.toBigInt(signature.subarray(0, 32));
  const parityAndS = Bytes.toBigInt(signature.subarray(32));
  const s = BigInt.asUintN(Number(PARITY_BIT), parityAndS);
  if (!Signature.isLowS(s)) return undefined;
  return Signature.recover(digest, Number(parityAndS >> PARITY_BIT), r, s);
}
