// Copies of what a machine changes in place: frames and their memories. A memory that several parts of a
// machine share is copied once, so that the copies share it too.
import type * as Cursor from "./cursor.ts";
import type * as Frame from "./frame.ts";
import * as Memory from "./memory.ts";
import * as Stack from "./stack.ts";
import * as View from "./view.ts";

/** The copies made so far, by their originals. */
export type Copies = Map<Memory.Memory, Memory.Memory>;

/** A copy of a frame and of all frames below it. */
export function ofFrames(copies: Copies, frame: Frame.Frame | null): Frame.Frame | null {
  const originals: Frame.Frame[] = [];
  for (let below = frame; below !== null; below = below.parent) originals.push(below);
  let copied: Frame.Frame | null = null;
  for (const original of originals.reverse())
    copied = {
      ...original,
      parent: copied,
      stack: Stack.copy(original.stack),
      memory: ofMemory(copies, original.memory),
      input: ofView(copies, original.input),
      returned: ofView(copies, original.returned),
      encoding: null,
    };
  return copied;
}

/** A copy of a cursor. */
export function ofCursor(copies: Copies, cursor: Cursor.Cursor | null): Cursor.Cursor | null {
  if (cursor === null) return null;
  switch (cursor.type) {
    case "copy":
      return cursor.memory === null
        ? cursor
        : { ...cursor, memory: ofMemory(copies, cursor.memory) };
    case "hash":
      return {
        ...cursor,
        sponge: { ...cursor.sponge, memory: ofMemory(copies, cursor.sponge.memory) },
      };
    case "message":
      return { ...cursor, input: ofView(copies, cursor.input) };
    case "outcome":
      return { ...cursor, output: ofView(copies, cursor.output) };
    case "log":
    case "load":
    case "system":
      return cursor;
  }
}

function ofView(copies: Copies, view: View.View): View.View {
  return view.size === 0 ? View.EMPTY : { ...view, memory: ofMemory(copies, view.memory) };
}

function ofMemory(copies: Copies, memory: Memory.Memory): Memory.Memory {
  const known = copies.get(memory);
  if (known !== undefined) return known;
  const copied = Memory.copy(memory);
  copies.set(memory, copied);
  return copied;
}
