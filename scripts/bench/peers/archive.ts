// Files out of a package as npm packs it: a tar archive (POSIX ustar) under gzip.
import { gunzipSync } from "node:zlib";

const BLOCK = 512;
const NAME = { at: 0, length: 100 };
const SIZE = { at: 124, length: 12 };
const TYPE_AT = 156;
const PREFIX = { at: 345, length: 155 };
const REGULAR = new Set(["0", "\0"]);

/** The regular files by path, without the folder that npm wraps them in. Throws MalformedError, or RangeError beyond `maxBytes`. */
export function read(packed: Uint8Array, maxBytes: number): ReadonlyMap<string, Uint8Array> {
  const bytes = gunzipSync(packed, { maxOutputLength: maxBytes });
  const files = new Map<string, Uint8Array>();
  let at = 0;
  // Two empty blocks end an archive.
  while (at + BLOCK <= bytes.length && bytes[at] !== 0) {
    const header = bytes.subarray(at, at + BLOCK);
    const size = Number.parseInt(text(header, SIZE), 8);
    const end = at + BLOCK + size;
    if (!Number.isSafeInteger(size) || end > bytes.length) throw new MalformedError(at);
    const path = [text(header, PREFIX), text(header, NAME)].filter((part) => part !== "").join("/");
    const type = String.fromCharCode(header[TYPE_AT] ?? 0);
    if (REGULAR.has(type)) {
      files.set(path.slice(path.indexOf("/") + 1), bytes.subarray(at + BLOCK, end));
    }
    at = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

function text(header: Uint8Array, { at, length }: { at: number; length: number }): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end === -1 ? field : field.subarray(0, end)).trim();
}

export class MalformedError extends Error {
  override readonly name = "Archive.MalformedError";
  readonly position: number;
  constructor(position: number) {
    super(`the archive is malformed at byte ${position}`);
    this.position = position;
  }
}
