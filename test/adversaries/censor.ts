// The censor: keeps honest moves out of L1, for no more than a budget of time in all. It wants a false node to stand alone
// for a timeout. What stops it: T is longer than the budget Cmax and all answers together (R9), and time in which several
// disputes wait at once is spent once. Over its budget nothing is promised, and nothing holds.
import type { Move } from "../../src/dispute/move.ts";
import type { Clock } from "./strategy.ts";

/** Which of the moves that the honest party sends this turn are kept out; there is budget for it. */
export type Censor = (plan: readonly Move[], clock: Clock) => readonly Move[];

/** Everything, from the first honest move on, until the budget is spent. */
export const atTheStart: Censor = (plan) => plan;

/** Everything, but only from some time on. */
export function from(time: bigint): Censor {
  return (plan, { now }) => (now >= time ? plan : []);
}

/** Each answer, for so many turns. */
export function spread(turns: number): Censor {
  let withheld = 0;
  return (plan) => {
    if (plan.length === 0) return [];
    withheld = withheld === turns ? 0 : withheld + 1;
    return withheld === 0 ? [] : plan;
  };
}

/** Timer updates, and the confirmation that comes with them. */
export const onlyUpdates: Censor = (plan) =>
  plan.filter(({ kind }) => kind === "update" || kind === "confirm");
