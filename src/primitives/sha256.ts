// SHA-256, synchronous.
import { hash } from "node:crypto";

/** The SHA-256 hash of the bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash("sha256", bytes, "buffer"));
}
