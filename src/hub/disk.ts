// The file below the log: bytes appended, flushed, or written anew as a whole. One process at a time has it.
import { closeSync, mkdirSync, openSync, realpathSync, writeSync } from "node:fs";
import { open as openFile, readFile, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

export type Disk = {
  readonly read: () => Promise<Uint8Array>;
  /** Leaves the bytes with the system, which has them on the disk after the next `flush`. */
  readonly append: (bytes: Uint8Array) => void;
  /** Resolves when all that was appended is on the disk itself. */
  readonly flush: () => Promise<void>;
  /** The whole file anew: after a crash it is either the old one or the new one. */
  readonly replace: (bytes: Uint8Array) => Promise<void>;
  readonly close: () => Promise<void>;
};

/**
 * Opens or creates the file; throws InUseError while another process has it, by whatever symbolic link, and LinkedError
 * where it has a second name: each name has a lock of its own.
 */
export async function open(given: string): Promise<Disk> {
  mkdirSync(dirname(given), { recursive: true });
  // It is there before its name is asked for: a link to a file that is not has no other name than its own.
  closeSync(openSync(given, "a", 0o600));
  const path = realpathSync(given);
  const lock = takeLock(path);
  let file = await openFile(path, "a", 0o600);
  const { nlink } = await file.stat();
  if (nlink > 1) {
    await file.close();
    lock.close();
    throw new LinkedError(path, nlink);
  }
  await flushFolder(path);
  return {
    read: () => readFile(path),
    append: (bytes) => appendAll(file, bytes),
    flush: () => file.datasync(),
    replace: async (bytes) => {
      const unfinished = `${path}.new`;
      await rm(unfinished, { force: true });
      const anew = await openFile(unfinished, "a", 0o600);
      appendAll(anew, bytes);
      await anew.sync();
      await rename(unfinished, path);
      await flushFolder(path);
      await file.close();
      file = anew;
    },
    close: async () => {
      await file.close();
      lock.close();
    },
  };
}

// Handing a small record to a thread would take longer than copying it to the system does.
function appendAll(file: FileHandle, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(writeSync(file.fd, rest));
}

// A name is durable once its folder is.
async function flushFolder(path: string): Promise<void> {
  const folder = await openFile(dirname(path), "r");
  await folder.sync();
  await folder.close();
}

// Node has no flock; SQLite's lock goes with its process, however that ends.
function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(`${path}.lock`);
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;");
  } catch (error) {
    lock.close();
    throw new InUseError(path, error);
  }
  return lock;
}

/** Another process has the file: two that sign with one key would sign two states of one version. */
export class InUseError extends Error {
  override readonly name = "Disk.InUseError";
  readonly path: string;
  constructor(path: string, cause: unknown) {
    super(`${path} is in use by another process`, { cause });
    this.path = path;
  }
}

/** The file has further names, by hard links: by another of them another process may have it. */
export class LinkedError extends Error {
  override readonly name = "Disk.LinkedError";
  readonly path: string;
  readonly names: number;
  constructor(path: string, names: number) {
    super(`${path} is one of ${names} names of a file: keep one, for each has a lock of its own`);
    this.path = path;
    this.names = names;
  }
}
