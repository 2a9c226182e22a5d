// A state inside a block, live: parts are objects that hash themselves when asked. A machine changes in
// place; `clone` makes one that goes on by itself. Twin: contracts/machine/Machine.sol.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import { tag } from "../primitives/commitment.ts";
import { absorb, keccak256After, NOTHING_ABSORBED, type Absorbed } from "../primitives/keccak.ts";
import type * as Witness from "../merkle/witness.ts";
import * as BlockDone from "../protocol/blockDone.ts";
import * as BlockContext from "./blockContext.ts";
import type * as Context from "./context.ts";
import * as Copies from "./copies.ts";
import * as Cursor from "./cursor.ts";
import * as Frame from "./frame.ts";
import type * as Inbox from "./inbox.ts";
import type * as Logs from "./logs.ts";
import * as Opcode from "./opcode.ts";
import * as Phase from "./phase.ts";
import type * as Tip from "./tip.ts";
import * as TransactionContext from "./transactionContext.ts";
import * as View from "./view.ts";
import * as World from "./world.ts";

export const TAG_MACHINE = tag("machine");

// The words of the machine hashed last. Hashes never change, so a word that is the same object need not be written.
const WORD = 32;
const words = Bytes.concat(TAG_MACHINE, new Uint8Array(6 * WORD));
const written: (Uint8Array | undefined)[] = [];

// The first block of Keccak-256 reaches into the transaction: while instructions run, it stays and is hashed once.
const head = words.subarray(0, 136);
const rest = words.subarray(136);
let absorbedHead: Absorbed | null = null;

/** What a transaction left for its receipt, off the commitment. */
export type Result = {
  readonly transaction: TransactionContext.Transaction;
  readonly status: number;
  readonly gasUsed: bigint;
  readonly output: Uint8Array;
  readonly logs: readonly Logs.Log[];
  /** The address that a creation gave the contract, if it is one and succeeded. */
  readonly created: bigint | null;
};

export type Machine = {
  readonly context: Context.Context;
  readonly opcodes: Opcode.Table;
  phase: number;
  cursor: Cursor.Cursor | null;
  block: BlockContext.Block;
  transaction: TransactionContext.Transaction | null;
  frame: Frame.Frame | null;
  world: World.World;
  /** The state between blocks, in phase DONE only. */
  done: Tip.Tip | null;
  /** What the phases that begin a block and take its entries read; null where there are no blocks. */
  inbox: Inbox.Inbox | null;
  /** Where a step writes what its proof needs; null when nobody asks. */
  witness: Witness.WitnessWriter | null;
  /** The result of the last transaction that finished. */
  result: Result | null;
  /** Why the last entry was passed over, if it was. */
  refusal: string | null;
};

/** A machine that runs a frame. */
export type Executing = Machine & { frame: Frame.Frame };

/** A machine about to take the entries of a block. */
export function create(
  context: Context.Context,
  block: BlockContext.Block,
  world: World.World,
): Machine {
  return {
    context,
    opcodes: Opcode.table(context),
    phase: Phase.ENTRY,
    cursor: null,
    block,
    transaction: null,
    frame: null,
    world,
    done: null,
    inbox: null,
    witness: null,
    result: null,
    refusal: null,
  };
}

/** A machine in the same state that changes on its own and records nothing. */
export function clone(machine: Machine): Machine {
  const copies: Copies.Copies = new Map();
  return {
    ...machine,
    frame: Copies.ofFrames(copies, machine.frame),
    cursor: Copies.ofCursor(copies, machine.cursor),
    witness: null,
  };
}

/** The commitment to the state. */
export function hash(machine: Machine): Uint8Array {
  if (machine.done !== null) return BlockDone.hash(machine.done);
  if (words[2 * WORD - 1] !== machine.phase) absorbedHead = null;
  words[2 * WORD - 1] = machine.phase;
  writeWord(2, Cursor.hash(machine.cursor));
  writeWord(3, BlockContext.hash(machine.block));
  writeWord(4, TransactionContext.commitTransaction(machine.transaction));
  writeWord(5, Frame.hash(machine.frame));
  writeWord(6, World.hash(machine.world));
  absorbedHead ??= absorb(NOTHING_ABSORBED, head);
  return keccak256After(absorbedHead, rest);
}

function writeWord(index: number, word: Uint8Array): void {
  if (written[index] === word) return;
  words.set(word, index * WORD);
  written[index] = word;
  if (index * WORD < head.length) absorbedHead = null;
}

/** Whether the machine runs a frame. */
export function isExecuting(machine: Machine): machine is Executing {
  return machine.frame !== null;
}

/** Puts the block's fields into the witness, if there is one. A step opens each part once at most. */
export function openBlock(machine: Machine): BlockContext.Block {
  BlockContext.open(machine.block, machine.witness);
  return machine.block;
}

/** Puts the transaction's fields into the witness, if there is one. */
export function openTransaction(machine: Machine): TransactionContext.Transaction {
  assert(machine.transaction !== null, "the phase has a transaction");
  TransactionContext.open(machine.transaction, machine.witness);
  return machine.transaction;
}

/** Puts the world's fields into the witness, if there is one. */
export function openWorld(machine: Machine): void {
  World.open(machine.world, machine.witness);
}

/** Puts the frame's fields into the witness, if there is one. */
export function openFrame(machine: Machine): Frame.Frame {
  assert(machine.frame !== null, "the phase has a frame");
  Frame.open(machine.frame, machine.witness);
  return machine.frame;
}

/** Puts the cursor's fields into the witness, if there is one. */
export function openCursor<T extends Cursor.Cursor["type"]>(
  machine: Machine,
  type: T,
): Extract<Cursor.Cursor, { type: T }> {
  const cursor = Cursor.expect(machine.cursor, type);
  Cursor.open(cursor, machine.witness);
  return cursor;
}

/** Ends the running frame: what it leaves is settled by the next step. */
export function endFrame(machine: Machine, status: number, output: View.View): void {
  machine.phase = Phase.SETTLE;
  machine.cursor = Cursor.outcome(status, output);
}

/** Ends the running frame without a result and without gas. */
export function haltFrame(machine: Machine): void {
  assert(machine.frame !== null, "only a frame can halt");
  Frame.setGas(machine.frame, 0n);
  endFrame(machine, Cursor.STATUS_HALT, View.EMPTY);
}
