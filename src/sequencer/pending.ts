// Acknowledged transactions on disk: one flush acknowledges all that came in one turn of the event loop.
import * as Database from "../node/database.ts";

export type Entry = { readonly hash: Uint8Array; readonly encoded: Uint8Array };

type Unwritten = {
  readonly entry: Entry;
  readonly isWanted: () => boolean;
  readonly done: (error?: Error) => void;
};

export type Pending = { readonly database: Database.Database; unwritten: Unwritten[] };

export function create(database: Database.Database): Pending {
  return { database, unwritten: [] };
}

/** Resolves once the transaction is on disk, or is no longer wanted: a block may have taken it meanwhile. */
export function write(pending: Pending, entry: Entry, isWanted: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error) => (error === undefined ? resolve() : reject(error));
    pending.unwritten.push({ entry, isWanted, done });
    if (pending.unwritten.length === 1) setImmediate(() => flush(pending));
  });
}

function flush(pending: Pending): void {
  const { database, unwritten } = pending;
  pending.unwritten = [];
  try {
    Database.atomically(database, () => {
      for (const { entry, isWanted } of unwritten) {
        if (isWanted()) Database.putPending(database, entry.hash, entry.encoded);
      }
    });
    for (const { done } of unwritten) done();
  } catch (error) {
    for (const { done } of unwritten) done(error as Error);
  }
}
