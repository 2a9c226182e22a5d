// Every play on a board, by numbers instead of by the rules themselves: for trees on which the rules take too long. Both are
// held to the same states in test/dispute/sweep.test.ts.
import type { Board, Step } from "./board.ts";

/**
 * For each node what became of it, then for each node its time in ticks, then the censorship that is left. A node's time:
 * of a false one, how long it was alone; of a true one that the true claim leads to and that is not opened or proven, how far
 * the truth's clock is behind on the way to it; of another true one, what it has counted since the true claim.
 */
export type State = Uint8Array;

export const ABSENT = 0;
export const PRESENT = 1;
/** Opened or proven; of a true block, its true tree stands. */
export const DONE = 2;

export type Result = {
  // What stands after an answer, or a tick without one, told apart by all that the future depends on.
  readonly states: number;
  // The most that the time on a false claim's false way down ever was, and the most that the truth was behind, in ticks.
  readonly falseTimer: number;
  readonly lag: number;
  readonly violation?: string;
};

export type Limits = {
  // Ticks for which L1 can keep the honest party out, in all.
  readonly censorship: number;
  // What a false clock may not reach, and what the truth may be behind at most.
  readonly falseTimer: number;
  readonly lag: number;
};

/** Plays everything. `visit` is shown every state, those within a tick too. */
export function explore(board: Board, limits: Limits, visit?: (state: State) => void): Result {
  const size = board.depths.length;
  const first = new Uint8Array(2 * size + 1);
  first[2 * size] = limits.censorship;
  const seen = new Set<string>([keyOf(board, first)]);
  const open: State[] = [first];
  let [falseTimer, lag] = [0, 0];

  function reach(state: State): void {
    const key = keyOf(board, state);
    if (seen.has(key)) return;
    seen.add(key);
    open.push(state);
    falseTimer = Math.max(falseTimer, longestFalsehood(board, state));
    lag = Math.max(lag, greatestLag(board, state));
  }

  // The adversary's moves of one tick in ascending order: any other order leads to the same state.
  function play(state: State, from: number): void {
    visit?.(state);
    const later = tick(board, state);
    reach(answer(board, later));
    const left = later[2 * size] ?? 0;
    if (left > 0) {
      const censored = later.slice();
      censored[2 * size] = left - 1;
      reach(censored);
    }
    for (let at = from; at < board.steps.length; at++) {
      const step = board.steps[at];
      if (step !== undefined && isDue(board, state, step)) play(make(board, state, step), at + 1);
    }
  }

  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    play(state, 0);
    const violation = violationOf(limits, falseTimer, lag);
    if (violation !== undefined) return { states: seen.size, falseTimer, lag, violation };
  }
  return { states: seen.size, falseTimer, lag };
}

function violationOf(limits: Limits, falseTimer: number, lag: number): string | undefined {
  if (falseTimer >= limits.falseTimer) return "a false claim has run out its clock";
  return lag > limits.lag ? "the truth is behind its time" : undefined;
}

/** The state after a tick of L1. */
export function tick(board: Board, state: State): State {
  const size = board.depths.length;
  const next = state.slice();
  const truthStands = state[board.truth] !== ABSENT;
  for (let node = 0; node < size; node++) {
    if (state[node] !== PRESENT) continue;
    const isAlone = !isRivaled(board, state, node);
    const isLinked = board.isTrue[node] === true && leadsTo(board, state, node);
    // What the truth's way down ends with is behind while it has a rival; everything else counts while it has none.
    const counts = isLinked ? !isAlone : isAlone && (board.isTrue[node] !== true || truthStands);
    if (counts) next[size + node] = (state[size + node] ?? 0) + 1;
  }
  return next;
}

/** The state after the honest party has answered all that is there. */
export function answer(board: Board, state: State): State {
  if (board.claims.every((claim) => state[claim] === ABSENT)) return state;
  const next = state.slice();
  if (next[board.truth] === ABSENT) next[board.truth] = PRESENT;
  defend(board, next, board.truth);
  return next;
}

