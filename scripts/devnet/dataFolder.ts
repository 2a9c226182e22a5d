// The folder that --data names.
import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Makes the folder and those above it where they are missing; throws UnusableError. */
export function make(folder: string): void {
  const missing: string[] = [];
  for (let path = resolve(folder); !existsSync(path); path = dirname(path)) missing.unshift(path);
  try {
    // One by one: Node's own way down tries for ever where a file system refuses new folders as if their parent were missing.
    for (const path of missing) mkdirSync(path);
  } catch (cause) {
    throw new UnusableError(folder, cause);
  }
}

export class UnusableError extends Error {
  override readonly name = "DataFolder.UnusableError";
  readonly folder: string;
  constructor(folder: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`--data: cannot make ${folder}: ${reason}`, { cause });
    this.folder = folder;
  }
}
