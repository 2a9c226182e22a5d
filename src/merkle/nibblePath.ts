// Pieces of a 32-byte key, nibble by nibble, and their hex-prefix encoding (Yellow Paper, appendix C).
// Twin: contracts/merkle/NibblePath.sol.
import { assert } from "../primitives/assert.ts";

/** At most 64 nibbles of a key, one in each byte. */
export type Path = Uint8Array;

export const KEY_LENGTH = 64;

/** What is left of a key from `depth` on. */
export function fromKey(key: Uint8Array, depth: number): Path {
  assert(key.length * 2 === KEY_LENGTH, "a key is 32 bytes");
  return nibblesOf(key).subarray(depth);
}

/** The path of one nibble. */
export function single(nibble: number): Path {
  return new Uint8Array([nibble]);
}

/** The nibble at the index, or zero behind the last. */
export function nibbleAt(path: Path, index: number): number {
  const nibble = path[index];
  return nibble === undefined ? 0 : nibble;
}

/** The first `count` nibbles. */
export function take(path: Path, count: number): Path {
  return path.subarray(0, count);
}

/** All but the first `count` nibbles. */
export function skip(path: Path, count: number): Path {
  return path.subarray(count);
}

/** One path behind another. */
export function join(first: Path, second: Path): Path {
  return new Uint8Array([...first, ...second]);
}

/** How many nibbles two paths share from their starts. */
export function sharedLength(left: Path, right: Path): number {
  const shorter = Math.min(left.length, right.length);
  let shared = 0;
  while (shared < shorter && left[shared] === right[shared]) shared++;
  return shared;
}

/** Whether the other path starts with this one. */
export function isPrefixOf(path: Path, other: Path): boolean {
  return sharedLength(path, other) === path.length;
}

/**
 * Reads the hex-prefix string that lies in data[start, end); throws PathWithoutFlagsError, PathFlagsUnknownError,
 * PathPaddingNotZeroError or PathTooLongError.
 */
export function decode(
  data: Uint8Array,
  start: number,
  end: number,
): { readonly isLeaf: boolean; readonly path: Path } {
  if (start >= end) throw new PathWithoutFlagsError();
  const nibbles = nibblesOf(data.subarray(start, end));
  const flags = nibbleAt(nibbles, 0);
  const next = nibbleAt(nibbles, 1);
  if (flags >= 4) throw new PathFlagsUnknownError(flags);
  const isLeaf = flags >= 2;
  const isOdd = flags % 2 === 1;
  if (!isOdd && next !== 0) throw new PathPaddingNotZeroError(next);

  const path = nibbles.subarray(isOdd ? 1 : 2);
  if (path.length > KEY_LENGTH) throw new PathTooLongError(path.length);
  return { isLeaf, path };
}

/** The hex-prefix string of a path. */
export function encode(path: Path, isLeaf: boolean): Uint8Array {
  const isOdd = path.length % 2 === 1;
  const flags = (isLeaf ? 2 : 0) + (isOdd ? 1 : 0);
  const nibbles = join(new Uint8Array(isOdd ? [flags] : [flags, 0]), path);
  return new Uint8Array(nibbles.length / 2).map(
    (_, i) => (nibbleAt(nibbles, 2 * i) << 4) | nibbleAt(nibbles, 2 * i + 1),
  );
}

function nibblesOf(bytes: Uint8Array): Path {
  const nibbles = new Uint8Array(bytes.length * 2);
  for (const [i, byte] of bytes.entries()) {
    nibbles[2 * i] = byte >> 4;
    nibbles[2 * i + 1] = byte & 15;
  }
  return nibbles;
}

export class PathWithoutFlagsError extends Error {
  override readonly name = "NibblePath.PathWithoutFlagsError";
  constructor() {
    super("expected a path to hold its flags, got no bytes");
  }
}

export class PathFlagsUnknownError extends Error {
  override readonly name = "NibblePath.PathFlagsUnknownError";
  readonly flags: number;
  constructor(flags: number) {
    super(`expected path flags below 4, got ${flags}`);
    this.flags = flags;
  }
}

export class PathPaddingNotZeroError extends Error {
  override readonly name = "NibblePath.PathPaddingNotZeroError";
  readonly padding: number;
  constructor(padding: number) {
    super(`expected zero beside the flags of an even path, got ${padding}`);
    this.padding = padding;
  }
}

export class PathTooLongError extends Error {
  override readonly name = "NibblePath.PathTooLongError";
  readonly length: number;
  constructor(length: number) {
    super(`expected a path of at most ${KEY_LENGTH} nibbles, got ${length}`);
    this.length = length;
  }
}
