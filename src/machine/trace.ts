// All steps of one block, for a dispute: how many there are, the state after each, the tree over them and
// the witness of any. Nothing is kept but sparse checkpoints and the roots of chunks; the rest is run again.
import { assert } from "../primitives/assert.ts";
import * as Chunk from "./chunk.ts";
import * as Machine from "./machine.ts";
import * as Phase from "./phase.ts";
import * as Prove from "./prove.ts";
import * as Step from "./step.ts";

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

/** A block that is being run through for the first time. */
export type Scan = {
  readonly shape: Chunk.TreeShape;
  readonly machine: Machine.Machine;
  position: number;
  checkpoints: Checkpoint[];
  /** Steps between two checkpoints. */
  interval: number;
};

/** A machine after so many steps. */
type Checkpoint = { readonly position: number; readonly machine: Machine.Machine };

type Run = {
  readonly shape: Chunk.TreeShape;
  readonly steps: number;
  readonly checkpoints: readonly Checkpoint[];
  readonly finalState: Uint8Array;
  /** A machine that went on from a checkpoint; questions are mostly asked in order. */
  walker: { position: number; machine: Machine.Machine };
  /** The nodes of the chunks last asked for. */
  readonly chunks: Map<number, Chunk.Rows>;
  /** The nodes from the roots of chunks up, once one of them was asked for. */
  upper: Chunk.Rows | null;
  /** What a subtree of nothing but the last state hashes to, by height. */
  readonly padding: Uint8Array[];
};

const MAX_CHECKPOINTS = 64;
const REMEMBERED_CHUNKS = 8;

/** The trace of the block that begins in this state; the machine itself stays as it is. */
export function ofBlock(start: Machine.Machine, shape: Chunk.TreeShape): Trace {
  const going = scan(start, shape);
  let hasEnded = false;
  while (!hasEnded) hasEnded = advance(going, Chunk.STEPS);
  return ofScan(going);
}

/** The trace in which nothing happens, for a leaf behind the last block of a claim. */
export function ofPadding(start: Machine.Machine, shape: Chunk.TreeShape): Trace {
  assert(start.phase === Phase.DONE, "padding repeats a state between blocks");
  return traceOf(runOf(scan(start, shape)));
}

/** Where the block begins that is to be run through; the machine itself stays as it is. */
export function scan(start: Machine.Machine, shape: Chunk.TreeShape): Scan {
  const checkpoints = [{ position: 0, machine: Machine.clone(start) }];
  const machine = Machine.clone(start);
  return { shape, machine, position: 0, checkpoints, interval: Chunk.STEPS };
}

/** Goes on by so many steps without hashing, a multiple of a chunk. Tells whether that was the end of the block. */
export function advance(going: Scan, steps: number): boolean {
  const { machine, shape } = going;
  assert(going.position === 0 || machine.phase !== Phase.DONE, "the block goes on");
  const end = going.position + steps;
  assert(end % Chunk.STEPS === 0, "a scan goes on by whole chunks");
  do {
    going.position += Chunk.run(machine, Chunk.STEPS);
    if (going.position % going.interval === 0) keepCheckpoint(going);
  } while (going.position < end && machine.phase !== Phase.DONE);
  assert(going.position <= 2 ** shape.height, "a block has no more steps than the tree has leaves");
  return machine.phase === Phase.DONE;
}

/** The trace of a block that was run through to its end; its chunks are hashed when they are asked for. */
export function ofScan(ended: Scan): Trace {
  return traceOf(runOf(ended));
}

/** The trace of a block that was run through to its end and whose chunks somebody has hashed. */
export function ofCommitted(ended: Scan, chunkRoots: readonly Uint8Array[]): Trace {
  assert(chunkRoots.length === chunkCount(ended.position), "every chunk has a root");
  const run = runOf(ended);
  run.upper = upperRows(run, chunkRoots);
  return traceOf(run);
}

// Checkpoints thin out as the block turns out to be long.
function keepCheckpoint(going: Scan): void {
  going.checkpoints.push({ position: going.position, machine: Machine.clone(going.machine) });
  if (going.checkpoints.length < MAX_CHECKPOINTS) return;
  going.interval *= 2;
  going.checkpoints = going.checkpoints.filter(({ position }) => position % going.interval === 0);
}

function runOf({ shape, machine, position, checkpoints }: Scan): Run {
  assert(machine.phase === Phase.DONE, "a trace is of a whole block");
  return {
    shape,
    steps: position,
    checkpoints: [...checkpoints, { position, machine }],
    finalState: Machine.hash(machine),
    walker: { position, machine: Machine.clone(machine) },
    chunks: new Map(),
    upper: null,
    padding: [],
  };
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
  if (height <= Chunk.HEIGHT) return nodeOfChunk(run, height, index);

  run.upper ??= upperRows(run, hashChunks(run));
  const node = run.upper[height - Chunk.HEIGHT]?.[index];
  assert(node !== undefined, "a node with a step below it has a hash");
  return node;
}

function upperRows(run: Run, chunkRoots: readonly Uint8Array[]): Chunk.Rows {
  const { shape } = run;
  const height = Math.max(0, shape.height - Chunk.HEIGHT);
  return Chunk.rowsAbove(chunkRoots, padding(run, Chunk.HEIGHT), height, shape);
}

function hashChunks(run: Run): Uint8Array[] {
  return Array.from({ length: chunkCount(run.steps) }, (_, chunk) =>
    Chunk.root(chunkRows(run, chunk)),
  );
}

function nodeOfChunk(run: Run, height: number, index: number): Uint8Array {
  const chunk = Math.floor((index * 2 ** height) / Chunk.STEPS);
  const row = chunkRows(run, chunk)[height];
  const within = index - chunk * 2 ** (Chunk.HEIGHT - height);
  return row?.[within] ?? padding(run, height);
}

function chunkRows(run: Run, chunk: number): Chunk.Rows {
  const known = run.chunks.get(chunk);
  if (known !== undefined) return known;

  const first = chunk * Chunk.STEPS;
  const rows = Chunk.commit(machineAt(run, first), run.shape);
  run.walker.position = Math.min(first + Chunk.STEPS, run.steps);
  const oldest = run.chunks.keys().next();
  if (run.chunks.size >= REMEMBERED_CHUNKS && oldest.done !== true) run.chunks.delete(oldest.value);
  run.chunks.set(chunk, rows);
  return rows;
}

function chunkCount(steps: number): number {
  return Math.ceil(steps / Chunk.STEPS);
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
