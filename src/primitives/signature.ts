// ECDSA over secp256k1: who signed a hash, and signing one. The native library does the work where
// it loads; elsewhere the portable one gives the same answers, some twenty times slower.
import { createRequire } from "node:module";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import type * as Native from "secp256k1";
import * as Bytes from "./bytes.ts";
import { keccak256 } from "./keccak.ts";

/** The order of the curve's group; r and s lie in [1, SECP256K1_N). */
export const SECP256K1_N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The largest s that a transaction may carry (EIP-2). */
export const SECP256K1_HALF_N = SECP256K1_N / 2n;

export type Signature = { readonly r: bigint; readonly s: bigint; readonly yParity: number };

const UNCOMPRESSED = false;

const native = loadNative();

// What the native library reads and writes, once for all.
const halves = new Uint8Array(64);
const recovered = new Uint8Array(65);

/** Whether the native library answers, rather than the portable one. */
export const isNative = native !== undefined;

/** The 20-byte address whose key made the signature, if the signature recovers to any. */
export function recover(
  hash: Uint8Array,
  yParity: number,
  r: bigint,
  s: bigint,
): Uint8Array | undefined {
  if (native === undefined) return recoverPortably(hash, yParity, r, s);
  if (!isInRange(hash, yParity, r, s)) return undefined;
  return addressOrNone(() =>
    native.ecdsaRecover(compact(r, s), yParity, hash, UNCOMPRESSED, recovered),
  );
}

/** `recover` by the portable library, whichever library loads. */
export function recoverPortably(
  hash: Uint8Array,
  yParity: number,
  r: bigint,
  s: bigint,
): Uint8Array | undefined {
  if (!isInRange(hash, yParity, r, s)) return undefined;
  const signature = new secp256k1.Signature(r, s, yParity);
  return addressOrNone(() => signature.recoverPublicKey(hash).toBytes(UNCOMPRESSED));
}

/** The deterministic (RFC 6979), low-s signature of a 32-byte hash; throws PrivateKeyOutOfRangeError. */
export function sign(hash: Uint8Array, privateKey: Uint8Array): Signature {
  checkKey(privateKey);
  if (native === undefined) return signPortably(hash, privateKey);
  const { signature, recid } = native.ecdsaSign(hash, privateKey);
  return fromCompact(signature, recid);
}

/** `sign` by the portable library, whichever library loads. */
export function signPortably(hash: Uint8Array, privateKey: Uint8Array): Signature {
  checkKey(privateKey);
  const signed = secp256k1.sign(hash, privateKey, {
    prehash: false,
    lowS: true,
    format: "recovered",
  });
  return fromCompact(signed.subarray(1), Bytes.toNumber(signed.subarray(0, 1)));
}

/** The 20-byte address of a private key; throws PrivateKeyOutOfRangeError. */
export function addressOf(privateKey: Uint8Array): Uint8Array {
  checkKey(privateKey);
  return addressOfPublicKey(
    native === undefined
      ? secp256k1.getPublicKey(privateKey, UNCOMPRESSED)
      : native.publicKeyCreate(privateKey, UNCOMPRESSED, new Uint8Array(65)),
  );
}

/** Whether s is in the lower half, the only half that transactions accept. */
export function isLowS(s: bigint): boolean {
  return s <= SECP256K1_HALF_N;
}

function isInRange(hash: Uint8Array, yParity: number, r: bigint, s: bigint): boolean {
  return hash.length === 32 && (yParity === 0 || yParity === 1) && isScalar(r) && isScalar(s);
}

function isScalar(value: bigint): boolean {
  return value > 0n && value < SECP256K1_N;
}

function compact(r: bigint, s: bigint): Uint8Array {
  halves.set(Bytes.fromBigInt(r, 32));
  halves.set(Bytes.fromBigInt(s, 32), 32);
  return halves;
}

function fromCompact(signature: Uint8Array, yParity: number): Signature {
  return {
    r: Bytes.toBigInt(signature.subarray(0, 32)),
    s: Bytes.toBigInt(signature.subarray(32, 64)),
    yParity,
  };
}

function addressOfPublicKey(uncompressed: Uint8Array): Uint8Array {
  return keccak256(uncompressed.subarray(1)).subarray(12);
}

/** Both libraries throw exactly when r is no x-coordinate or the key would be the point at infinity. */
function addressOrNone(publicKey: () => Uint8Array): Uint8Array | undefined {
  let uncompressed: Uint8Array;
  try {
    uncompressed = publicKey();
  } catch {
    return undefined;
  }
  return addressOfPublicKey(uncompressed);
}

function checkKey(privateKey: Uint8Array): void {
  if (privateKey.length !== 32 || !isScalar(Bytes.toBigInt(privateKey)))
    throw new PrivateKeyOutOfRangeError(privateKey.length);
}

function loadNative(): typeof Native | undefined {
  try {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-return -- what require answers has the types of its package
    return createRequire(import.meta.url)("secp256k1/bindings.js");
  } catch {
    return undefined;
  }
}

export class PrivateKeyOutOfRangeError extends RangeError {
  override readonly name = "Signature.PrivateKeyOutOfRangeError";
  readonly length: number;
  constructor(length: number) {
    super(`expected a private key of 32 bytes in [1, SECP256K1_N), got ${length} bytes`);
    this.length = length;
  }
}
