// Whole blocks, for those who drive a machine: from the bytes of a batch, or as a sequencer makes them. Both
// go through the same phases.
import { assert } from "../primitives/assert.ts";
import type * as BlockContext from "./blockContext.ts";
import type * as Context from "./context.ts";
import type * as Inbox from "./inbox.ts";
import * as Logs from "./logs.ts";
import * as Machine from "./machine.ts";
import * as Phase from "./phase.ts";
import * as PersistentTree from "../merkle/persistentTree.ts";
import * as Run from "./run.ts";
import * as Step from "./step.ts";
import type * as Tip from "./tip.ts";
import * as World from "./world.ts";

/** A block that has ended: the state behind it, what its transactions left, and what was passed over. */
export type ExecutedBlock = {
  readonly tip: Tip.Tip;
  /** The block as its last transaction saw it. */
  readonly block: BlockContext.Block;
  /** In order; the first `depositCount` are deposits. */
  readonly results: readonly Machine.Result[];
  readonly depositCount: number;
  readonly refusals: readonly Refusal[];
};

/** An entry of a block that was passed over. */
export type Refusal = { readonly entry: number; readonly reason: string };

/** A machine about to begin the block after a tip. */
export function after(tip: Tip.Tip, context: Context.Context, inbox: Inbox.Inbox): Machine.Machine {
  const world = World.create(tip.state, Logs.EMPTY_BLOOM);
  const machine = Machine.create(context, nothingOf(tip), world);
  machine.phase = Phase.DONE;
  machine.done = tip;
  machine.inbox = inbox;
  return machine;
}

/** Runs the block after a tip, as the inbox has it. */
export function execute(tip: Tip.Tip, context: Context.Context, inbox: Inbox.Inbox): ExecutedBlock {
  const machine = after(tip, context, inbox);
  const results: Machine.Result[] = [];
  const refusals: Refusal[] = [];
  begin(machine);
  while (machine.done === null) {
    const entry = machine.block.entries;
    const result = takeEntry(machine);
    if (result !== null) results.push(result);
    if (machine.refusal !== null) refusals.push({ entry, reason: machine.refusal });
  }
  return {
    tip: machine.done,
    block: machine.block,
    results,
    depositCount: Number(machine.block.deposits - tip.deposits),
    refusals,
  };
}

/** Begins the block and makes its system calls, up to the first entry. */
export function begin(machine: Machine.Machine): void {
  const { done } = machine;
  assert(done !== null, "a block begins where another ended");
  do {
    Step.step(machine);
    if (machine.phase !== Phase.SYSTEM) Run.runTransaction(machine);
  } while (machine.phase !== Phase.ENTRY);
}

/** Takes the next deposit or entry, all of it, or ends the block. Gives what a transaction left. */
export function takeEntry(machine: Machine.Machine): Machine.Result | null {
  machine.result = null;
  Step.step(machine);
  if (machine.phase === Phase.END) Step.step(machine);
  else Run.runTransaction(machine);
  return machine.result;
}

// No phase reads the block of a machine that is between two.
function nothingOf(tip: Tip.Tip): BlockContext.Block {
  const zero = new Uint8Array(32);
  const empty = PersistentTree.empty(0);
  return {
    number: tip.number,
    timestamp: 0n,
    gasLimit: 0n,
    baseFee: 0n,
    blobBaseFee: 0n,
    coinbase: 0n,
    prevRandao: zero,
    parentBeaconRoot: zero,
    parentHash: zero,
    ring: tip.ring,
    gasUsed: 0n,
    entries: 0,
    transactions: 0,
    transactionsTree: empty,
    receiptsTree: empty,
    batch: tip.batch,
    byteOffset: 0n,
    blockEnd: 0n,
    bodyRoot: zero,
    deposits: tip.deposits,
    depositsEnd: tip.deposits,
    originNumber: 0n,
    originTimestamp: 0n,
    originBaseFee: 0n,
    originHash: zero,
  };
}
