// All steps of one block, for a dispute: how many there are, the state after each, the tree over them and
// the witness of any. Nothing is kept but sparse checkpoints and the roots of chunks; the rest is run again.
import { assert } from "../primitives/assert.ts";
import * as Machine from "./machine.ts";
import * as Phase from "./phase.ts";
import * as Prove from "./prove.ts";
import * as Step from "./step.ts";

/** How a dispute builds its tree over states. */
export type TreeShape = {
  readonly height: number;
  readonly leafHash: (state: Uint8Array) => Uint8Array;
  readonly innerHash: (left: Uint8Array, right: Uint8Array) => Uint8Array;
};

export type Trace = {
  /** The number of leaves. */
  readonly length: number;
  /** The number of steps that change anything; every later leaf repeats the last state. */
  readonly steps: number;
  /** The state after a step. */
  readonly hashAt: (index: number) => Uint8Array;
  /** The hash of the node with this height and index. */
  readonly subtree: (height: number, index: number) => Uint8Array;
  /** The witness of a step. */
  readonly prove: (index: number) => Uint8Array;
};

/** A machine after so many steps. */
type Checkpoint = { readonly position: number; readonly machine: Machine.Machine };

type Run = {
  readonly shape: TreeShape;
  readonly steps: number;
  readonly checkpoints: readonly Checkpoint[];
  readonly finalState: Uint8Array;
  /** A machine that went on from a checkpoint; questions are mostly asked in order. */
  walker: { position: number; machine: Machine.Machine };
  /** The nodes of chunks by height, for the chunks last asked for. */
  readonly chunks: Map<number, readonly Uint8Array[][]>;
  /** The roots of all chunks that hold steps, once the root of the tree was asked for. */
  chunkRoots: readonly Uint8Array[] | null;
  /** What a subtree of nothing but the last state hashes to, by height. */
  readonly padding: Uint8Array[];
};

const CHUNK_HEIGHT = 12;
const MAX_CHECKPOINTS = 64;
const REMEMBERED_CHUNKS = 8;

/** The trace of the block that begins in this state; the machine itself stays as it is. */
export function ofBlock(start: Machine.Machine, shape: TreeShape): Trace {
  const run = scan(start, shape);
  return traceOf(run);
}

/** The trace in which nothing happens, for a leaf behind the last block of a claim. */
export function ofPadding(start: Machine.Machine, shape: TreeShape): Trace {
  assert(start.phase === Phase.DONE, "padding repeats a state between blocks");
  return traceOf(emptyRun(Machine.clone(start), shape, 0, []));
}

function traceOf(run: Run): Trace {
  return {
    length: 2 ** run.shape.height,
    steps: run.steps,
    hashAt: (index) => hashAt(run, index),
    subtree: (height, index) => subtree(run, height, index),
    prove: (index) => prove(run, index),
  };
}

// Takes all steps without hashing. Checkpoints thin out as the block turns out to be long.
function scan(start: Machine.Machine, shape: TreeShape): Run {
  const machine = Machine.clone(start);
  let checkpoints: Checkpoint[] = [{ position: 0, machine: Machine.clone(start) }];
  let interval = 2 ** CHUNK_HEIGHT;
  let position = 0;
  do {
    Step.step(machine);
    position++;
    if (position % interval !== 0) continue;
    checkpoints.push({ position, machine: Machine.clone(machine) });
    if (checkpoints.length < MAX_CHECKPOINTS) continue;
    interval *= 2;
    checkpoints = checkpoints.filter((checkpoint) => checkpoint.position % interval === 0);
  } while (machine.phase !== Phase.DONE);
  assert(position <= 2 ** shape.height, "a block has no more steps than the tree has leaves");
  return emptyRun(machine, shape, position, checkpoints);
}

function emptyRun(
  last: Machine.Machine,
  shape: TreeShape,
  steps: number,
  checkpoints: readonly Checkpoint[],
): Run {
  return {
    shape,
    steps,
    checkpoints: [...checkpoints, { position: steps, machine: last }],
    finalState: Machine.hash(last),
    walker: { position: steps, machine: Machine.clone(last) },
    chunks: new Map(),
    chunkRoots: null,
    padding: [],
  };
}

