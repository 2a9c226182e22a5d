// Keccak-256 over one WebAssembly instance.
import { assert } from "./assert.ts";
import * as Bytes from "./bytes.ts";
import * as KeccakModule from "./keccakModule.ts";

const { FRESH, INPUT, INPUT_BYTES, RATE, STATE, STATE_BYTES } = KeccakModule;

const sponge = KeccakModule.instantiate();
const { buffer } = sponge.memory;
const input = new Uint8Array(buffer, INPUT, INPUT_BYTES);
const state = new Uint8Array(buffer, STATE, STATE_BYTES);
const digest = new Uint8Array(buffer, STATE, 32);
const digestView = new DataView(buffer, STATE, 32);

/** The Keccak-256 hash of the bytes. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  absorbLast(FRESH, bytes);
  return digest.slice();
}

/** The Keccak-256 hash of the bytes as an integer. */
export function keccak256Word(bytes: Uint8Array): bigint {
  absorbLast(FRESH, bytes);
  return Bytes.readWord(digestView, 0);
}

/** The Keccak-256 hash of two 32-byte words, left then right. */
export function keccak256Pair(left: Uint8Array, right: Uint8Array): Uint8Array {
  input.set(left, 0);
  input.set(right, 32);
  sponge.finish(FRESH, 64);
  return digest.slice();
}

/** The 200 bytes of a sponge that has taken whole blocks: any number of hashes may go on from there. */
export type Absorbed = Uint8Array;

/** The sponge that has taken nothing. */
export const NOTHING_ABSORBED: Absorbed = new Uint8Array(STATE_BYTES);

/** The sponge after more blocks of 136 bytes; they need not be hashed again. */
export function absorb(before: Absorbed, blocks: Uint8Array): Absorbed {
  assert(blocks.length % RATE === 0, "what is absorbed ahead is whole blocks");
  state.set(before);
  for (let start = 0; start < blocks.length; start += INPUT_BYTES)
    absorbPiece(STATE, blocks.subarray(start, start + INPUT_BYTES));
  return state.slice();
}

/** The Keccak-256 hash of what was absorbed and the bytes behind it. */
export function keccak256After(absorbed: Absorbed, bytes: Uint8Array): Uint8Array {
  state.set(absorbed);
  absorbLast(STATE, bytes);
  return digest.slice();
}

function absorbLast(start: number, bytes: Uint8Array): void {
  let from = start;
  let rest = bytes;
  while (rest.length > INPUT_BYTES) {
    absorbPiece(from, rest.subarray(0, INPUT_BYTES));
    from = STATE;
    rest = rest.subarray(INPUT_BYTES);
  }
  input.set(rest);
  sponge.finish(from, rest.length);
}

function absorbPiece(from: number, blocks: Uint8Array): void {
  input.set(blocks);
  sponge.absorb(from, blocks.length);
}

/** The hash of the empty byte string: the code hash of an account without code. */
export const EMPTY_HASH = keccak256(new Uint8Array(0));
