// Acknowledged transactions on disk: one flush acknowledges all that came while the disk was busy with the one before, and
// others have their turn meanwhile. What no longer waits stays in the file until that is written anew.
import * as Bytes from "../primitives/bytes.ts";
import { NotReplacedError, type PendingFile } from "./pendingFile.ts";
import * as PendingLog from "./pendingLog.ts";

export type Pending = {
  readonly file: PendingFile;
  readonly mark: Uint8Array;
  /** All that waits, in the order in which it came: what a file written anew has to hold. */
  readonly live: () => readonly Uint8Array[];
  /** Bytes of the file, and what they were when it held nothing but what was live. */
  size: number;
  compactSize: number;
  /** What the next record will hold, and the flush that will write it. */
  waiting: Uint8Array[];
  next: Promise<void> | undefined;
  last: Promise<void>;
  failure: unknown;
};

/** The file is written anew when it is this large, and this many times larger than what was live the last time. */
export const COMPACT_FROM = 8 << 20;
export const COMPACT_RATIO = 4;

/**
 * Reads what the file holds, oldest first, cuts an unfinished record off, and stands ready; throws NotALogError or
 * CorruptError. Some of what it gives may have found its block or its successor since it was written.
 */
export function open(
  file: PendingFile,
  live: Pending["live"],
): { pending: Pending; transactions: readonly Uint8Array[] } {
  const bytes = file.read();
  const found = PendingLog.recover(bytes);
  const mark = found?.mark ?? PendingLog.newMark();
  if (found === undefined) file.replace(PendingLog.begin(mark));
  else if (found.end < bytes.length) file.truncate(found.end);
  const size = found?.end ?? PendingLog.HEADER_LENGTH;
  const pending: Pending = {
    ...{ file, mark, live, size, compactSize: PendingLog.HEADER_LENGTH },
    ...{ waiting: [], next: undefined, last: Promise.resolve(), failure: undefined },
  };
  return { pending, transactions: found?.transactions ?? [] };
}

/**
 * Resolves once the transaction is on disk, with all that came until the disk was free. Rejects with WriteFailedError if the
 * disk takes nothing more, and with RefusedError from the first time on that it cannot be told what it has.
 */
export function write(pending: Pending, encoded: Uint8Array): Promise<void> {
  pending.waiting.push(encoded);
  pending.next ??= pending.last.then(turn).then(() => {
    pending.next = undefined;
    const flushed = flush(pending);
    pending.last = flushed.catch(() => undefined);
    return flushed;
  });
  return pending.next;
}

/** Has the transactions on disk when it returns: for those that are about to lose their block. */
export function writeNow(pending: Pending, transactions: readonly Uint8Array[]): void {
  if (pending.failure !== undefined) throw new RefusedError(pending.failure);
  // A record that is being flushed is durable before another is begun.
  flushOrFail(pending);
  append(pending, transactions);
  flushOrFail(pending);
}

/** Resolves when the last flush has ended; nothing is written afterwards. */
export async function close(pending: Pending): Promise<void> {
  while (pending.next !== undefined) await pending.next.catch(() => undefined);
  await pending.last;
  pending.failure = new ClosedError();
  pending.file.close();
}

// What comes in one turn of the event loop is written together.
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function flush(pending: Pending): Promise<void> {
  const transactions = pending.waiting;
  pending.waiting = [];
  if (pending.failure !== undefined) throw new RefusedError(pending.failure);
  append(pending, transactions);
  try {
    await pending.file.flush();
  } catch (error) {
    throw fail(pending, error);
  }
  const isLarge = pending.size > Math.max(COMPACT_FROM, COMPACT_RATIO * pending.compactSize);
  if (isLarge) compact(pending);
}

// A record that is there in part is taken back: the next one stands where it stood.
function append(pending: Pending, transactions: readonly Uint8Array[]): void {
  const record = PendingLog.encodeRecord(pending.mark, transactions);
  try {
    pending.file.append(record);
  } catch (cause) {
    try {
      pending.file.truncate(pending.size);
    } catch (error) {
      throw fail(pending, error);
    }
    throw new WriteFailedError(cause);
  }
  pending.size += record.length;
}

function flushOrFail(pending: Pending): void {
  try {
    pending.file.flushNow();
  } catch (error) {
    throw fail(pending, error);
  }
}

/** Writes the file anew with nothing but what waits. */
function compact(pending: Pending): void {
  const { mark, live, file } = pending;
  const record = PendingLog.encodeRecord(mark, live());
  const bytes = Bytes.concat(PendingLog.begin(mark), record);
  try {
    file.replace(bytes);
  } catch (error) {
    if (!(error instanceof NotReplacedError)) throw fail(pending, error);
    // Nothing is lost, and the next attempt can wait.
    pending.compactSize = pending.size;
    return;
  }
  pending.size = bytes.length;
  pending.compactSize = bytes.length;
}

function fail(pending: Pending, error: unknown): RefusedError {
  pending.failure ??= error;
  return new RefusedError(error);
}

/** Nothing of what was to be written together is written. */
export class WriteFailedError extends Error {
  override readonly name = "Pending.WriteFailedError";
  constructor(cause: unknown) {
    super("the disk does not take the transaction, and it is not kept", { cause });
  }
}

/** What is on disk is not known, so nothing more is acknowledged until the sequencer has been started anew. */
export class RefusedError extends Error {
  override readonly name = "Pending.RefusedError";
  constructor(cause: unknown) {
    super("the disk failed: no transaction is taken before the sequencer is started anew", {
      cause,
    });
  }
}

export class ClosedError extends Error {
  override readonly name = "Pending.ClosedError";
  constructor() {
    super("the log of transactions that wait is closed");
  }
}
