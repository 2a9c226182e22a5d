// What the chain has lost since a filter was asked last: the logs of blocks that L1 took back, for those who were told of them.

import type { Backend } from "../backend.ts";
import * as Logs from "./logs.ts";

/** One time that the chain was cut back; without logs if they were too many to be kept. */
type Cut = {
  readonly number: bigint;
  readonly logs: readonly { readonly block: bigint; readonly log: Logs.BlockLog }[] | undefined;
  readonly bytes: number;
};

/** The newest cuts; `first` counts those before them. */
export type Cuts = { first: number; kept: Cut[] };

/** Whose news is asked for. */
export type Reader = {
  /** The last block that it was told of. */
  seen: bigint;
  /** How many cuts it knows of. */
  cuts: number;
};

const MAX_CUTS = 1_000;
const MAX_BYTES = 16 * 1_024 * 1_024;
const LOG_BYTES = 1_000;
/** Looking for them keeps everybody waiting. */
const MAX_MS = 1_000;

/** Nothing was lost yet. */
export function create(): Cuts {
  return { first: 0, kept: [] };
}

/** How many cuts there were. */
export function count({ first, kept }: Cuts): number {
  return first + kept.length;
}

/** Keeps what is about to be lost above a number, with its logs if somebody may ask for them. */
export function add(cuts: Cuts, backend: Backend, number: bigint, withLogs: boolean): void {
  cuts.kept.push(withLogs ? read(backend, number) : { number, logs: [], bytes: 0 });
  let bytes = 0;
  cuts.kept = cuts.kept
    .reverse()
    .map((cut) => {
      bytes += cut.bytes;
      return bytes > MAX_BYTES ? { number: cut.number, logs: undefined, bytes: 0 } : cut;
    })
    .reverse();
  if (cuts.kept.length <= MAX_CUTS) return;
  cuts.kept.shift();
  cuts.first += 1;
}

function read(backend: Backend, number: bigint): Cut {
  const logs: { block: bigint; log: Logs.BlockLog }[] = [];
  const endsAt = performance.now() + MAX_MS;
  let bytes = 0;
  for (const block of Logs.blocksAbove(backend, number)) {
    for (const log of Logs.allOf(backend, block)) {
      logs.push({ block: block.header.number, log });
      bytes += LOG_BYTES + 2 * log.log.data.length;
    }
    if (bytes > MAX_BYTES || performance.now() > endsAt) {
      return { number, logs: undefined, bytes: 0 };
    }
  }
  return { number, logs, bytes };
}

/**
 * Takes the reader back to the last block that it was told of and that is still there; gives the logs of the others, oldest cut first,
 * or undefined if they are not kept.
 */
export function catchUp({ first, kept }: Cuts, reader: Reader): Logs.BlockLog[] | undefined {
  const unknown = kept.slice(Math.max(0, reader.cuts - first));
  const lost: Logs.BlockLog[] = [];
  let isComplete = reader.cuts >= first;
  for (const { number, logs } of unknown) {
    if (number >= reader.seen) continue;
    if (logs === undefined) isComplete = false;
    for (const { block, log } of logs ?? []) if (block <= reader.seen) lost.push(log);
    reader.seen = number;
  }
  reader.cuts = first + kept.length;
  return isComplete ? lost : undefined;
}
