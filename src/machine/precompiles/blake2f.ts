// Address 0x09: the compression function F of BLAKE2b (RFC 7693) with a chosen number of rounds
// (EIP-152).
import * as Bytes from "../../primitives/bytes.ts";
import * as Blake2fRounds from "./blake2fRounds.ts";

const INPUT_BYTES = 213;
const STATE_BYTES = 64;
const MESSAGE_OFFSET = 4 + STATE_BYTES;
const COUNTER_OFFSET = MESSAGE_OFFSET + 128;
const FLAG_OFFSET = COUNTER_OFFSET + 16;

const WORD_BYTES = 8;

// The 16 working words, then the 16 words of the message.
const work = Blake2fRounds.memory;

// prettier-ignore
const INITIAL = [
  0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n,
];

/** One gas for each round; an input of any other length fails, so its price is nothing. */
export function gasCost(input: Uint8Array): number {
  return input.length === INPUT_BYTES ? rounds(input) : 0;
}

/** The new 64-byte state; fails for another length or a final flag above 1. */
export function run(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== INPUT_BYTES) return undefined;
  const flag = Bytes.toNumber(input.subarray(FLAG_OFFSET));
  if (flag > 1) return undefined;

  const state = viewOf(input.slice(4, MESSAGE_OFFSET));
  const message = viewOf(input.subarray(MESSAGE_OFFSET, COUNTER_OFFSET));
  const counter = viewOf(input.subarray(COUNTER_OFFSET, FLAG_OFFSET));
  for (const [i, word] of INITIAL.entries()) {
    storeWord(work, i, loadWord(state, i));
    storeWord(work, 8 + i, word);
  }
  storeWord(work, 12, loadWord(work, 12) ^ loadWord(counter, 0));
  storeWord(work, 13, loadWord(work, 13) ^ loadWord(counter, 1));
  if (flag === 1) storeWord(work, 14, ~loadWord(work, 14));
  for (let i = 0; i < 16; i++) storeWord(work, 16 + i, loadWord(message, i));

  Blake2fRounds.mix(rounds(input));

  for (let i = 0; i < 8; i++)
    storeWord(state, i, loadWord(state, i) ^ loadWord(work, i) ^ loadWord(work, i + 8));
  return new Uint8Array(state.buffer);
}

function rounds(input: Uint8Array): number {
  return Bytes.toNumber(input.subarray(0, 4));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function loadWord(view: DataView, index: number): bigint {
  return view.getBigUint64(WORD_BYTES * index, true);
}

function storeWord(view: DataView, index: number, word: bigint): void {
  view.setBigUint64(WORD_BYTES * index, word, true);
}
