// The sequencer's node, running: it follows L1 like any other, and makes and posts blocks beside.

import { setImmediate } from "node:timers/promises";
import { sleep, untilItReads } from "../l1/retry.ts";
import * as Database from "../node/database.ts";
import * as Derive from "../node/derive.ts";
import * as Loop from "../node/loop.ts";
import * as Node from "../node/node.ts";
import * as Bytes from "../primitives/bytes.ts";
import type { RunConfig, RunningNode } from "../node/runNode.ts";
import * as Mempool from "./mempool.ts";
import * as PendingFile from "./pendingFile.ts";
import * as Senders from "./senders.ts";
import { Sequencer, type SequencerConfig, type Timing } from "./sequencer.ts";

export type RunSequencerConfig = RunConfig &
  Pick<SequencerConfig, "headerOf" | "post"> & {
    readonly timing: Timing;
    readonly l1BaseFee: () => Promise<bigint>;
  };

export type RunningSequencer = RunningNode & {
  /** Waits until everything that is in a block now stands on L1. */
  readonly settled: () => Promise<void>;
};

/** Starts where the database stopped: reads L1, then serves, makes blocks and posts them. */
export async function run(config: RunSequencerConfig): Promise<RunningSequencer> {
  const node = Node.open(config);
  const loops = Loop.create();
  const { signal } = loops;
  const { say, timing, headerOf, post } = config;
  let serving: Node.Serving | undefined;
  const senders = Senders.create();
  // What was posted is read back at once: the next batch names its accumulator.
  const posted = Loop.bell();
  let closePending = () => Promise.resolve();
  try {
    const sequencer = new Sequencer({
      ...{ chain: node.chain, inbox: node.inbox, genesisAccumulator: node.genesisAccumulator },
      ...{ timing, limits: Mempool.DEFAULT_LIMITS, headerOf, say },
      pendingFile: pendingFileOf(config.path),
      post: (batch) => post(batch).finally(() => Loop.ring(posted)),
      senderOf: senders.of,
      onBlock: (block) => serving?.onBlock(block),
      onWaiting: (hash) => serving?.onWaiting(hash),
    });
    closePending = () => sequencer.close();
    const hooks: Node.Hooks = {
      isOwn: (posted) => sequencer.isOwn(posted),
      rest: () => setImmediate(),
      truncate: (number) => sequencer.truncate(number),
      onBlock: (block) => {
        sequencer.seeForeignBlock();
        serving?.onBlock(block);
      },
    };
    let seen: Uint8Array | undefined;
    const sync = () =>
      untilItReads("follow L1", { signal, say }, async () => {
        await Node.sync(node, hooks, signal);
        const { l1 } = node;
        // Each block has one base fee, and L1 is asked several times a block.
        if (l1 === undefined || (seen !== undefined && Bytes.equals(l1.hash, seen))) return;
        sequencer.seeL1(l1, await config.l1BaseFee());
        seen = l1.hash;
      });
    loops.run(senders.ended);
    await sync();
    const started = await Node.serve(node, takerOf(sequencer), config.listen);
    serving = started;
    loops.run(Loop.repeat(config.pollMs, signal, sync, posted));
    loops.run(sequencer.makeBlocks(signal));
    loops.run(sequencer.postBatches(signal));

    const { database } = node.chain;
    const settled = async () => {
      const { number } = node.chain.tip;
      while (Derive.lastSafe(database) < number) await sleep(config.pollMs, signal);
    };
    const stop = async () => {
      const stopped = loops.stop();
      await senders.close();
      await stopped;
      await started.close();
      await closePending();
      Node.close(node);
    };
    return { node, serving: started, failure: loops.failure, settled, stop };
  } catch (error) {
    await senders.close();
    await closePending();
    Node.close(node);
    throw error;
  }
}

function pendingFileOf(path: string): PendingFile.PendingFile {
  return path === Database.IN_MEMORY ? PendingFile.none() : PendingFile.open(`${path}.pending`);
}

function takerOf(sequencer: Sequencer): Node.Taker {
  return {
    submit: (encoded) => sequencer.submit(encoded),
    waiting: (hash) => sequencer.waiting(hash),
    allWaiting: () => sequencer.allWaiting(),
    pendingNonce: (address, nonce) => sequencer.pendingNonce(address, nonce),
    suggestedTip: () => sequencer.suggestedTip(),
  };
}
