// A disk in memory that can be full, and of which a crash leaves what was flushed and part of the rest.
import type { Disk } from "../../src/hub/disk.ts";
import * as Bytes from "../../src/primitives/bytes.ts";

export type MemoryDisk = Disk & {
  written: Uint8Array;
  durable: Uint8Array;
  /** Bytes that still fit. */
  room: number;
  flushes: number;
};

/** A disk that holds `file`, flushed. */
export function create(file: Uint8Array = Bytes.EMPTY): MemoryDisk {
  const disk: MemoryDisk = {
    written: file,
    durable: file,
    room: Infinity,
    flushes: 0,
    read: () => Promise.resolve(disk.written),
    append: (bytes) => {
      const fits = bytes.subarray(0, Math.min(disk.room, bytes.length));
      disk.written = Bytes.concat(disk.written, fits);
      disk.room -= fits.length;
      if (fits.length < bytes.length) throw new FullError();
    },
    flush: () => {
      disk.flushes += 1;
      disk.durable = disk.written;
      return Promise.resolve();
    },
    replace: (bytes) => {
      disk.written = bytes;
      return disk.flush();
    },
    close: () => Promise.resolve(),
  };
  return disk;
}

export class FullError extends Error {
  override readonly name = "MemoryDisk.FullError";
}
