// Keccak-256, synchronous, over one WebAssembly instance.
import * as Sponge from "./keccakSponge.ts";

const DIGEST_BYTES = 32;
const PAIR_BYTES = 64;
const MOST_BYTES = Sponge.MOST_BLOCKS * Sponge.RATE_BYTES;
const FIRST_PADDING = 0x01;
const LAST_PADDING = 0x80;

/** The Keccak-256 hash of the bytes. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  Sponge.clear();
  let offset = 0;
  // The last block is padded, so it stays behind even if it is full.
  for (; bytes.length - offset >= MOST_BYTES; offset += MOST_BYTES) {
    Sponge.memory.set(bytes.subarray(offset, offset + MOST_BYTES), Sponge.INPUT);
    Sponge.absorb(Sponge.MOST_BLOCKS);
  }
  Sponge.memory.set(offset === 0 ? bytes : bytes.subarray(offset), Sponge.INPUT);
  return finish(bytes.length - offset);
}

/** The Keccak-256 hash of two 32-byte words, left then right. */
export function keccak256Pair(left: Uint8Array, right: Uint8Array): Uint8Array {
  Sponge.clear();
  Sponge.memory.set(left, Sponge.INPUT);
  Sponge.memory.set(right, Sponge.INPUT + DIGEST_BYTES);
  return finish(PAIR_BYTES);
}

// Absorbs the last bytes, which are in place and fewer than fill the memory.
function finish(length: number): Uint8Array {
  const { memory, INPUT, RATE_BYTES } = Sponge;
  const blocks = Math.floor(length / RATE_BYTES) + 1;
  const last = INPUT + blocks * RATE_BYTES - 1;
  memory.fill(0, INPUT + length, last + 1);
  memory[INPUT + length] = FIRST_PADDING;
  memory[last] = (memory[last] ?? 0) | LAST_PADDING;
  Sponge.absorb(blocks);
  return memory.slice(0, DIGEST_BYTES);
}

/** The hash of the empty byte string: the code hash of an account without code. */
export const EMPTY_HASH = keccak256(new Uint8Array(0));
