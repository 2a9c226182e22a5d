// What the long-lived loops of a process share: they run until told to stop, and one that fails stops all.

import { sleep } from "../l1/retry.ts";

export type Loops = {
  readonly signal: AbortSignal;
  /** Runs a loop; its failure aborts the signal with the error. */
  readonly run: (loop: Promise<void>) => void;
  /** Resolves with the first failure, if there is one; never rejects. */
  readonly failure: Promise<unknown>;
  /** Tells all loops to stop and waits until they have. */
  readonly stop: () => Promise<void>;
};

/** No loop runs yet. */
export function create(): Loops {
  const controller = new AbortController();
  const running: Promise<void>[] = [];
  let fail: (error: unknown) => void = () => undefined;
  const failure = new Promise<unknown>((resolve) => (fail = resolve));
  return {
    signal: controller.signal,
    failure,
    run: (loop) => {
      const settled = loop.catch((error: unknown) => {
        if (controller.signal.aborted) return;
        fail(error);
        controller.abort(error);
      });
      running.push(settled);
    },
    stop: async () => {
      controller.abort(new StoppedError());
      await Promise.all(running);
    },
  };
}

/** Ends the pause of a loop early; rung during the work, it ends the pause that follows. */
export type Bell = { isRung: boolean; wake: () => void };

/** A bell that nobody has rung. */
export function bell(): Bell {
  return { isRung: false, wake: () => undefined };
}

/** Ends the pause that waits for the bell, or else the next one. */
export function ring(bell: Bell): void {
  bell.isRung = true;
  bell.wake();
}

/** Repeats `work` with a pause between, until the signal stops it. */
export async function repeat(
  pauseMs: number,
  signal: AbortSignal,
  work: () => Promise<void>,
  bell?: Bell,
): Promise<void> {
  while (!signal.aborted) {
    await work();
    if (bell === undefined) await sleep(pauseMs, signal);
    else await untilRung(bell, pauseMs, signal);
  }
}

async function untilRung(bell: Bell, pauseMs: number, signal: AbortSignal): Promise<void> {
  const rung = new AbortController();
  bell.wake = () => rung.abort();
  if (!bell.isRung) {
    await sleep(pauseMs, AbortSignal.any([signal, rung.signal])).catch(() => undefined);
  }
  bell.isRung = false;
  bell.wake = () => undefined;
  signal.throwIfAborted();
}

/** Why loops end when all is well. */
export class StoppedError extends Error {
  override readonly name = "Loop.StoppedError";
  constructor() {
    super("stopped");
  }
}
