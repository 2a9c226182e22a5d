// What comes in at the same moment is answered without a pause between, unless something makes one: a hundred clients that ask
// for seconds of work each would keep the node from its own work for all of it together.
import { setImmediate } from "node:timers/promises";

export type Turns = {
  /** When whatever else is due has had its turn last. */
  began: number;
  /** When the last of those who wait may begin. */
  last: Promise<void>;
};

/** After so long timers and news come first. */
const TURN_MS = 10;

/** The turns of one server. */
export function create(): Turns {
  return { began: performance.now(), last: Promise.resolve() };
}

/** Waits until an answer may be worked out: at once, or behind others who wait, with room for everything else between any two. */
export async function wait(turns: Turns): Promise<void> {
  if (performance.now() - turns.began < TURN_MS) return;
  const own = turns.last.then(async () => {
    await setImmediate();
    turns.began = performance.now();
  });
  turns.last = own;
  await own;
}
