// COPY: at most 1,024 bytes into the frame's memory. Twin: contracts/machine/phases/Copy.sol.
import * as Bytes from "../../primitives/bytes.ts";
import * as Code from "../code.ts";
import * as Cursor from "../cursor.ts";
import type * as Frame from "../frame.ts";
import * as Machine from "../machine.ts";
import * as Memory from "../memory.ts";
import * as Phase from "../phase.ts";
import * as View from "../view.ts";

export const COPY_CHUNK_BYTES = 1_024;

/** Moves one chunk. */
export function runCopy(machine: Machine.Machine): void {
  const frame = Machine.openFrame(machine);
  const cursor = Machine.openCursor(machine, "copy");

  const count = Math.min(COPY_CHUNK_BYTES, cursor.remaining);
  const isBackward = cursor.source === Cursor.COPY_OWN_BACKWARD;
  const skipped = isBackward ? cursor.remaining - count : 0;
  const present = Math.min(count, cursor.available);
  const bytes = readSource(machine, frame, cursor, cursor.from + skipped, present);
  const padded = present === count ? bytes : Bytes.padRight(bytes, count);
  Memory.store(frame.memory, machine.witness, cursor.dest + skipped, padded);

  const dest = isBackward ? cursor.dest : cursor.dest + count;
  if (count === cursor.remaining) finish(machine, frame, dest, cursor.next);
  else
    machine.cursor = {
      ...cursor,
      from: isBackward ? cursor.from : cursor.from + present,
      available: cursor.available - present,
      dest,
      remaining: cursor.remaining - count,
    };
}

function readSource(
  machine: Machine.Machine,
  frame: Frame.Frame,
  cursor: Cursor.Copy,
  from: number,
  size: number,
): Uint8Array {
  if (size === 0) return Bytes.EMPTY;
  if (cursor.code !== null) {
    if (machine.witness !== null) Code.openChunks(cursor.code, machine.witness, from, size);
    return Code.bytes(cursor.code).subarray(from, from + size);
  }
  return Memory.load(cursor.memory ?? frame.memory, machine.witness, from, size);
}

// Only the identity precompile copies to SETTLE: what it copied is its output.
function finish(machine: Machine.Machine, frame: Frame.Frame, copied: number, next: number): void {
  if (next === Phase.SETTLE) {
    Machine.endFrame(machine, Cursor.STATUS_SUCCESS, View.of(frame.memory, 0, copied));
    return;
  }
  machine.phase = next;
  machine.cursor = null;
}
