// The steps of disputed blocks. Those of a short block are there at once; one with many steps, or with slow ones, is committed
// to by threads of its own, one block after the other, and until that is done the watcher makes every other move.
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import type { StepTrace } from "../dispute/trace.ts";
import * as Chunk from "../machine/chunk.ts";
import * as Trace from "../machine/trace.ts";
import { assert } from "../primitives/assert.ts";
import * as ClaimTraces from "./claimTrace.ts";
import { commitBlock } from "./commitment.ts";
import { treeShape } from "./treeShape.ts";

export type StepTraces = {
  readonly source: ClaimTraces.Source;
  readonly say: (line: string) => void;
  /** Milliseconds since any time. */
  readonly clock: () => number;
  /** By the history of the block, the one that was asked for last behind the others. */
  readonly short: Map<string, Trace.Trace>;
  /** Never forgotten: to commit again takes minutes, and every one has cost a liar a bond. */
  readonly long: Map<string, Long>;
  readonly stopped: AbortController;
  /** Resolves when what was asked for is committed to; never rejects. */
  queue: Promise<void>;
};

/** A block that takes longer than a turn: its trace, once it is there, or why there is none. */
type Long = { trace: StepTrace | undefined; failure: { readonly cause: unknown } | undefined };

// Half a second of hashing, and twice as long for running what is hashed: calls of precompiles can take half a minute of one block.
const SHORT_STEPS = 2 ** 16;
const SHORT_MS = 1_000;
// What is forgotten is run again at each look, for as long as the block is disputed: of rivals at a thousand blocks of some
// transactions each, a thousand are remembered.
const REMEMBERED_STEPS = 48 * SHORT_STEPS;
/** However few steps it has, a trace keeps a machine or two. */
const LEAST_REMEMBERED = 2 ** 11;
const MAX_THREADS = 8;

/** Traces of a chain's blocks, none of them asked for yet. */
export function create(
  source: ClaimTraces.Source,
  say: StepTraces["say"],
  clock: StepTraces["clock"],
): StepTraces {
  const stopped = new AbortController();
  return {
    ...{ source, say, clock, stopped, queue: Promise.resolve() },
    ...{ short: new Map(), long: new Map() },
  };
}

/**
 * The steps of the block after a number, which stands on L1; undefined while they are being committed to. The first to
 * ask starts that. Throws CommitmentFailedError if it failed.
 */
export function after(traces: StepTraces, number: bigint): StepTrace | undefined {
  const { source, short, long } = traces;
  const block = number + 1n;
  const history = ClaimTraces.mark(source, block);
  assert(history !== undefined, "only blocks that stand on L1 are disputed");
  const committed = long.get(history);
  if (committed?.failure !== undefined)
    throw new CommitmentFailedError(block, committed.failure.cause);
  if (committed !== undefined) return committed.trace;

  const trace = short.get(history) ?? begin(traces, history, number);
  if (trace === undefined) return undefined;
  short.delete(history);
  short.set(history, trace);
  forgetOldest(short);
  return trace;
}

function forgetOldest(short: Map<string, Trace.Trace>): void {
  const weightOf = ({ steps }: Trace.Trace) => Math.max(steps, LEAST_REMEMBERED);
  let weight = [...short.values()].reduce((sum, trace) => sum + weightOf(trace), 0);
  for (const [history, trace] of short) {
    if (weight <= REMEMBERED_STEPS) return;
    short.delete(history);
    weight -= weightOf(trace);
  }
}

/** Whether a block that was asked for is still being committed to. */
export function isCommitting({ long }: StepTraces): boolean {
  return [...long.values()].some(({ trace }) => trace === undefined);
}

/** Ends all threads. */
export async function close(traces: StepTraces): Promise<void> {
  traces.stopped.abort();
  await traces.queue;
}

function begin(traces: StepTraces, history: string, number: bigint): Trace.Trace | undefined {
  const { source } = traces;
  const shape = treeShape(source.config.stepHeight);
  const scan = Trace.scan(ClaimTraces.startAfter(source, number), shape);
  if (isShort(scan, traces.clock)) return Trace.ofScan(scan);

  const long: Long = { trace: undefined, failure: undefined };
  traces.long.set(history, long);
  traces.queue = traces.queue.then(async () => {
    try {
      long.trace = await commitLong(traces, number, scan);
    } catch (cause) {
      if (isWanted(traces, history, number)) long.failure = { cause };
      else traces.long.delete(history);
    }
  });
  return undefined;
}

// Runs as far as a turn can wait for; tells whether the block was over by then.
function isShort(scan: Trace.Scan, clock: StepTraces["clock"]): boolean {
  const started = clock();
  while (scan.position < SHORT_STEPS) {
    if (Trace.advance(scan, Chunk.STEPS)) return true;
    if (clock() - started > SHORT_MS) return false;
  }
  return false;
}

async function commitLong(
  { source, say, clock, stopped }: StepTraces,
  number: bigint,
  scan: Trace.Scan,
): Promise<StepTrace> {
  const { signal } = stopped;
  const block = number + 1n;
  const threads = Math.min(MAX_THREADS, availableParallelism());
  say(`commits to the steps of block ${block} in ${threads} threads`);
  const started = clock();
  const [{ steps, chunkRoots }] = await Promise.all([
    commitBlock(source, number, threads, signal),
    runThrough(scan, signal),
  ]);
  assert(steps === scan.position, "a block has the same steps in every thread");
  const seconds = Math.round((clock() - started) / 1_000);
  say(`has committed to the ${steps} steps of block ${block} in ${seconds} s`);
  return Trace.ofCommitted(scan, chunkRoots);
}

// Runs the block to its end, a little at a time, so that the process can do other things in between.
async function runThrough(scan: Trace.Scan, signal: AbortSignal): Promise<void> {
  do {
    await setImmediate();
    signal.throwIfAborted();
  } while (!Trace.advance(scan, Chunk.STEPS));
}

// Not after a stop, and not when L1 has taken the block back.
function isWanted({ source, stopped }: StepTraces, history: string, number: bigint): boolean {
  return !stopped.signal.aborted && ClaimTraces.mark(source, number + 1n) === history;
}

export class CommitmentFailedError extends Error {
  override readonly name = "StepTraces.CommitmentFailedError";
  readonly block: bigint;
  constructor(block: bigint, cause: unknown) {
    super(`the steps of block ${block} could not be committed to`, { cause });
    this.block = block;
  }
}
