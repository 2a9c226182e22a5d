// A machine whose blocks hash a value a few times, and its true and false traces. Twin: test/harness/ToyStepProver.sol.
import * as Bytes from "../../src/primitives/bytes.ts";
import { commit, tag } from "../../src/primitives/commitment.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as RunTrace from "../../src/dispute/runTrace.ts";
import type { Run } from "../../src/dispute/runTrace.ts";
import type { ClaimTrace, StepTrace } from "../../src/dispute/trace.ts";
import { MoveRejected } from "../../src/dispute/moveRejected.ts";

type Toy = { readonly number: bigint; readonly at: bigint; readonly value: Uint8Array };
type State =
  | { readonly kind: "done"; readonly done: BlockDone.BlockDone }
  | { readonly kind: "toy"; readonly toy: Toy };

/** The first false state: after a step of the block in a level-0 leaf. It may be taken back one step later. */
export type Lie = {
  readonly leaf: number;
  readonly step: number;
  readonly salt?: number;
  readonly healed?: boolean;
};

export type Range = {
  readonly blockHeight: number;
  readonly stepHeight: number;
  readonly steps: number;
  readonly parent: Uint8Array;
  readonly startState: BlockDone.BlockDone;
  readonly endBlock: bigint;
};

type NumberedRun = Run & { readonly preimage: State };

const TAG_TOY = tag("toy");
const ZERO = new Uint8Array(32);
const WORD_BYTES = 32;
const DONE_WORDS = 7;

export const GENESIS: BlockDone.BlockDone = {
  number: 0n,
  outputRoot: mix(ZERO, 7n),
  headerHash: ZERO,
  ringRoot: ZERO,
  batch: 0n,
  byteOffset: 0n,
  deposits: 0n,
};

export const BATCH = 0n;
export const ACCUMULATOR = mix(ZERO, 1n);

/** The claim that the toy machine makes over a range of blocks, or a false one. */
export function toyTrace(range: Range, lie?: Lie): ClaimTrace {
  const starts: BlockDone.BlockDone[] = [range.startState];
  const realBlocks = Number(range.endBlock - range.startState.number);
  const leaves = Math.max(realBlocks, lie === undefined ? 0 : lie.leaf + 1);
  for (let leaf = 0; leaf < leaves; leaf++) {
    starts.push(lastState(blockRuns(range, startOf(starts, leaf), leaf, lie)));
  }
  const endState = startOf(starts, leaves);
  return {
    parent: range.parent,
    startState: range.startState,
    endState,
    batch: BATCH,
    accumulator: ACCUMULATOR,
    blocks: RunTrace.fromBlocks(range.blockHeight, starts.slice(1).map(BlockDone.hash)),
    steps: (leaf) => stepTrace(range, startOf(starts, Math.min(leaf, leaves)), leaf, lie),
  };
}

/** The same claim with another hash in the place of one level-0 leaf, which need not be the hash of a state. */
export function withLeaf(trace: ClaimTrace, leaf: number, hash: Uint8Array): ClaimTrace {
  const { blocks } = trace;
  function subtree(height: number, index: number): Uint8Array {
    if (Math.floor(leaf / 2 ** height) !== index) return blocks.subtree(height, index);
    if (height === 0) return hash;
    const [left, right] = [2 * index, 2 * index + 1];
    return Bisection.innerHash(subtree(height - 1, left), subtree(height - 1, right));
  }
  return { ...trace, blocks: { ...blocks, subtree } };
}

/** The toy machine's step; a witness that does not open the state is rejected as the contract does. */
export function toyStep(
  steps: number,
  endBlock: bigint,
  index: number,
  state: Uint8Array,
  witness: Uint8Array,
): Uint8Array {
  const preimage = readWitness(witness);
  const actual = hashOf(preimage);
  if (!Bytes.equals(actual, state)) throw new MoveRejected("WrongWitness", [state, actual]);
  return hashOf(next(steps, endBlock, index, preimage));
}

function stepTrace(
  range: Range,
  start: BlockDone.BlockDone,
  leaf: number,
  lie: Lie | undefined,
): StepTrace {
  const runs = blockRuns(range, start, leaf, lie);
  const trace = RunTrace.fromRuns(range.stepHeight, runs);
  return {
    ...trace,
    prove: (index) => {
      if (index === 0) return witnessOf({ kind: "done", done: start });
      const run = runs.findLast(({ from }) => from <= index - 1);
      if (run === undefined) throw new RangeError(`no state before step ${index}`);
      return witnessOf(run.preimage);
    },
  };
}

