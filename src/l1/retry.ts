// The one place that retries: only what is temporary, with growing pauses, until told to stop.

import {
  BaseError,
  BlockNotFoundError,
  HttpRequestError,
  InternalRpcError,
  LimitExceededRpcError,
  TimeoutError,
  WebSocketRequestError,
} from "viem";
import { BatchMismatchError } from "../derivation/batches.ts";
import { ContradictionError } from "./contradiction.ts";
import { HeaderHashError } from "./originHeader.ts";
import { MalformedAnswerError } from "./transport.ts";

export type Retry = {
  readonly signal: AbortSignal;
  /** One line for the operator: what failed, and when it is tried again. */
  readonly say: (line: string) => void;
};

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

/** Runs `attempt` until it succeeds or fails for good; temporary failures are said and waited out. */
export function untilItWorks<T>(what: string, retry: Retry, attempt: () => Promise<T>): Promise<T> {
  return repeat(what, retry, attempt, isTemporary);
}

/**
 * Runs `attempt`, which only reads L1, until it succeeds. A node that has no answer to a question may have one later, or
 * another node behind the same address has: whatever fails on L1's side is said and waited out, logs that leave something out
 * among it.
 */
export function untilItReads<T>(what: string, retry: Retry, attempt: () => Promise<T>): Promise<T> {
  return repeat(
    what,
    retry,
    attempt,
    (error) =>
      error instanceof BaseError ||
      error instanceof ContradictionError ||
      error instanceof HeaderHashError ||
      error instanceof BatchMismatchError,
  );
}

async function repeat<T>(
  what: string,
  { signal, say }: Retry,
  attempt: () => Promise<T>,
  isPassing: (error: unknown) => boolean,
): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    signal.throwIfAborted();
    try {
      const result = await attempt();
      if (pause > FIRST_PAUSE_MS) say(`${what}: L1 answers again`);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error)) throw error;
      say(`${what}: L1 did not answer (${shortReason(error)}); trying again in ${pause / 1_000} s`);
      await sleep(pause, signal);
    }
  }
}

/** What a node says that is behind the one which answered before; its code is also that of refusals. */
const IS_BEHIND = /header not found|block not found|missing trie node/i;

/** Whether the same call may succeed later without anyone changing it: the connection or the node, not the request. */
export function isTemporary(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  if (IS_BEHIND.test(error.details)) return true;
  const cause = error.walk(
    (inner) =>
      inner instanceof HttpRequestError ||
      inner instanceof WebSocketRequestError ||
      inner instanceof TimeoutError ||
      inner instanceof LimitExceededRpcError ||
      inner instanceof InternalRpcError ||
      inner instanceof BlockNotFoundError ||
      inner instanceof MalformedAnswerError,
  );
  return cause !== null;
}

function shortReason(error: unknown): string {
  if (!(error instanceof BaseError)) return String(error);
  // Those that nothing caused have none, whatever their type says.
  const { details = "", shortMessage } = error;
  return details === "" ? shortMessage : details;
}

/** Waits; rejects with the signal's reason as soon as it is aborted. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}
