// The file below the log of transactions that wait; whoever has the database beside it has the file.
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import * as Bytes from "../primitives/bytes.ts";

export type PendingFile = {
  readonly read: () => Uint8Array;
  /** Leaves the bytes with the system, which has them on the disk after the next flush; if it throws, some may be there. */
  readonly append: (bytes: Uint8Array) => void;
  /** Resolves when all that was appended is on the disk itself; others have their turn meanwhile. */
  readonly flush: () => Promise<void>;
  /** The same, and nobody has a turn meanwhile. */
  readonly flushNow: () => void;
  readonly truncate: (length: number) => void;
  /**
   * The whole file anew: after a crash it is either the old one or the new one. Not during a flush. Throws NotReplacedError
   * while the old one is still in its place.
   */
  readonly replace: (bytes: Uint8Array) => void;
  readonly close: () => void;
};

const datasync = promisify(fdatasync);
const OWNER_ONLY = 0o600;

/** Opens or creates the file. */
export function open(path: string): PendingFile {
  let file = openSync(path, "a", OWNER_ONLY);
  flushFolder(path);
  return {
    read: () => new Uint8Array(readFileSync(path)),
    append: (bytes) => appendAll(file, bytes),
    flush: () => datasync(file),
    flushNow: () => fdatasyncSync(file),
    truncate: (length) => {
      ftruncateSync(file, length);
      fsyncSync(file);
    },
    replace: (bytes) => {
      const anew = writeAnew(path, bytes);
      closeSync(file);
      file = anew;
      flushFolder(path);
    },
    close: () => closeSync(file),
  };
}

/** For a node whose database is in memory too: keeps nothing. */
export function none(): PendingFile {
  const nothing = () => undefined;
  return {
    read: () => Bytes.EMPTY,
    flush: () => Promise.resolve(),
    ...{ append: nothing, flushNow: nothing, truncate: nothing, replace: nothing, close: nothing },
  };
}

/** Puts a new file in the place of the old one, which may still be there after a crash. */
function writeAnew(path: string, bytes: Uint8Array): number {
  const unfinished = `${path}.new`;
  let anew: number | undefined;
  try {
    rmSync(unfinished, { force: true });
    anew = openSync(unfinished, "a", OWNER_ONLY);
    appendAll(anew, bytes);
    fsyncSync(anew);
    renameSync(unfinished, path);
    return anew;
  } catch (error) {
    if (anew !== undefined) closeSync(anew);
    throw new NotReplacedError(path, error);
  }
}

function appendAll(file: number, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(writeSync(file, rest));
}

// A name is durable once its folder is.
function flushFolder(path: string): void {
  const folder = openSync(dirname(path), "r");
  fsyncSync(folder);
  closeSync(folder);
}

export class NotReplacedError extends Error {
  override readonly name = "PendingFile.NotReplacedError";
  readonly path: string;
  constructor(path: string, cause: unknown) {
    super(`${path} cannot be written anew and is as it was`, { cause });
    this.path = path;
  }
}
