// The two bounds on trees on which the rules take too long: every choice of stories, each part of its board once.
import * as Board from "./board.ts";
import * as Plans from "./plans.ts";
import * as Sweep from "./sweep.ts";
import * as World from "./world.ts";
import type { Shape, Story } from "./world.ts";

export type Sum = {
  worlds: number;
  boards: number;
  states: number;
  falseTimer: number;
  lag: number;
};

/** What was found, and in which world, if it breaks a bound. */
export type Found = { readonly sum: Sum; readonly violation?: string; readonly world?: string };

/** The limits that the proof puts on a shape; a false clock's can be given instead. */
export function limitsOf(shape: Shape, falseTimer: bigint | undefined): Sweep.Limits {
  const bound = World.bound(shape);
  const { censorship } = shape;
  return { censorship, lag: bound, falseTimer: Number(falseTimer ?? bound + 1) };
}

/** Plays every board that the choices have, after each of which it pauses; stops at the first that breaks a limit. */
export function* check(
  shape: Shape,
  choices: readonly (readonly Story[])[],
  limits: Sweep.Limits,
): Generator<Sum, Found> {
  const planOf = Plans.plansOf(shape);
  const known = new Set<string>();
  const sum: Sum = { worlds: 0, boards: 0, states: 0, falseTimer: 0, lag: 0 };
  for (const stories of choices) {
    sum.worlds += 1;
    for (const board of Board.slices(planOf(stories))) {
      const name = Board.nameOf(board);
      if (known.has(name)) continue;
      known.add(name);
      const { states, falseTimer, lag, violation } = Sweep.explore(board, limits);
      sum.boards += 1;
      sum.states += states;
      sum.falseTimer = Math.max(sum.falseTimer, falseTimer);
      sum.lag = Math.max(sum.lag, lag);
      if (violation !== undefined) {
        const { name: world } = World.create(shape, stories, "essential");
        return { sum, violation, world };
      }
    }
    yield sum;
  }
  return { sum };
}
