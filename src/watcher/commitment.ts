// The commitment to a whole block, made by several threads while this one goes on with its work.
import { MessageChannel, Worker } from "node:worker_threads";
import type * as Tip from "../machine/tip.ts";
import * as Chain from "../node/chain.ts";
import { assert } from "../primitives/assert.ts";
import type { Source } from "./claimTrace.ts";
import * as Reads from "./reads.ts";
import type * as Share from "./share.ts";

export type Commitment = {
  readonly steps: number;
  /** In the order of the chunks. */
  readonly chunkRoots: readonly Uint8Array[];
};

const MODULE = new URL("./shareThread.ts", import.meta.url);
const HASH_BYTES = 32;

/** Commits to the block after a number. Rejects, with all threads ended, when one fails or the signal says so. */
export async function commitBlock(
  source: Source,
  after: bigint,
  threads: number,
  signal: AbortSignal,
): Promise<Commitment> {
  signal.throwIfAborted();
  const tip = beginningOf(Chain.tipAt(source.chain, after));
  const segments = new Map<number, Uint8Array>();
  const failed = new AbortController();
  const ends = Array.from({ length: threads }, (_, thread) =>
    runThread(source, { tip, threads, thread }, AbortSignal.any([signal, failed.signal]), segments),
  );
  try {
    const [steps, ...others] = await Promise.all(ends);
    assert(steps !== undefined, "a block is committed to by a thread");
    assert(
      others.every((other) => other === steps),
      "a block has the same steps in every thread",
    );
    return { steps, chunkRoots: joined(segments) };
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(ends);
    signal.throwIfAborted();
    throw error;
  }
}

// All but the state, which a thread loads by its root.
function beginningOf(tip: Tip.Tip): Share.Share["tip"] {
  const { number, outputRoot, headerHash, ringRoot, batch, byteOffset, deposits } = tip;
  const { header, ring } = tip;
  return {
    ...{ number, outputRoot, headerHash, ringRoot, batch, byteOffset, deposits },
    ...{ header, ring },
  };
}

type Part = Pick<Share.Share, "tip" | "threads" | "thread">;

// Gives the number of steps of the block.
async function runThread(
  { chain, inbox, config }: Source,
  part: Part,
  signal: AbortSignal,
  segments: Map<number, Uint8Array>,
): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  const words = Reads.sharedWords();
  Reads.answer({ port: port1, words }, { source: chain.source, inbox });
  const { context } = chain;
  const { portal } = inbox;
  const { stepHeight } = config;
  const share: Share.Share = { ...part, context, portal, stepHeight, port: port2, words };
  const worker = new Worker(MODULE, { workerData: share, transferList: [port2] });
  // Who is told to end ends, whatever is not committed to yet.
  worker.unref();
  const end = () => Reads.tellToEnd({ words });
  signal.addEventListener("abort", end);
  try {
    return await stepsOf(worker, segments);
  } finally {
    signal.removeEventListener("abort", end);
    port1.close();
  }
}

// Settles when the thread has ended.
function stepsOf(worker: Worker, segments: Map<number, Uint8Array>): Promise<number> {
  return new Promise((resolve, reject) => {
    let last: { steps: number } | { failure: string } = { failure: "it ended early" };
    worker.on("message", (committed: Share.Committed) => {
      if ("segment" in committed) segments.set(committed.segment, committed.roots);
      else last = committed;
    });
    worker.once("error", reject);
    worker.once("exit", () => {
      if ("steps" in last) resolve(last.steps);
      else reject(new ThreadFailedError(last.failure));
    });
  });
}

function joined(segments: ReadonlyMap<number, Uint8Array>): Uint8Array[] {
  return Array.from({ length: segments.size }, (_, segment) => {
    const roots = segments.get(segment);
    assert(roots !== undefined, "every segment is some thread's");
    const count = roots.length / HASH_BYTES;
    return Array.from({ length: count }, (_root, chunk) =>
      roots.subarray(chunk * HASH_BYTES, (chunk + 1) * HASH_BYTES),
    );
  }).flat();
}

export class ThreadFailedError extends Error {
  override readonly name = "Commitment.ThreadFailedError";
  readonly why: string;
  constructor(why: string) {
    super(`a thread has not committed to its share of the block: ${why}`);
    this.why = why;
  }
}
