// A node without a sequencer, running: it knows the chain from L1 alone.

import { untilItReads } from "../l1/retry.ts";
import * as Loop from "./loop.ts";
import * as Node from "./node.ts";
import { InvalidInputError } from "./rpc/rpcError.ts";

export type RunningNode = {
  readonly node: Node.RollupNode;
  readonly serving: Node.Serving;
  readonly failure: Promise<unknown>;
  readonly stop: () => Promise<void>;
};

export type RunConfig = Node.NodeConfig & {
  readonly listen: { readonly host: string; readonly port: number };
  readonly pollMs: number;
};

/** Derives what L1 has so far, then serves and follows. */
export async function run(config: RunConfig): Promise<RunningNode> {
  const node = Node.open(config);
  const loops = Loop.create();
  const { signal } = loops;
  let tell: Node.Serving["onBlock"] = () => undefined;
  const hooks = Node.plainHooks(node, (block) => tell(block));
  const sync = () =>
    untilItReads("follow L1", { signal, say: config.say }, () => Node.sync(node, hooks, signal));
  try {
    await sync();
    const serving = await Node.serve(node, NO_SEQUENCER, config.listen);
    tell = serving.onBlock;
    loops.run(Loop.repeat(config.pollMs, signal, sync));
    const stop = async () => {
      await loops.stop();
      await serving.close();
      Node.close(node);
    };
    return { node, serving, failure: loops.failure, stop };
  } catch (error) {
    Node.close(node);
    throw error;
  }
}

const NO_SEQUENCER: Node.Taker = {
  submit: () => {
    throw new InvalidInputError("this node only follows L1: send transactions to the sequencer");
  },
  waiting: () => undefined,
  allWaiting: () => [],
  pendingNonce: (_address, accountNonce) => accountNonce,
  suggestedTip: () => 1n,
};
