// Address 0x09: the compression function F of BLAKE2b (RFC 7693) with a chosen number of rounds
// (EIP-152). A 64-bit word is two 32-bit halves, low first: rounds cost 1 gas each, which leaves
// no time for bigint.
import * as Bytes from "../../primitives/bytes.ts";

const INPUT_BYTES = 213;
const STATE_BYTES = 64;
const MESSAGE_OFFSET = 4 + STATE_BYTES;
const COUNTER_OFFSET = MESSAGE_OFFSET + 128;
const FLAG_OFFSET = COUNTER_OFFSET + 16;

const WORD_BYTES = 8;

// prettier-ignore
const INITIAL = [
  0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n,
];

// prettier-ignore
const SCHEDULE = new DataView(Uint8Array.from([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3,
  11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4,
  7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8,
  9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13,
  2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9,
  12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11,
  13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10,
  6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5,
  10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0,
]).buffer);

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
  const work = new DataView(new ArrayBuffer(2 * STATE_BYTES));
  for (const [i, word] of INITIAL.entries()) {
    storeWord(work, i, loadWord(state, i));
    storeWord(work, 8 + i, word);
  }
  storeWord(work, 12, loadWord(work, 12) ^ loadWord(counter, 0));
  storeWord(work, 13, loadWord(work, 13) ^ loadWord(counter, 1));
  if (flag === 1) storeWord(work, 14, ~loadWord(work, 14));

  for (let round = 0; round < rounds(input); round++) mixRound(work, message, 16 * (round % 10));

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

function mixRound(work: DataView, message: DataView, row: number): void {
  mix(work, 0, 32, 64, 96, message, row);
  mix(work, 8, 40, 72, 104, message, row + 2);
  mix(work, 16, 48, 80, 112, message, row + 4);
  mix(work, 24, 56, 88, 120, message, row + 6);
  mix(work, 0, 40, 80, 120, message, row + 8);
  mix(work, 8, 48, 88, 96, message, row + 10);
  mix(work, 16, 56, 64, 104, message, row + 12);
  mix(work, 24, 32, 72, 112, message, row + 14);
}

/**
 * RFC 7693's G on the words at byte offsets a, b, c and d, with the two message words that the
 * schedule names at `turn`. A sum of low halves is exact in a double, so its carry is the quotient.
 */
function mix(
  work: DataView,
  a: number,
  b: number,
  c: number,
  d: number,
  message: DataView,
  turn: number,
): void {
  const x = WORD_BYTES * SCHEDULE.getUint8(turn);
  const y = WORD_BYTES * SCHEDULE.getUint8(turn + 1);
  const bLow = work.getUint32(b, true);
  const bHigh = work.getInt32(b + 4, true);

  let sum = work.getUint32(a, true) + bLow + message.getUint32(x, true);
  let aHigh = (work.getInt32(a + 4, true) + bHigh + message.getInt32(x + 4, true) + carry(sum)) | 0;
  let aLow = sum >>> 0;
  let dLow = (work.getInt32(d + 4, true) ^ aHigh) >>> 0; // rotated by 32: the halves change places
  let dHigh = work.getInt32(d, true) ^ aLow;

  sum = work.getUint32(c, true) + dLow;
  let cHigh = (work.getInt32(c + 4, true) + dHigh + carry(sum)) | 0;
  let cLow = sum >>> 0;
  let low = bLow ^ cLow;
  let high = bHigh ^ cHigh;
  let newLow = ((low >>> 24) | (high << 8)) >>> 0;
  let newHigh = (high >>> 24) | (low << 8);

  sum = aLow + newLow + message.getUint32(y, true);
  aHigh = (aHigh + newHigh + message.getInt32(y + 4, true) + carry(sum)) | 0;
  aLow = sum >>> 0;
  low = dLow ^ aLow;
  high = dHigh ^ aHigh;
  dLow = ((low >>> 16) | (high << 16)) >>> 0;
  dHigh = (high >>> 16) | (low << 16);

  sum = cLow + dLow;
  cHigh = (cHigh + dHigh + carry(sum)) | 0;
  cLow = sum >>> 0;
  low = newLow ^ cLow;
  high = newHigh ^ cHigh;
  newLow = (high >>> 31) | (low << 1); // rotated by 63
  newHigh = (low >>> 31) | (high << 1);

  store(work, a, aLow, aHigh);
  store(work, b, newLow, newHigh);
  store(work, c, cLow, cHigh);
  store(work, d, dLow, dHigh);
}

function carry(sum: number): number {
  return sum > 0x1ffffffff ? 2 : sum > 0xffffffff ? 1 : 0;
}

function store(work: DataView, offset: number, low: number, high: number): void {
  work.setInt32(offset, low, true);
  work.setInt32(offset + 4, high, true);
}