function defend(board: Board, state: State, node: number): void {
  if (!isRivaled(board, state, node)) return;
  const size = board.depths.length;
  const below = (board.below[node] ?? []).filter((child) => board.isTrue[child] === true);
  if (state[node] === PRESENT) {
    const behind = state[size + node] ?? 0;
    state[node] = DONE;
    state[size + node] = 0;
    for (const child of below) {
      // A liar may have created it: what it has counted since then is not missing.
      const counted = state[child] === ABSENT ? 0 : (state[size + child] ?? 0);
      state[size + child] = behind - counted;
      if (state[child] === ABSENT) state[child] = PRESENT;
    }
  }
  for (const child of below) defend(board, state, child);
}

/** Whether a liar can make this move. */
export function isDue(board: Board, state: State, step: Step): boolean {
  if (step.kind === "claim") return state[step.node] === ABSENT;
  if (state[step.node] === ABSENT || !isRivaled(board, state, step.node)) return false;
  return step.kind === "open" ? state[step.node] === PRESENT : state[step.tree] === ABSENT;
}

/** The state after a liar's move. */
export function make(board: Board, state: State, step: Step): State {
  const next = state.slice();
  if (step.kind === "open") next[step.node] = DONE;
  const created = { claim: [step.node], open: board.below[step.node] ?? [] };
  for (const node of step.kind === "refine" ? [step.tree] : created[step.kind])
    if (next[node] === ABSENT) next[node] = PRESENT;
  return next;
}

/** The most that can be counted on a false claim's false way down. */
export function longestFalsehood(board: Board, state: State): number {
  const timer = (node: number): number => {
    if (state[node] === ABSENT) return 0;
    const below = (board.below[node] ?? []).filter((child) => board.isTrue[child] === false);
    const alone = state[board.depths.length + node] ?? 0;
    return alone + below.reduce((most, child) => Math.max(most, timer(child)), 0);
  };
  return board.claims
    .filter((claim) => claim !== board.truth)
    .reduce((most, claim) => Math.max(most, timer(claim)), 0);
}

/** The most that the truth's clock is behind on any way down. */
export function greatestLag(board: Board, state: State): number {
  const size = board.depths.length;
  let most = 0;
  for (let node = 0; node < size; node++) {
    if (board.isTrue[node] !== true || state[node] !== PRESENT) continue;
    if (leadsTo(board, state, node)) most = Math.max(most, state[size + node] ?? 0);
  }
  return most;
}

/**
 * What a state's future depends on. The time of an opened false node stands still and goes into every sum that its false
 * halves are part of: it is told as theirs, unless one of them is part of another node too, or can still get a companion.
 */
export function keyOf(board: Board, state: State): string {
  const size = board.depths.length;
  const told = state.slice();
  for (let node = 0; node < size; node++) {
    if (board.isTrue[node] === true || state[node] === ABSENT) continue;
    const below = (board.below[node] ?? []).filter((child) => board.isTrue[child] === false);
    const isOurs = (child: number): boolean =>
      state[child] !== ABSENT &&
      (board.above[child] ?? []).every((parent) => parent === node || state[parent] === ABSENT);
    if (below.length === 0 || !below.every(isOurs)) continue;
    for (const child of below)
      told[size + child] = (told[size + child] ?? 0) + (told[size + node] ?? 0);
    told[size + node] = 0;
  }
  let least: string | undefined;
  for (const images of board.symmetries) {
    const codes = told.slice();
    images.forEach((image, node) => {
      codes[node] = told[image] ?? 0;
      codes[size + node] = told[size + image] ?? 0;
    });
    const key = Buffer.from(codes).toString("latin1");
    if (least === undefined || key < least) least = key;
  }
  return least ?? Buffer.from(told).toString("latin1");
}

function isRivaled(board: Board, state: State, node: number): boolean {
  const rivals = board.rivals[node] ?? [];
  for (const rival of rivals) if (state[rival] !== ABSENT) return true;
  return false;
}

// Whether the true claim leads to a true node: the node that it is part of is opened, and only the honest party opens those.
function leadsTo(board: Board, state: State, node: number): boolean {
  if (node === board.truth) return true;
  const [parent] = board.above[node] ?? [];
  return parent !== undefined && state[parent] === DONE;
}
