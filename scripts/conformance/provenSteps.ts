// The steps of a case that are to be proven: chosen in one run, recorded with their witnesses in a second.
import * as Machine from "../../src/machine/machine.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Prove from "../../src/machine/prove.ts";
import * as Step from "../../src/machine/step.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as StepKinds from "./stepKinds.ts";

/** Which steps of a case are proven. */
export type Sampling = {
  /** All steps; otherwise the first of each kind. */
  readonly isComplete: boolean;
  /** Every so many steps one more; 0 for none. */
  readonly every: number;
};

/** What one run told about the steps to prove. */
export type Choice = {
  /** The number of steps of the case. */
  readonly length: number;
  /** The chosen steps, or null for all. */
  readonly indexes: ReadonlySet<number> | null;
  /** Those of them that halt. */
  readonly halts: ReadonlySet<number>;
};

export type RecordedStep = {
  readonly index: number;
  readonly name: string;
  readonly outcome: StepKinds.Outcome;
  /** Why the instruction halted, if it did. */
  readonly halt: string | null;
  /** Whether this calls a precompile in a way that the rollup refuses and the official case does not. */
  readonly isBeyondCaps: boolean;
  readonly before: Hex.Hex;
  readonly witness: Uint8Array;
  readonly after: Hex.Hex;
};

/** Runs the machine to its end and chooses. */
export function choose(machine: Machine.Machine, { isComplete, every }: Sampling): Choice {
  const indexes = new Set<number>();
  const halts = new Set<number>();
  const known = new Set<string | number>();
  let index = 0;
  for (; machine.phase !== Phase.ENTRY; index++) {
    const next = StepKinds.upcoming(machine);
    Step.step(machine);
    const key = StepKinds.keyOf(next, machine);
    if (!isComplete && known.has(key) && (every === 0 || index % every !== 0)) continue;
    if (StepKinds.outcomeOf(next, machine) === "halts") halts.add(index);
    if (isComplete) continue;
    known.add(key);
    indexes.add(index);
  }
  return { length: index, indexes: isComplete ? null : indexes, halts };
}

/** Runs a machine from the same beginning as far as there are chosen steps, and records them. */
export function* record(
  machine: Machine.Machine,
  { length, indexes, halts }: Choice,
): Generator<RecordedStep> {
  let left = indexes?.size ?? length;
  for (let index = 0; left > 0; index++) {
    if (indexes !== null && !indexes.has(index)) {
      Step.step(machine);
      continue;
    }
    left--;
    yield recordNext(machine, index, halts.has(index));
  }
}

function recordNext(machine: Machine.Machine, index: number, halts: boolean): RecordedStep {
  const next = StepKinds.upcoming(machine);
  const halt = halts ? StepKinds.haltName(machine) : null;
  const isBeyondCaps = StepKinds.isBeyondCaps(machine);
  const before = Hex.fromBytes(Machine.hash(machine));
  const witness = Prove.prove(machine);
  const after = Hex.fromBytes(Machine.hash(machine));
  const outcome = StepKinds.outcomeOf(next, machine);
  const name = StepKinds.nameOf(next);
  return { index, name, outcome, halt, isBeyondCaps, before, witness, after };
}
