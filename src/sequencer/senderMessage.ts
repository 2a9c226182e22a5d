// What passes between the sequencer and the thread that recovers senders: records of fixed size, because copying
// objects between threads would take as long as the work.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import type { Transaction } from "../protocol/transaction.ts";

export type Signed = Pick<Transaction, "signature" | "signingHash">;

// signing hash, r, s, y parity
const QUESTION_BYTES = 97;
// 1 and the address, or zeros
const ANSWER_BYTES = 21;

/** Tells the thread to end after what it was asked before. */
export const END = null;

/** Who signed these? One record of 97 bytes for each. */
export function encodeQuestions(transactions: readonly Signed[]): Uint8Array {
  const message = new Uint8Array(transactions.length * QUESTION_BYTES);
  transactions.forEach(({ signingHash, signature: { r, s, yParity } }, i) => {
    const start = i * QUESTION_BYTES;
    message.set(signingHash, start);
    message.set(Bytes.fromBigInt(r, 32), start + 32);
    message.set(Bytes.fromBigInt(s, 32), start + 64);
    message[start + 96] = yParity;
  });
  return message;
}

/** Reads what `encodeQuestions` wrote. */
export function decodeQuestions(message: Uint8Array): Signed[] {
  return records(message, QUESTION_BYTES).map((record) => ({
    signingHash: record.slice(0, 32),
    signature: {
      r: Bytes.toBigInt(record.subarray(32, 64)),
      s: Bytes.toBigInt(record.subarray(64, 96)),
      yParity: Bytes.toNumber(record.subarray(96)),
    },
  }));
}

/** Who signed them, nobody where it is undefined. One record of 21 bytes for each. */
export function encodeAnswers(senders: readonly (bigint | undefined)[]): Uint8Array {
  const message = new Uint8Array(senders.length * ANSWER_BYTES);
  senders.forEach((sender, i) => {
    if (sender === undefined) return;
    message[i * ANSWER_BYTES] = 1;
    message.set(Bytes.fromBigInt(sender, 20), i * ANSWER_BYTES + 1);
  });
  return message;
}

/** Reads what `encodeAnswers` wrote. */
export function decodeAnswers(message: Uint8Array): (bigint | undefined)[] {
  return records(message, ANSWER_BYTES).map((record) =>
    record[0] === 1 ? Bytes.toBigInt(record.subarray(1)) : undefined,
  );
}

function records(message: Uint8Array, size: number): Uint8Array[] {
  assert(message.length % size === 0, "a message holds whole records");
  return Array.from({ length: message.length / size }, (_, i) =>
    message.subarray(i * size, (i + 1) * size),
  );
}
