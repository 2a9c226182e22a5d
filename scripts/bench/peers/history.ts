// A list of states as BoLD commits to it: complete trees, one for each bit of its length, folded from the smallest up.
import { assert } from "../../../src/primitives/assert.ts";
import { keccak256, keccak256Pair } from "../../../src/primitives/keccak.ts";
import type { Run } from "../../../src/dispute/runTrace.ts";

export type History = {
  stateAt(index: number): Uint8Array;
  /** The root of the complete tree over leaves index × 2^level and on. */
  tree(level: number, index: number): Uint8Array;
};

const NOTHING = new Uint8Array(32);

/** A history from runs of equal states in ascending order, of which the first starts at 0. */
export function fromRuns(runs: readonly Run[]): History {
  const memo = new Map<string, Uint8Array>();
  const runAt = (index: number): number => runs.findLastIndex(({ from }) => from <= index);
  const stateAt = (index: number): Uint8Array => {
    const run = runs[runAt(index)];
    assert(run !== undefined, "a history has a run at its first state");
    return run.state;
  };
  function tree(level: number, index: number): Uint8Array {
    const first = runAt(index * 2 ** level);
    const last = runAt((index + 1) * 2 ** level - 1);
    const key = first === last ? `${level}:run${first}` : `${level}:${index}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const root =
      level === 0
        ? keccak256(stateAt(index))
        : keccak256Pair(tree(level - 1, 2 * index), tree(level - 1, 2 * index + 1));
    memo.set(key, root);
    return root;
  }
  return { stateAt, tree };
}

/** The commitment to the states up to and with this one. */
export function root(history: History, last: number): Uint8Array {
  return lastProof(history, last).reduce(
    (folded, beside, level) =>
      isOdd(last, level) ? keccak256Pair(beside, folded) : keccak256Pair(folded, beside),
    history.tree(0, last),
  );
}

/** The way from the last state of a commitment to its root: nothing stands on the right. */
export function lastProof(history: History, last: number): Uint8Array[] {
  return treesOf(history, last);
}

/** What shows that the states up to `from` come first among those up to `to`: their trees, and the trees that are appended. */
export function prefixProof(
  history: History,
  from: number,
  to: number,
): readonly [Uint8Array[], Uint8Array[]] {
  const appended: Uint8Array[] = [];
  let size = from + 1;
  while (size < to + 1) {
    const level = nextLevel(size, to + 1);
    appended.push(history.tree(level, size / 2 ** level));
    size += 2 ** level;
  }
  return [treesOf(history, from + 1), appended];
}

/** Where an edge has to be halved: at the greatest power of two between its ends. */
export function middle(start: number, end: number): number {
  if (end - start === 2) return start + 1;
  const step = 2 ** highestBit((end - 1) ^ start);
  return Math.floor((end - 1) / step) * step;
}

// For each bit of a length the tree that it stands for; nothing for a bit that is not set.
function treesOf(history: History, length: number): Uint8Array[] {
  const levels = length === 0 ? 0 : highestBit(length) + 1;
  return Array.from({ length: levels }, (_, level) =>
    isOdd(length, level) ? history.tree(level, Math.floor(length / 2 ** level) - 1) : NOTHING,
  );
}

// The largest tree that can be appended to so many leaves without passing the end.
function nextLevel(size: number, end: number): number {
  const mask = 2 ** (highestBit(size ^ end) + 1) - 1;
  const rest = size & mask;
  return highestBit(rest === 0 ? end & mask : rest & -rest);
}

function highestBit(value: number): number {
  return 31 - Math.clz32(value);
}

function isOdd(value: number, level: number): boolean {
  return Math.floor(value / 2 ** level) % 2 === 1;
}
