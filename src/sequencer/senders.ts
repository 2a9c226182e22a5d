// Who signed the transactions that are handed in, found out on a thread of its own: it takes longer than everything
// else that is done before a transaction is acknowledged. Questions are answered in the order in which they are asked.
import { Worker } from "node:worker_threads";
import { StoppedError } from "../node/loop.ts";
import type { Transaction } from "../protocol/transaction.ts";
import { PoolFullError } from "./mempool.ts";
import * as SenderMessage from "./senderMessage.ts";

type Question = {
  readonly transaction: SenderMessage.Signed;
  readonly resolve: (sender: bigint | undefined) => void;
  readonly reject: (reason: unknown) => void;
};

export type Senders = {
  /** The address that signed, or undefined if the signature recovers to nobody; PoolFullError while too many wait. */
  readonly of: (
    transaction: Pick<Transaction, "signature" | "signingHash">,
  ) => Promise<bigint | undefined>;
  /** Resolves once the thread was told to end; rejects with SendersEndedError if it ends by itself. */
  readonly ended: Promise<void>;
  readonly close: () => Promise<void>;
};

/** Under a second of the thread's work: who sends faster than it recovers is refused before memory is what is full. */
export const MOST_WAITING = 10_000;

/** One that the thread works at, and one that it finds when it is done. */
const MOST_MESSAGES = 2;

const THREAD = new URL("senderThread.ts", import.meta.url);

/** Starts the thread. What it is asked after it has ended is rejected. */
export function create(thread: URL = THREAD): Senders {
  const worker = new Worker(thread);
  const asked: Question[][] = [];
  let unasked: Question[] = [];
  let waiting = 0;
  let over: Error | undefined;
  let end: (reason?: Error) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    end = (reason) => (reason === undefined ? resolve() : reject(reason));
  });
  // Whoever asks hears of it as well.
  ended.catch(() => undefined);

  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  // Never by force: a thread that is stopped inside the native library takes the process along.
  const tellToEnd = () => worker.postMessage(SenderMessage.END);
  const finish = (reason: Error, isFailure: boolean) => {
    if (over !== undefined) return;
    over = reason;
    end(isFailure ? reason : undefined);
    for (const { reject } of [...asked.splice(0).flat(), ...unasked.splice(0)]) reject(reason);
  };
  // One message carries all that is asked in one turn of the event loop, and while the thread has enough to do: to wake it for
  // each question takes longer than the question.
  const ask = () => {
    if (over !== undefined || unasked.length === 0 || asked.length >= MOST_MESSAGES) return;
    const questions = unasked;
    unasked = [];
    asked.push(questions);
    const message = SenderMessage.encodeQuestions(questions.map(({ transaction }) => transaction));
    worker.postMessage(message, [message.buffer as ArrayBuffer]);
  };
  worker.on("message", (message: Uint8Array) => {
    if (over !== undefined) return;
    const questions = asked.shift() ?? [];
    waiting -= questions.length;
    const senders = SenderMessage.decodeAnswers(message);
    if (senders.length !== questions.length) {
      asked.unshift(questions);
      finish(
        new SendersEndedError({ cause: new AnswerCountError(questions.length, senders.length) }),
        true,
      );
      tellToEnd();
      worker.unref();
      return;
    }
    ask();
    questions.forEach(({ resolve }, i) => resolve(senders[i]));
  });
  worker.on("error", (cause) => finish(new SendersEndedError({ cause }), true));
  worker.on("exit", () => finish(new SendersEndedError(), true));

  return {
    of: (transaction) =>
      new Promise((resolve, reject) => {
        if (over !== undefined) return reject(over);
        if (waiting >= MOST_WAITING) return reject(new PoolFullError(waiting));
        waiting++;
        unasked.push({ transaction, resolve, reject });
        if (unasked.length === 1) setImmediate(ask);
      }),
    ended,
    close: async () => {
      finish(new StoppedError(), false);
      tellToEnd();
      await exited;
    },
  };
}

/** The thread that recovers senders has ended: what was acknowledged is on disk, what waited for it was not. */
export class SendersEndedError extends Error {
  override readonly name = "Senders.SendersEndedError";
  constructor(options?: ErrorOptions) {
    super("the thread that recovers senders has ended", options);
  }
}

export class AnswerCountError extends Error {
  override readonly name = "Senders.AnswerCountError";
  readonly expected: number;
  readonly actual: number;
  constructor(expected: number, actual: number) {
    super(`expected ${expected} senders, got ${actual}`);
    this.expected = expected;
    this.actual = actual;
  }
}
