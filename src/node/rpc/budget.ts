// How long one answer may keep everybody else waiting. Whatever a client asks for is worked out in one go, between two
// blocks: what takes longer is refused, as other clients do after as long.
import { LimitExceededError } from "./rpcError.ts";

/** When the work for an answer has to be done; what it is, for whom it is refused. */
export type Budget = { readonly what: string; readonly endsAt: number };

export const MAX_ANSWER_MS = 5_000;

/** Begins the time of one answer. */
export function begin(what: string, milliseconds = MAX_ANSWER_MS): Budget {
  return { what, endsAt: performance.now() + milliseconds };
}

/** Throws LimitExceededError once the time is over. */
export function check({ what, endsAt }: Budget): void {
  if (performance.now() > endsAt) {
    throw new LimitExceededError(`${what} takes more than the time of one answer; ask for less`);
  }
}
