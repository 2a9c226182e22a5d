// Visits every state that a world's plays can reach, each once, and stops at the first that breaks a rule.
import * as Atlas from "./atlas.ts";
import * as Candidates from "./candidates.ts";
import { greatestLag } from "./lag.ts";
import * as Play from "./play.ts";
import type { State } from "./play.ts";
import * as Properties from "./properties.ts";
import * as Verdicts from "./verdicts.ts";
import type { World } from "./world.ts";

export type Result = {
  readonly states: number;
  readonly transitions: number;
  // The most moves and ticks in a row.
  readonly depth: number;
  // The most that a false claim's clock ever showed, and the most that the true one's was behind, in ticks.
  readonly falseTimer: number;
  readonly lag: number;
  // What can stand when nobody has a move left.
  readonly ends: ReadonlyMap<string, State>;
  readonly violation?: string;
};

/** Called now and then, so that a caller can show how far the search is. */
export type Progress = (states: number, open: number) => void;

const PAUSE_STATES = 512;

/** Thrown where the caller wants no more. */
export class InterruptedError extends Error {
  override readonly name = "ModelCheck.InterruptedError";
}

/** Explores all plays of a world; `visit` is shown every state that is not told apart from an earlier one. */
export function explore(world: World, visit?: (state: State) => void): Result {
  const search = steps(world, visit);
  for (;;) {
    const { done, value } = search.next();
    if (done === true) return value;
  }
}

/** The same, which lets signals in between: throws InterruptedError when it is told to stop. */
export async function exploreWithPauses(
  world: World,
  signal: AbortSignal,
  progress: Progress,
): Promise<Result> {
  const search = steps(world);
  for (;;) {
    const { done, value } = search.next();
    if (done === true) return value;
    progress(value.states, value.open);
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) throw new InterruptedError();
  }
}

function* steps(
  world: World,
  visit?: (state: State) => void,
): Generator<{ states: number; open: number }, Result> {
  const atlas = Atlas.create(world);
  const candidates = Candidates.of(world, atlas);
  const judge = Verdicts.judge(world, atlas);
  const isThorough = world.scope === "every" || world.scope === "alone";
  const first = Play.start(world);
  const seen = new Set<string>([Play.shapeOf(world, atlas, first)]);
  const open: { readonly state: State; readonly depth: number }[] = [{ state: first, depth: 0 }];
  const ends = new Map<string, State>();
  let [transitions, deepest, falseTimer, lag] = [0, 0, 0, 0];
  function result(violation?: string): Result {
    const counts = { states: seen.size, transitions, depth: deepest, falseTimer, lag, ends };
    return violation === undefined ? counts : { ...counts, violation };
  }
  if (atlas.falseRivals !== undefined) return result("rivals differ in what was before");

  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const depth = item.depth + 1;
    const following = successors(world, candidates, item.state);
    // Nothing but time and an answer is left.
    if (item.state.hasAnswered && following.length === 1) {
      ends.set([...item.state.game.tree.nodes.keys()].sort().join(), item.state);
    }
    for (const next of following) {
      if (typeof next === "string") return result(next);
      transitions += 1;
      const debt = Properties.debt(world, next.game, next.balance);
      if (debt !== undefined) return result(debt);
      const key = Play.shapeOf(world, atlas, next);
      if (seen.has(key)) continue;
      const violation =
        Properties.violationOf(world, atlas, next.game) ?? (isThorough ? judge(next) : undefined);
      if (violation !== undefined) return result(violation);
      seen.add(key);
      visit?.(next);
      if (seen.size % PAUSE_STATES === 0) yield { states: seen.size, open: open.length };
      deepest = Math.max(deepest, depth);
      falseTimer = Math.max(falseTimer, Properties.longestFalsehood(world, atlas, next.game));
      lag = Math.max(lag, greatestLag(atlas, next.game));
      open.push({ state: next, depth });
    }
  }
  return result();
}

function successors(
  world: World,
  candidates: readonly Candidates.Candidate[],
  state: State,
): readonly (State | string)[] {
  try {
    return Play.successors(world, candidates, state);
  } catch (error) {
    if (error instanceof Play.AnswerRejected) return [error.message];
    throw error;
  }
}