function hashAt(run: Run, index: number): Uint8Array {
  if (index + 1 >= run.steps) return run.finalState;
  return Machine.hash(machineAt(run, index + 1));
}

function prove(run: Run, index: number): Uint8Array {
  if (index >= run.steps) return Prove.provePadding(machineAt(run, run.steps));
  return Prove.prove(Machine.clone(machineAt(run, index)));
}

// The machine after so many steps, from the walker if it is on the way, else from a checkpoint.
function machineAt(run: Run, position: number): Machine.Machine {
  const nearest = run.checkpoints.findLast((checkpoint) => checkpoint.position <= position);
  assert(nearest !== undefined, "the first checkpoint stands at the start");
  const { walker } = run;
  if (walker.position > position || walker.position < nearest.position)
    run.walker = { position: nearest.position, machine: Machine.clone(nearest.machine) };
  for (; run.walker.position < position; run.walker.position++) Step.step(run.walker.machine);
  return run.walker.machine;
}

function subtree(run: Run, height: number, index: number): Uint8Array {
  const first = index * 2 ** height;
  if (first >= run.steps) return padding(run, height);
  if (height <= CHUNK_HEIGHT) return nodeOfChunk(run, height, index);

  // Every chunk is hashed once for the root; what lies above them is cheap to hash again.
  run.chunkRoots ??= hashChunks(run);
  return run.shape.innerHash(
    above(run, run.chunkRoots, height - 1, 2 * index),
    above(run, run.chunkRoots, height - 1, 2 * index + 1),
  );
}

function above(
  run: Run,
  chunkRoots: readonly Uint8Array[],
  height: number,
  index: number,
): Uint8Array {
  const root = height === CHUNK_HEIGHT ? chunkRoots[index] : undefined;
  return root ?? subtree(run, height, index);
}

function hashChunks(run: Run): Uint8Array[] {
  const count = Math.ceil(run.steps / 2 ** CHUNK_HEIGHT);
  return Array.from({ length: count }, (_, index) => nodeOfChunk(run, CHUNK_HEIGHT, index));
}

function nodeOfChunk(run: Run, height: number, index: number): Uint8Array {
  const chunk = Math.floor((index * 2 ** height) / 2 ** CHUNK_HEIGHT);
  const row = chunkNodes(run, chunk)[height];
  const within = index - chunk * 2 ** (CHUNK_HEIGHT - height);
  return row?.[within] ?? padding(run, height);
}

// The nodes of a chunk as far as steps reach, row by row from the leaves up.
function chunkNodes(run: Run, chunk: number): readonly Uint8Array[][] {
  const known = run.chunks.get(chunk);
  if (known !== undefined) return known;

  const first = chunk * 2 ** CHUNK_HEIGHT;
  const count = Math.min(2 ** CHUNK_HEIGHT, run.steps - first);
  let row = Array.from({ length: count }, (_, i) => run.shape.leafHash(hashAt(run, first + i)));
  const rows = [row];
  for (let height = 0; height < Math.min(CHUNK_HEIGHT, run.shape.height); height++) {
    row = rowAbove(run, row, height);
    rows.push(row);
  }
  const oldest = run.chunks.keys().next();
  if (run.chunks.size >= REMEMBERED_CHUNKS && oldest.done !== true) run.chunks.delete(oldest.value);
  run.chunks.set(chunk, rows);
  return rows;
}

function rowAbove(run: Run, row: readonly Uint8Array[], height: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(row.length / 2) }, (_, i) =>
    run.shape.innerHash(row[2 * i] ?? padding(run, height), row[2 * i + 1] ?? padding(run, height)),
  );
}

function padding(run: Run, height: number): Uint8Array {
  const known = run.padding[height];
  if (known !== undefined) return known;
  const below = height === 0 ? null : padding(run, height - 1);
  const hash =
    below === null ? run.shape.leafHash(run.finalState) : run.shape.innerHash(below, below);
  run.padding[height] = hash;
  return hash;
}
