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

/** Repeats `work` with a pause between, until the signal stops it. */
export async function repeat(
  pauseMs: number,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await work();
    await sleep(pauseMs, signal);
  }
}

/** Why loops end when all is well. */
export class StoppedError extends Error {
  override readonly name = "Loop.StoppedError";
  constructor() {
    super("stopped");
  }
}
