// Rule 5 by numbers: every play on a way down which two rivals part, with anyone's moves in any order, and time without end.
// test/dispute/rivalTimes.test.ts holds it to the rules.
import * as Partings from "./partings.ts";
import type { Parting } from "./partings.ts";
import type { Shape } from "./world.ts";

export type Sum = { partings: number; states: number };

export type Found = { readonly sum: Sum; readonly violation?: string; readonly parting?: string };

/**
 * What became of each node, cohort by cohort; then how much of the time since the first cohort's birth the two that part have
 * not counted together, then how much of it all of that cohort have not. More than one tick of it is told as one: that can only
 * make it run out sooner.
 */
export type State = Uint8Array;

const ABSENT = 0;
export const PRESENT = 1;
// Whatever became of it, it changes nothing any more.
const DONE = 2;
export const MOST_SPARE = 1;

export type Result = { readonly states: number; readonly violation?: string };

/** Plays every way of a shape, on which at most so many rivals stand beside a node; pauses after each. */
export function* check(shape: Shape, rivals: number): Generator<Sum, Found> {
  const sum = { partings: 0, states: 0 };
  for (const parting of Partings.all(shape, rivals + 1)) {
    const { states, violation } = explore(parting);
    sum.partings += 1;
    sum.states += states;
    if (violation !== undefined) return { sum, violation, parting: Partings.nameOf(parting) };
    yield sum;
  }
  return { sum };
}

/** Visits every state of one way. */
export function explore(parting: Parting, visit?: (state: State) => void): Result {
  const way = layOut(parting);
  const first = new Uint8Array(way.size + 2);
  const seen = new Set<string>([keyOf(first)]);
  const open: State[] = [first];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    visit?.(state);
    for (const next of successors(way, state)) {
      if (typeof next === "string") return { states: seen.size, violation: next };
      const key = keyOf(next);
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(next);
    }
  }
  return { states: seen.size };
}

/** A state's name. */
export function keyOf(state: State): string {
  return String.fromCharCode(...state);
}

/** Where each cohort's nodes are in a state, and who comes with whom. */
type Way = {
  readonly size: number;
  readonly cohorts: readonly (readonly number[])[];
  readonly below: readonly (readonly number[])[];
  readonly isBlock: readonly boolean[];
  readonly rivals: readonly (readonly number[])[];
};

/** The nodes of a way in one row. */
export function layOut({ sizes, leads, blocks }: Parting): Way {
  let size = 0;
  const cohorts = sizes.map((count) => Array.from({ length: count }, () => size++));
  const nodes = cohorts.flatMap((members, depth) =>
    members.map((node, index) => ({
      below: (leads[depth]?.[index] ?? []).flatMap((lead) => cohorts[depth + 1]?.[lead] ?? []),
      isBlock: depth === blocks,
      rivals: members.filter((other) => other !== node),
    })),
  );
  return {
    ...{ size, cohorts },
    below: nodes.map(({ below }) => below),
    isBlock: nodes.map(({ isBlock }) => isBlock),
    rivals: nodes.map(({ rivals }) => rivals),
  };
}

/**
 * Tells a node as done once its cohort has two members and all that comes with it is there: then it stops no clock, its own
 * stands still, and opening it, or that it comes at all, changes nothing.
 */
export function settle(way: Way, state: State): State {
  for (let node = way.size - 1; node >= 0; node--) {
    const below = way.below[node] ?? [];
    if (isCrowded(way, state, node) && below.every((other) => state[other] !== ABSENT)) {
      state[node] = DONE;
    }
  }
  return state;
}

function successors(way: Way, state: State): (State | string)[] {
  const claims = way.cohorts[0] ?? [];
  const next = claims.flatMap((node): (State | string)[] =>
    state[node] === ABSENT ? [created(way, state, [node])] : [],
  );
  for (let node = 0; node < way.size; node++) {
    const below = way.below[node] ?? [];
    if (state[node] !== PRESENT || !isRivaled(way, state, node)) continue;
    if (way.isBlock[node] === true) {
      for (const tree of below) if (state[tree] === ABSENT) next.push(created(way, state, [tree]));
    } else if (below.length > 0) {
      next.push(created(way, state, below));
    }
  }
  if (claims.some((node) => state[node] !== ABSENT)) next.push(later(way, state));
  return next;
}

// An opened node has one half on the way, and once that is there nothing else matters about it.
function created(way: Way, state: State, nodes: readonly number[]): State {
  const next = state.slice();
  for (const node of nodes) if (next[node] === ABSENT) next[node] = PRESENT;
  return settle(way, next);
}

// A tick: the two that part count it where one of them stands alone, and all of the first cohort together where any does.
function later(way: Way, state: State): State | string {
  let [shared, own] = [(state[way.size] ?? 0) + 1, (state[way.size + 1] ?? 0) + 1];
  way.cohorts.forEach((nodes, depth) => {
    nodes.forEach((node, index) => {
      if (state[node] === ABSENT || isRivaled(way, state, node)) return;
      if (index < 2) shared -= 1;
      if (depth === 0) own -= 1;
    });
  });
  if (shared < 0) return "two rivals share more time than has passed";
  if (own < 0) return "rivals were alone for longer than they existed";
  const next = state.slice();
  next[way.size] = Math.min(shared, MOST_SPARE);
  next[way.size + 1] = Math.min(own, MOST_SPARE);
  return next;
}

function isRivaled({ rivals }: Way, state: State, node: number): boolean {
  for (const rival of rivals[node] ?? []) if (state[rival] !== ABSENT) return true;
  return false;
}

// Whether a cohort has two members, of which the node need not be one.
function isCrowded({ rivals }: Way, state: State, node: number): boolean {
  let count = state[node] === ABSENT ? 0 : 1;
  for (const rival of rivals[node] ?? []) if (state[rival] !== ABSENT) count += 1;
  return count > 1;
}
