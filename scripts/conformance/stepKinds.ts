// What tells one step from another when a case is sampled: the opcode or phase, how far into its work the
// phase is, and what becomes of the frame.
import * as Cursor from "../../src/machine/cursor.ts";
import * as FrameKind from "../../src/machine/frameKind.ts";
import { Halt } from "../../src/machine/halt.ts";
import * as Instruction from "../../src/machine/instruction.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Precompiles from "../../src/machine/precompiles/precompiles.ts";
import * as Stack from "../../src/machine/stack.ts";
import * as Step from "../../src/machine/step.ts";
import * as View from "../../src/machine/view.ts";

export type Outcome = "continues" | "ends" | "reverts" | "halts";

/** What is about to happen, as far as the state before it tells. */
export type Upcoming = {
  readonly phase: number;
  readonly opcode: number;
  readonly detail: string;
};

const NO_DETAIL = "";

/** What the machine does next. */
export function upcoming(machine: Machine.Machine): Upcoming {
  const { phase } = machine;
  if (phase === Phase.EXECUTE)
    return { phase, opcode: Step.nextOpcode(machine), detail: NO_DETAIL };
  return { phase, opcode: Opcode.STOP, detail: detailOf(machine) };
}

/** The name of a step's row in the report. */
export function nameOf({ phase, opcode }: Upcoming): string {
  if (phase === Phase.EXECUTE) return Opcode.nameOf(opcode);
  return `phase ${Phase.NAMES[phase] ?? phase}`;
}

/** What became of the frame in a step that left the machine like this. */
export function outcomeOf({ phase }: Upcoming, after: Machine.Machine): Outcome {
  const { cursor } = after;
  const hasEnded = after.phase === Phase.SETTLE && phase !== Phase.SETTLE;
  if (!hasEnded || cursor?.type !== "outcome") return "continues";
  if (cursor.status === Cursor.STATUS_HALT) return "halts";
  return cursor.status === Cursor.STATUS_REVERT ? "reverts" : "ends";
}

/** The same for steps of the same kind, of which a sample needs one. */
export function keyOf(step: Upcoming, after: Machine.Machine): string | number {
  const outcome = outcomeOf(step, after);
  // Instructions are by far the most; a number is cheaper to look up than a text.
  if (step.phase === Phase.EXECUTE)
    return step.opcode + 256 * after.phase + 65_536 * (outcome === "halts" ? 1 : 0);
  return `${step.phase} ${step.detail} ${outcome} ${after.phase}`;
}

/** Why the next instruction will halt, given that it does; phases do not tell. */
export function haltName(machine: Machine.Machine): string | null {
  if (machine.phase !== Phase.EXECUTE) return null;
  const halt = haltOf(Machine.clone(machine));
  return Object.entries(Halt).find(([, number]) => number === halt)?.[0] ?? null;
}

/** Whether the next step calls a precompile in a way that the rollup's caps exclude. */
export function isBeyondCaps({ phase, cursor, frame }: Machine.Machine): boolean {
  if (phase !== Phase.PRECOMPILE || frame === null || cursor?.type !== "message") return false;
  return !Precompiles.isWithinCaps(cursor.codeAddress, View.loadAll(frame.input, null));
}

function haltOf(machine: Machine.Machine): Halt {
  if (!Machine.isExecuting(machine)) return Halt.None;
  const { opcodes, frame } = machine;
  const opcode = Step.nextOpcode(machine);
  const size = frame.stack.items.length;
  const pops = opcodes.pops[opcode] ?? 0;
  if (opcodes.isDefined[opcode] !== 1) return Halt.InvalidOpcode;
  if (size < pops) return Halt.StackUnderflow;
  if (size - pops + (opcodes.pushes[opcode] ?? 0) > Stack.MAX_SIZE) return Halt.StackOverflow;
  if (frame.isStatic && opcodes.isMutating[opcode] === 1) return Halt.StaticViolation;
  return Instruction.run(machine, opcode);
}

function detailOf({ cursor, frame, transaction }: Machine.Machine): string {
  const role = frame === null ? "top" : FrameKind.isCreation(frame.kind) ? "creation" : "call";
  switch (cursor?.type) {
    case undefined:
      return `${transaction?.kind ?? "none"}`;
    case "copy":
      return `source ${cursor.source} next ${cursor.next}`;
    case "message": {
      const precompile = cursor.codeAddress <= 0x11n ? cursor.codeAddress : "code";
      const worth = cursor.value > 0n ? "value" : "none";
      return `${cursor.kind} ${cursor.isDelegated} ${precompile} ${worth} ${role}`;
    }
    case "outcome":
      return `${cursor.status} ${role} ${frame?.parent === null ? "last" : "inner"}`;
    case "log":
      return `${cursor.topics.length}`;
    case "hash":
    case "load":
    case "system":
      return cursor.type;
  }
}
