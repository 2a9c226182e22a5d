// Keccak-256 over one WebAssembly instance: synchronous once this module has loaded.
import { createKeccak } from "hash-wasm";

const hasher = await createKeccak(256);
const pair = new Uint8Array(64);

/** The Keccak-256 hash of the bytes. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  return hasher.init().update(bytes).digest("binary");
}

/** The Keccak-256 hash of two 32-byte words, left then right. */
export function keccak256Pair(left: Uint8Array, right: Uint8Array): Uint8Array {
  pair.set(left, 0);
  pair.set(right, 32);
  return hasher.init().update(pair).digest("binary");
}

/** What has gone into a hash so far: any number of hashes may go on from there. */
export type Absorbed = Uint8Array;

/** Takes the first bytes of what is to be hashed; whole blocks of 136 bytes need not be hashed again. */
export function absorb(bytes: Uint8Array): Absorbed {
  return hasher.init().update(bytes).save();
}

/** The Keccak-256 hash of what was absorbed and the bytes behind it. */
export function keccak256After(absorbed: Absorbed, bytes: Uint8Array): Uint8Array {
  return hasher.load(absorbed).update(bytes).digest("binary");
}

/** The hash of the empty byte string: the code hash of an account without code. */
export const EMPTY_HASH = keccak256(new Uint8Array(0));
