// Hash paths that the moves carry, cut from a trace.
import * as Bytes from "../primitives/bytes.ts";
import * as Bisection from "./bisection.ts";
import type { Position, PreState } from "./bisection.ts";
import type { Trace } from "./trace.ts";

/** Siblings of a leaf from the bottom up. */
export function siblingsOf(trace: Trace, leaf: number): Uint8Array[] {
  const height = Math.log2(trace.length);
  return Array.from({ length: height }, (_, level) => {
    const ancestor = Math.floor(leaf / 2 ** level);
    return trace.subtree(level, ancestor % 2 === 0 ? ancestor + 1 : ancestor - 1);
  });
}

/** Opens the last leaf of a tree: its siblings above the padding. */
export function lastLeaf(trace: Trace): Uint8Array[] {
  const siblings = siblingsOf(trace, trace.length - 1);
  const isPadding = (sibling: Uint8Array, level: number): boolean =>
    Bytes.equals(sibling, trace.subtree(level, trace.length / 2 ** level - 1));
  const padded = siblings.findIndex((sibling, level) => !isPadding(sibling, level));
  return padded === -1 ? [] : siblings.slice(padded);
}

/** Opens the state before a leaf; `startState` precedes leaf 0. */
export function preState(trace: Trace, leaf: number, startState: Uint8Array): PreState {
  if (leaf === 0) return { state: startState, prefix: Bisection.ZERO, spine: [] };
  const height = Bisection.trailingZeros(leaf);
  const spine = Array.from({ length: height }, (_, level) =>
    trace.subtree(level, Math.floor((leaf - 1) / 2 ** level) - 1),
  );
  return { state: trace.hashAt(leaf - 1), prefix: prefixAt(trace, height + 1, leaf), spine };
}

/** The position of a trace's node. */
export function positionAt(
  trace: Trace,
  level: number,
  height: number,
  index: number,
  origin: Uint8Array,
): Position {
  const prefix = prefixAt(trace, height, index * 2 ** height);
  return { level, height, index, origin, prefix };
}

// The prefix of the ancestor of a leaf at a height: one link for each right turn above it.
function prefixAt(trace: Trace, height: number, leaf: number): Uint8Array {
  let prefix: Uint8Array = Bisection.ZERO;
  for (let level = Math.log2(trace.length) - 1; level >= height; level--) {
    const ancestor = Math.floor(leaf / 2 ** level);
    if (ancestor % 2 === 1) {
      prefix = Bisection.prefixAfter(prefix, trace.subtree(level, ancestor - 1));
    }
  }
  return prefix;
}
