// How often a transaction calls which function with how much data, in the form of geth's 4byteTracer.

import type { Fork } from "../../machine/fork.ts";
import * as Precompiles from "../../machine/precompiles/precompiles.ts";
import type { CallFrame } from "./callTracer.ts";

/** Counts by the selector and the number of bytes behind it. */
export type SelectorCounts = Record<string, number>;

const SELECTOR_DIGITS = 2 + 2 * 4;

/** The counts of a call with all calls within it; creations and precompiles have no selectors. */
export function of(call: CallFrame, fork: Fork): SelectorCounts {
  const counts: SelectorCounts = {};
  add(call, fork, counts);
  return counts;
}

function add(call: CallFrame, fork: Fork, counts: SelectorCounts): void {
  const { type, to, input, calls = [] } = call;
  const isPrecompile = to !== undefined && Precompiles.at(BigInt(to), fork) !== undefined;
  const hasSelector = input.length >= SELECTOR_DIGITS && !type.startsWith("CREATE");
  if (hasSelector && !isPrecompile) {
    const key = `${input.slice(0, SELECTOR_DIGITS)}-${(input.length - SELECTOR_DIGITS) / 2}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  for (const within of calls) add(within, fork, counts);
}
