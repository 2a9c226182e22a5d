// The true trace of a claim, from the blocks that this node derived: their states at level 0, and under each of them
// the steps of the machine, run again when they are asked for.
import type { ClaimTrace, GrowingTrace, StepTrace } from "../dispute/trace.ts";
import type * as Game from "../dispute/game.ts";
import * as RunTrace from "../dispute/runTrace.ts";
import * as Block from "../machine/block.ts";
import type * as Inbox from "../machine/inbox.ts";
import type * as Machine from "../machine/machine.ts";
import * as Trace from "../machine/trace.ts";
import * as Chain from "../node/chain.ts";
import * as Derive from "../node/derive.ts";
import * as InboxRecords from "../node/inboxRecords.ts";
import { assert } from "../primitives/assert.ts";
import * as Hex from "../primitives/hex.ts";
import * as BlockDone from "../protocol/blockDone.ts";
import { treeShape } from "./treeShape.ts";

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
export function create(source: Source, range: Range): ClaimTrace | undefined {
  const remembered = new Map<bigint, StepTrace>();
  return createWith(source, range, (number) => {
    const known = remembered.get(number);
    if (known !== undefined) return known;
    const trace = Trace.ofBlock(startAfter(source, number), treeShape(source.config.stepHeight));
    const [oldest] = remembered.keys();
    if (remembered.size >= REMEMBERED_BLOCKS && oldest !== undefined) remembered.delete(oldest);
    remembered.set(number, trace);
    return trace;
  });
}

/** The same with the steps of each block from elsewhere: of the block after a number. */
export function createWith<Steps extends StepTrace | undefined>(
  source: Source,
  { parent, endBlock }: Range,
  stepsAfter: (number: bigint) => Steps,
): (Omit<GrowingTrace, "steps"> & { steps(leaf: number): Steps | StepTrace }) | undefined {
  const endState = doneAt(source, endBlock);
  if (endState === undefined) return undefined;
  const { config } = source;
  const first = parent.endState.number;
  const count = Number(endBlock - first);
  const states = Array.from({ length: count }, (_, leaf) =>
    BlockDone.hash(requireDone(source, first + 1n + BigInt(leaf))),
  );
  let padding: StepTrace | undefined;

  function steps(leaf: number): Steps | StepTrace {
    if (leaf < count) return stepsAfter(first + BigInt(leaf));
    // All leaves of padding have the same steps.
    padding ??= Trace.ofPadding(startAfter(source, endBlock), treeShape(config.stepHeight));
    return padding;
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

/** A machine about to begin the block after a number. */
export function startAfter({ chain, inbox }: Source, number: bigint): Machine.Machine {
  return Block.after(Chain.tipAt(chain, number), chain.context, inbox);
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
