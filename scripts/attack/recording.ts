// A true step with all that an attacker could know of it: the witness field by field, the stack, the states around.
import * as Family from "../../src/machine/family.ts";
import type * as Fork from "../../src/machine/fork.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Phase from "../../src/machine/phase.ts";
import { prove, provePadding } from "../../src/machine/prove.ts";
import * as Stack from "../../src/machine/stack.ts";
import * as Step from "../../src/machine/step.ts";
import * as Witness from "../../src/merkle/witness.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as StepKinds from "../conformance/stepKinds.ts";

/** A value that was written to a witness as one. */
export type Field = { readonly offset: number; readonly size: number };

/** Where a step is judged: the router of a fork and of a chain. */
export type Court = { readonly fork: Fork.Fork; readonly chain: string };

export type TrueStep = {
  readonly family: number;
  readonly name: string;
  /** What tells this kind of step from others: opcode or phase, detail and outcome. */
  readonly kind: string;
  readonly court: Court;
  readonly endBlock: bigint;
  /** The index in the block, as far as it matters. */
  readonly index: bigint;
  readonly before: Hex.Hex;
  readonly witness: Uint8Array;
  readonly after: Hex.Hex;
  readonly fields: readonly Field[];
  /** The items of the running frame's stack, bottom first; of EXECUTE only. */
  readonly stack: readonly bigint[];
  /** The run that the step is of, and its place in it. */
  readonly run: string;
  readonly place: number;
  /** The machine before the step, and before the step before it if that is known; to be cloned, never to be run. */
  readonly machine: Machine.Machine;
  readonly earlier: Machine.Machine | null;
};

export type Origin = Pick<TrueStep, "court" | "endBlock" | "index" | "run" | "place">;

const STATE_SIZES = [1, 1, 32, 32, 32, 32, 32];
const DONE_SIZES = [1, 8, 32, 32, 32, 8, 8, 8];

/** Takes the machine's next step and records it. */
export function record(
  machine: Machine.Machine,
  origin: Origin,
  earlier: Machine.Machine | null = null,
): TrueStep {
  const untouched = Machine.clone(machine);
  const isDone = machine.done !== null;
  const family = Family.judging(machine.phase, Step.nextOpcode(machine));
  const upcoming = StepKinds.upcoming(machine);
  const isExecute = machine.phase === Phase.EXECUTE;
  const stack = isExecute ? (machine.frame?.stack.items.slice() ?? []) : [];
  const before = Hex.fromBytes(Machine.hash(machine));

  const marks = fieldMarks();
  const twin = Machine.clone(machine);
  twin.witness = marks.writer;
  Step.step(twin);
  const witness = prove(machine);
  const head = fieldsOf(isDone ? DONE_SIZES : STATE_SIZES, 0);
  const start = head.reduce((sum, { size }) => sum + size, 0);
  const fields = [...head, ...fieldsOf(marks.sizes, start)];
  assert(witness.length === start + marks.writer.length, "both runs open the same");

  const name = isDone ? "phase BEGIN" : StepKinds.nameOf(upcoming);
  const after = Hex.fromBytes(Machine.hash(machine));
  const kind = kindOf(name, upcoming, machine);
  const seen = { family, name, kind, before, witness, after, fields, stack };
  return { ...origin, ...seen, machine: untouched, earlier };
}

/** What tells a step's kind, given the machine after it; of entries also what they were found to be. */
export function kindOf(name: string, upcoming: StepKinds.Upcoming, after: Machine.Machine): string {
  const kind = `${name} ${StepKinds.keyOf(upcoming, after)}`;
  if (upcoming.phase !== Phase.ENTRY) return kind;
  const { transaction, refusal } = after;
  return `${kind} ${transaction?.kind ?? "none"} ${refusal ?? ""} ${transaction?.isCreation ?? ""}`;
}

/** The step between blocks that changes nothing. */
export function recordPadding(machine: Machine.Machine, origin: Origin): TrueStep {
  const state = Hex.fromBytes(Machine.hash(machine));
  return {
    ...origin,
    family: Family.BLOCK,
    name: "padding",
    kind: "padding",
    before: state,
    witness: provePadding(machine),
    after: state,
    fields: fieldsOf(DONE_SIZES, 0),
    stack: [],
    machine: Machine.clone(machine),
    earlier: null,
  };
}

/** The bytes of a field. */
export function bytesOf(witness: Uint8Array, { offset, size }: Field): Uint8Array {
  return witness.subarray(offset, offset + size);
}

/** The commitment to the lowest items of a stack. */
export function stackHash(items: readonly bigint[]): Uint8Array {
  const stack = Stack.create();
  for (const item of items) Stack.push(stack, item);
  return Stack.hash(stack);
}

function fieldsOf(sizes: readonly number[], start: number): Field[] {
  let offset = start;
  return sizes.map((size) => {
    const field = { offset, size };
    offset += size;
    return field;
  });
}

// A writer that notes how much is written at once.
function fieldMarks(): { readonly writer: Witness.WitnessWriter; readonly sizes: number[] } {
  const sizes: number[] = [];
  const plain = Witness.create();
  const writer = {
    buffer: plain.buffer,
    get length() {
      return plain.length;
    },
    set length(length: number) {
      if (length > plain.length) sizes.push(length - plain.length);
      plain.length = length;
    },
  };
  return { writer, sizes };
}
