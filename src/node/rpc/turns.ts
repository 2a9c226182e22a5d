// What comes in at the same moment is answered without a pause between, unless something makes one: a hundred clients that ask
// for seconds of work each would keep the node from its own work for all of it together.
import { setImmediate } from "node:timers/promises";

export type Turns = {
  /** When whatever else is due has had its turn last. */
  began: number;
  /** How many wait, and when the last of them may begin. */
  waiting: number;
  last: Promise<void>;
};

/** After so long timers and news come first. */
const TURN_MS = 10;

/** The turns of one server. */
export function create(): Turns {
  return { began: performance.now(), waiting: 0, last: Promise.resolve() };
}

/** Waits until an answer may be worked out: at once, or behind others who wait, with room for everything else in between. */
export async function wait(turns: Turns): Promise<void> {
  if (turns.waiting === 0 && performance.now() - turns.began < TURN_MS) return;
  turns.waiting += 1;
  turns.last = turns.last.then(() => take(turns));
  await turns.last;
}

// What many small requests ask is worked out together, so that they wait for the disk together.
async function take(turns: Turns): Promise<void> {
  await untilPromisesRest();
  if (performance.now() - turns.began >= TURN_MS) {
    await setImmediate();
    turns.began = performance.now();
  }
  turns.waiting -= 1;
}

// The one before has done then what it can do without the disk, a thread or a timer.
function untilPromisesRest(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
