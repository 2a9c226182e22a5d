// A trace kept as runs of equal states, so that 2^26 leaves of which few differ cost little.
import { assert } from "../primitives/assert.ts";
import * as Bisection from "./bisection.ts";
import type { Trace } from "./trace.ts";

/** The state of every leaf from `from` up to the next run. */
export type Run = { readonly from: number; readonly state: Uint8Array };

/** A trace of 2^height leaves from runs in ascending order, of which the first starts at leaf 0. */
export function fromRuns(height: number, runs: readonly Run[]): Trace {
  const memo = new Map<string, Uint8Array>();

  function runAt(index: number): number {
    let low = 0;
    let high = runs.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (stateRun(runs, middle).from <= index) low = middle;
      else high = middle;
    }
    return low;
  }

  function subtree(level: number, index: number): Uint8Array {
    const first = runAt(index * 2 ** level);
    const last = runAt((index + 1) * 2 ** level - 1);
    const key = first === last ? `${level}:run${first}` : `${level}:${index}`;
    const known = memo.get(key);
    if (known !== undefined) return known;

    const hash =
      level === 0
        ? Bisection.leafHash(stateRun(runs, first).state)
        : Bisection.innerHash(subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1));
    memo.set(key, hash);
    return hash;
  }

  return {
    length: 2 ** height,
    hashAt: (index) => stateRun(runs, runAt(index)).state,
    subtree,
  };
}

/** A level-0 trace: the state after each block, the last one repeated to the end. */
export function fromBlocks(height: number, states: readonly Uint8Array[]): Trace {
  return fromRuns(
    height,
    states.map((state, from) => ({ from, state })),
  );
}

function stateRun(runs: readonly Run[], index: number): Run {
  const run = runs[index];
  assert(run !== undefined, "a trace has a run at its first leaf");
  return run;
}
