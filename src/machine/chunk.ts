// A tree over the states of a block is hashed in chunks of 2^12 steps. A chunk needs nothing but the machine at its
// beginning, so chunks can be hashed in any order and by several threads.
import { assert } from "../primitives/assert.ts";
import * as Machine from "./machine.ts";
import * as Phase from "./phase.ts";
import * as Step from "./step.ts";

export const HEIGHT = 12;
export const STEPS = 2 ** HEIGHT;

/** How a dispute builds its tree over states. */
export type TreeShape = {
  readonly height: number;
  readonly leafHash: (state: Uint8Array) => Uint8Array;
  readonly innerHash: (left: Uint8Array, right: Uint8Array) => Uint8Array;
};

/** The nodes of a tree as far as steps reach, row by row from the bottom up. */
export type Rows = readonly (readonly Uint8Array[])[];

/** Takes so many steps, or fewer where the block ends, without hashing anything. Gives how many it took. */
export function run(machine: Machine.Machine, steps: number): number {
  let taken = 0;
  do {
    Step.step(machine);
    taken++;
  } while (taken < steps && machine.phase !== Phase.DONE);
  return taken;
}

/** Takes the steps of the chunk at whose beginning the machine stands, hashing the state after each. */
export function commit(machine: Machine.Machine, shape: TreeShape): Rows {
  const leaves: Uint8Array[] = [];
  let last: Uint8Array;
  do {
    Step.step(machine);
    last = shape.leafHash(Machine.hash(machine));
    leaves.push(last);
  } while (leaves.length < STEPS && machine.phase !== Phase.DONE);
  return rowsAbove(leaves, last, Math.min(HEIGHT, shape.height), shape);
}

/** The root of a chunk. */
export function root(rows: Rows): Uint8Array {
  const top = rows.at(-1)?.[0];
  assert(top !== undefined, "a chunk has a step");
  return top;
}

/** A row of nodes and so many rows above it; `padding` hashes what a node behind the row does. */
export function rowsAbove(
  bottom: readonly Uint8Array[],
  padding: Uint8Array,
  count: number,
  { innerHash }: TreeShape,
): Rows {
  const rows = [bottom];
  let row = bottom;
  let behind = padding;
  for (let level = 0; level < count; level++) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < row.length; i += 2)
      above.push(innerHash(row[i] ?? behind, row[i + 1] ?? behind));
    if (level + 1 < count) behind = innerHash(behind, behind);
    rows.push(above);
    row = above;
  }
  return rows;
}
