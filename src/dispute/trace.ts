// What a party to a dispute knows: the states that it claims, as trees. The game plays on this and never imports the
// machine.
import type { BlockDone } from "../protocol/blockDone.ts";

/** A complete tree of 2^height leaves; leaf i holds the state after block or step i. */
export type Trace = {
  /** The number of leaves: 2^height. */
  readonly length: number;
  /** The state in a leaf. */
  hashAt(index: number): Uint8Array;
  /** The hash of the node with this height and index, leaves having height 0. */
  subtree(height: number, index: number): Uint8Array;
};

/** A level-1 trace: the steps of one block. */
export type StepTrace = Trace & {
  /** The witness of a step. */
  prove(index: number): Uint8Array;
};

/** All that a claim says: a level-0 trace of its blocks, and a level-1 trace under each leaf. */
export type ClaimTrace = {
  /** The id of the claim it follows, and that claim's last state. */
  readonly parent: Uint8Array;
  readonly startState: BlockDone;
  readonly endState: BlockDone;
  /** A posted batch that holds or follows the last block, and the inbox accumulator there. */
  readonly batch: bigint;
  readonly accumulator: Uint8Array;
  readonly blocks: Trace;
  /** The steps of the block in a level-0 leaf; padding has steps too, which change nothing. */
  steps(leaf: number): StepTrace;
};

/** A claim of which a party has yet to work out the steps of some blocks: those are undefined until it has. */
export type GrowingTrace = Omit<ClaimTrace, "steps"> & {
  steps(leaf: number): StepTrace | undefined;
};
