// The true trace of a claim, from the blocks that this node derived: their states at level 0, and under each of them
// the steps of the machine, run again when they are asked for.
import type { ClaimTrace, StepTrace } from "../dispute/trace.ts";
import * as Bisection from "../dispute/bisection.ts";
import type * as Game from "../dispute/game.ts";
import * as RunTrace from "../dispute/runTrace.ts";
import * as Block from "../machine/block.ts";
import type * as Inbox from "../machine/inbox.ts";
import * as Trace from "../machine/trace.ts";
import * as Chain from "../node/chain.ts";
import * as Derive from "../node/derive.ts";
import * as InboxRecords from "../node/inboxRecords.ts";
import { assert } from "../primitives/assert.ts";
import * as Hex from "../primitives/hex.ts";
import * as BlockDone from "../protocol/blockDone.ts";

/** The blocks to judge by. */
export type Source = {
  readonly chain: Chain.Chain;
  readonly inbox: Inbox.Inbox;
  readonly config: Pick<Game.Config, "blockHeight" | "stepHeight">;
};

/** What a claim speaks of: the blocks after its parent's last one, up to this one. */
export type Range = {
  readonly parent: Pick<Game.Claim, "id" | "endState">;
  readonly endBlock: bigint;
};

// As many liars as this may each dispute another block before any has to be run again on every turn.
const REMEMBERED_BLOCKS = 12;

/** The state after a block that stands on L1; undefined while L1 or this node is not that far. */
export function doneAt({ chain }: Source, number: bigint): BlockDone.BlockDone | undefined {
  if (number > Derive.lastSafe(chain.database)) return undefined;
  return Chain.blockByNumber(chain, number)?.done;
}

/** Tells two histories of a block apart, down to the batches that it came in. */
export function mark(source: Source, number: bigint): string | undefined {
  const done = doneAt(source, number);
  if (done === undefined) return undefined;
  return Hex.key(BlockDone.hash(done)) + Hex.key(accumulatorOf(source, done));
}

/** What is true about the range; undefined while its last block does not stand on L1. */
export function create(source: Source, { parent, endBlock }: Range): ClaimTrace | undefined {
  const endState = doneAt(source, endBlock);
  if (endState === undefined) return undefined;
  const { config } = source;
  const first = parent.endState.number;
  const count = Number(endBlock - first);
  const states = Array.from({ length: count }, (_, leaf) =>
    BlockDone.hash(requireDone(source, first + 1n + BigInt(leaf))),
  );
  const remembered = new Map<number, StepTrace>();

  function steps(leaf: number): StepTrace {
    // All leaves of padding have the same steps.
    const key = Math.min(leaf, count);
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const trace = stepsAfter(source, first + BigInt(key), key < count);
    const [oldest] = remembered.keys();
    if (remembered.size >= REMEMBERED_BLOCKS && oldest !== undefined) remembered.delete(oldest);
    remembered.set(key, trace);
    return trace;
  }

  return {
    parent: parent.id,
    startState: parent.endState,
    endState,
    batch: endState.batch,
    accumulator: accumulatorOf(source, endState),
    blocks: RunTrace.fromBlocks(config.blockHeight, states),
    steps,
  };
}

/** How level-1 trees are built. */
export function stepShape({ config }: Source): Trace.TreeShape {
  const { leafHash, innerHash } = Bisection;
  return { height: config.stepHeight, leafHash, innerHash };
}

function stepsAfter(source: Source, number: bigint, isBlock: boolean): StepTrace {
  const { chain, inbox } = source;
  const start = Block.after(Chain.tipAt(chain, number), chain.context, inbox);
  const shape = stepShape(source);
  return isBlock ? Trace.ofBlock(start, shape) : Trace.ofPadding(start, shape);
}

function accumulatorOf({ chain }: Source, { batch }: BlockDone.BlockDone): Uint8Array {
  const posted = InboxRecords.batch(chain.database, batch);
  assert(posted !== undefined, "a block on L1 came in a batch");
  return posted.accumulator;
}

function requireDone({ chain }: Source, number: bigint): BlockDone.BlockDone {
  const record = Chain.blockByNumber(chain, number);
  assert(record !== undefined, "the chain has every block below one that it has");
  return record.done;
}