function blockRuns(
  range: Range,
  start: BlockDone.BlockDone,
  leaf: number,
  lie: Lie | undefined,
): NumberedRun[] {
  const runs: NumberedRun[] = [];
  const lieStep = lie?.leaf === leaf ? lie.step : undefined;
  let state: State = { kind: "done", done: start };
  let index = 0;
  for (; index === 0 || state.kind === "toy" || index === lieStep; index++) {
    const honest = next(range.steps, range.endBlock, index, state);
    const told = index === lieStep ? corrupt(honest, lie?.salt ?? 0) : honest;
    runs.push({ from: index, state: hashOf(told), preimage: told });
    state = lie?.healed === true ? honest : told;
  }
  if (lieStep !== undefined && lieStep >= index) {
    const told = corrupt(state, lie?.salt ?? 0);
    runs.push({ from: lieStep, state: hashOf(told), preimage: told });
    index = lieStep + 1;
  }
  if (lie?.healed === true && index < 2 ** range.stepHeight) {
    runs.push({ from: index, state: hashOf(state), preimage: state });
  }
  return runs;
}

function lastState(runs: readonly NumberedRun[]): BlockDone.BlockDone {
  const last = runs.at(-1)?.preimage;
  if (last?.kind !== "done") throw new RangeError("a block ends in a BlockDone");
  return last.done;
}

function startOf(starts: readonly BlockDone.BlockDone[], leaf: number): BlockDone.BlockDone {
  const start = starts[leaf];
  if (start === undefined) throw new RangeError(`no state before leaf ${leaf}`);
  return start;
}

function next(steps: number, endBlock: bigint, index: number, state: State): State {
  if (state.kind === "done") {
    const { number, outputRoot } = state.done;
    if (index !== 0 || number >= endBlock) return state;
    return {
      kind: "toy",
      toy: { number: number + 1n, at: 1n, value: mix(outputRoot, number + 1n) },
    };
  }
  const { number, at, value } = state.toy;
  if (at < BigInt(steps)) {
    return { kind: "toy", toy: { number, at: at + 1n, value: mix(value, at) } };
  }
  const headerHash = mix(value, 0n);
  const cursor = { batch: number, byteOffset: 0n, deposits: 0n };
  return {
    kind: "done",
    done: { number, outputRoot: value, headerHash, ringRoot: ZERO, ...cursor },
  };
}

function corrupt(state: State, salt: number): State {
  const falseWord = (word: Uint8Array): Uint8Array => mix(word, 666n + BigInt(salt));
  if (state.kind === "toy") {
    return { kind: "toy", toy: { ...state.toy, value: falseWord(state.toy.value) } };
  }
  return {
    kind: "done",
    done: { ...state.done, outputRoot: falseWord(state.done.outputRoot) },
  };
}

function hashOf(state: State): Uint8Array {
  if (state.kind === "done") return BlockDone.hash(state.done);
  const { number, at, value } = state.toy;
  return commit(TAG_TOY, number, at, value);
}

// Witnesses are the state's fields as the contract's abi.decode reads them: one word each.
function witnessOf(state: State): Uint8Array {
  const integer = (value: bigint): Uint8Array => Bytes.fromBigInt(value, WORD_BYTES);
  if (state.kind === "done") {
    const { number, outputRoot, headerHash, ringRoot, batch, byteOffset, deposits } = state.done;
    const cursor = [batch, byteOffset, deposits].map(integer);
    return Bytes.concat(integer(number), outputRoot, headerHash, ringRoot, ...cursor);
  }
  const { number, at, value } = state.toy;
  return Bytes.concat(integer(number), integer(at), value);
}

function readWitness(witness: Uint8Array): State {
  const word = (index: number): Uint8Array =>
    Bytes.slicePadded(witness, WORD_BYTES * index, WORD_BYTES);
  const integer = (index: number): bigint => Bytes.toBigInt(word(index));
  if (witness.length === DONE_WORDS * WORD_BYTES) {
    const [outputRoot, headerHash, ringRoot] = [word(1), word(2), word(3)];
    const [batch, byteOffset, deposits] = [integer(4), integer(5), integer(6)];
    const roots = { outputRoot, headerHash, ringRoot };
    return { kind: "done", done: { number: integer(0), ...roots, batch, byteOffset, deposits } };
  }
  return { kind: "toy", toy: { number: integer(0), at: integer(1), value: word(2) } };
}

function mix(value: Uint8Array, salt: bigint): Uint8Array {
  return commit(TAG_TOY, value, salt);
}
