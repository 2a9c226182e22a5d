// The logs of a transaction as a hash chain, and the bloom filter of the block.
// Twin: contracts/machine/Logs.sol.
import { commit, tag } from "../primitives/commitment.ts";
import * as Bytes from "../primitives/bytes.ts";
import { keccak256, keccak256Pair } from "../primitives/keccak.ts";
import * as HashedKeys from "./hashedKeys.ts";

export const TAG_LOGS = tag("logs");
export const TAG_LOG = tag("log");
export const PIECE_BYTES = 1_024;
export const BLOOM_BYTES = 256;

const NONE = new Uint8Array(32);

export type Log = {
  readonly address: bigint;
  readonly topics: readonly bigint[];
  readonly data: Uint8Array;
};

/** All logs so far, newest first. */
export type Logs = {
  readonly previous: Logs | null;
  readonly log: Log;
  hashed: Uint8Array | null;
};

/** A bloom filter that never changes. */
export type Bloom = { readonly bytes: Uint8Array; hashed: Uint8Array | null };

/** The bloom filter of nothing. */
export const EMPTY_BLOOM: Bloom = { bytes: new Uint8Array(BLOOM_BYTES), hashed: null };

/** The logs followed by one more. */
export function append(logs: Logs | null, log: Log): Logs {
  return { previous: logs, log, hashed: null };
}

/** The commitment to a chain of logs. A loop, because a transaction can make tens of thousands. */
export function hash(logs: Logs | null): Uint8Array {
  const unhashed: Logs[] = [];
  let known = logs;
  for (; known !== null && known.hashed === null; known = known.previous) unhashed.push(known);

  let hashed: Uint8Array = known?.hashed ?? NONE;
  for (const next of unhashed.reverse()) {
    hashed = commit(TAG_LOGS, hashed, entryHash(next.log));
    next.hashed = hashed;
  }
  return hashed;
}

/** The logs in the order they were made. */
export function toArray(logs: Logs | null): Log[] {
  const inOrder: Log[] = [];
  for (let rest = logs; rest !== null; rest = rest.previous) inOrder.push(rest.log);
  return inOrder.reverse();
}

/** The commitment to one log. */
export function entryHash(log: Log): Uint8Array {
  let data: Uint8Array = NONE;
  for (let start = 0; start < log.data.length; start += PIECE_BYTES)
    data = hashPiece(data, log.data.subarray(start, start + PIECE_BYTES));
  return entryHashOf(log.address, log.topics.length, topicsHash(log.topics), log.data.length, data);
}

/** The commitment to one log from those of its topics and data. */
export function entryHashOf(
  address: bigint,
  topicCount: number,
  topics: Uint8Array,
  size: number,
  data: Uint8Array,
): Uint8Array {
  return commit(TAG_LOG, address, topicCount, topics, size, data);
}

/** The commitment to data followed by one more piece. */
export function hashPiece(data: Uint8Array, piece: Uint8Array): Uint8Array {
  return keccak256Pair(data, keccak256(piece));
}

/** The commitment to topics. */
export function topicsHash(topics: readonly bigint[]): Uint8Array {
  return keccak256(Bytes.concat(...topics.map((topic) => Bytes.fromBigInt(topic, 32))));
}

/** The commitment to a bloom filter. */
export function hashBloom(bloom: Bloom): Uint8Array {
  bloom.hashed ??= keccak256(bloom.bytes);
  return bloom.hashed;
}

/** The bloom filter with a log added (Yellow Paper, section 4.4.3). */
export function addToBloom(bloom: Bloom, log: Log): Bloom {
  const bytes = bloom.bytes.slice();
  // The same hashes that key accounts and slots; addresses and topics come again as often.
  setBits(bytes, HashedKeys.ofAddress(log.address));
  for (const topic of log.topics) setBits(bytes, HashedKeys.ofSlot(topic));
  return { bytes, hashed: null };
}

function setBits(bloom: Uint8Array, hash: Uint8Array): void {
  for (let i = 0; i < 6; i += 2) {
    const bit = (((hash[i] ?? 0) << 8) | (hash[i + 1] ?? 0)) & 0x7ff;
    const position = BLOOM_BYTES - 1 - (bit >> 3);
    bloom[position] = (bloom[position] ?? 0) | (1 << (bit & 7));
  }
}
