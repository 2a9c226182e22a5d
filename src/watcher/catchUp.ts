// Following L1 in slices. Who waits until every block is derived answers nothing meanwhile, and a batch can hold more than
// anybody runs in hours. So the derivation rests between two blocks once its time is up, and goes on in the next turn.
import { setImmediate } from "node:timers/promises";

export type CatchUp = {
  /** Milliseconds since any time. */
  readonly clock: () => number;
  /** From when on the derivation rests. */
  until: number;
  /** What is being read and derived, for as many turns as it takes. */
  running: Promise<void> | undefined;
  /** Lets a derivation that rests go on. */
  wake: () => void;
  /** Tells the turn that waits for it that the derivation rests. */
  onRest: () => void;
};

const SLICE_MS = 60_000;

/** Nothing is being derived. */
export function create(clock: CatchUp["clock"]): CatchUp {
  return { clock, until: 0, running: undefined, wake: () => undefined, onRest: () => undefined };
}

/**
 * Goes on with `sync`, or begins it anew, until it is done or rests. One that an earlier turn began is followed by a new one: L1
 * may have taken back what that one read. What it throws is thrown in the turn that waits for it.
 */
export async function advance(state: CatchUp, sync: () => Promise<void>): Promise<void> {
  state.until = state.clock() + SLICE_MS;
  const resting = new Promise<void>((resolve) => (state.onRest = resolve));
  state.wake();
  let isOld: boolean;
  do {
    isOld = state.running !== undefined;
    state.running ??= sync().finally(() => (state.running = undefined));
    await Promise.race([state.running, resting]);
  } while (isOld && state.running === undefined);
}

/** What a derivation waits for between two blocks. */
export async function rest(state: CatchUp): Promise<void> {
  await setImmediate();
  if (state.clock() < state.until) return;
  await new Promise<void>((resolve) => {
    state.wake = resolve;
    state.onRest();
  });
}
