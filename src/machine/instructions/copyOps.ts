// Copies into memory: an instruction pays and leaves a cursor, COPY moves the bytes. Each function: stack,
// gas, operation, program counter. Twin: contracts/machine/instructions/CopyOps.sol.
import * as Code from "../code.ts";
import * as Cursor from "../cursor.ts";
import * as Frame from "../frame.ts";
import * as Gas from "../gas.ts";
import { Halt } from "../halt.ts";
import * as Machine from "../machine.ts";
import type { Executing } from "../machine.ts";
import * as Phase from "../phase.ts";
import * as Stack from "../stack.ts";
import * as View from "../view.ts";
import * as WorldState from "../worldState.ts";
import { accessCost, addressOf } from "./environmentOps.ts";

/** CALLDATACOPY */
export function opCalldatacopy(machine: Executing): Halt {
  const { frame } = machine;
  const dest = Number(Stack.pop(frame.stack));
  const offset = Stack.pop(frame.stack);
  const size = Number(Stack.pop(frame.stack));

  if (!chargeCopy(frame, dest, size)) return Halt.OutOfGas;

  View.open(frame.input, machine.witness);
  startViewCopy(machine, frame.input, offset, dest, size);

  frame.pc += 1;
  return Halt.None;
}

/** CODECOPY */
export function opCodecopy(machine: Executing): Halt {
  const { frame } = machine;
  const dest = Number(Stack.pop(frame.stack));
  const offset = Stack.pop(frame.stack);
  const size = Number(Stack.pop(frame.stack));

  if (!chargeCopy(frame, dest, size)) return Halt.OutOfGas;

  startCodeCopy(machine, frame.code, offset, dest, size);

  frame.pc += 1;
  return Halt.None;
}

/** RETURNDATACOPY, which may not read past the end (EIP-211). */
export function opReturndatacopy(machine: Executing): Halt {
  const { frame } = machine;
  const dest = Number(Stack.pop(frame.stack));
  const offset = Stack.pop(frame.stack);
  const size = Number(Stack.pop(frame.stack));

  if (!chargeCopy(frame, dest, size)) return Halt.OutOfGas;

  View.open(frame.returned, machine.witness);
  if (Number(offset) + size > frame.returned.size) return Halt.ReturnDataOutOfBounds;
  startViewCopy(machine, frame.returned, offset, dest, size);

  frame.pc += 1;
  return Halt.None;
}

/** EXTCODECOPY */
export function opExtcodecopy(machine: Executing): Halt {
  const { frame } = machine;
  const address = addressOf(Stack.pop(frame.stack));
  const dest = Number(Stack.pop(frame.stack));
  const offset = Stack.pop(frame.stack);
  const size = Number(Stack.pop(frame.stack));

  Machine.openWorld(machine);
  const cost = accessCost(machine, address) + Gas.COPY_WORD * Gas.wordsFor(size);
  if (!Frame.charge(frame, cost)) return Halt.OutOfGas;
  if (!Frame.expand(frame, dest, size)) return Halt.OutOfGas;

  const { code } = WorldState.open(machine, address).account;
  if (Code.isEmpty(code)) startCodeCopy(machine, null, 0n, dest, size);
  else startLoad(machine, code, offset, dest, size);

  frame.pc += 1;
  return Halt.None;
}

/** MCOPY (EIP-5656): from the end backwards if the destination overlaps the source from behind. */
export function opMcopy(machine: Executing): Halt {
  const { frame } = machine;
  const dest = Number(Stack.pop(frame.stack));
  const offset = Number(Stack.pop(frame.stack));
  const size = Number(Stack.pop(frame.stack));

  const cost = Gas.VERY_LOW + Gas.COPY_WORD * Gas.wordsFor(size);
  if (!Frame.charge(frame, cost)) return Halt.OutOfGas;
  if (!Frame.expand(frame, dest > offset ? dest : offset, size)) return Halt.OutOfGas;

  const isBackward = offset < dest && dest < offset + size;
  start(machine, {
    type: "copy",
    source: isBackward ? Cursor.COPY_OWN_BACKWARD : Cursor.COPY_OWN_FORWARD,
    memory: null,
    code: null,
    from: offset,
    available: size,
    dest,
    remaining: size,
    next: Phase.EXECUTE,
  });

  frame.pc += 1;
  return Halt.None;
}

/** Starts a copy of code, or of zeros where there is none, into memory that has been paid for. */
export function startCodeCopy(
  machine: Machine.Machine,
  code: Code.Code | null,
  offset: bigint,
  dest: number,
  size: number,
): void {
  const length = code === null ? 0 : Code.bytes(code).length;
  const available = offset < length ? length - Number(offset) : 0;
  start(machine, {
    type: "copy",
    source: Cursor.COPY_CODE_TREE,
    memory: null,
    code,
    from: available === 0 ? 0 : Number(offset),
    available,
    dest,
    remaining: size,
    next: Phase.EXECUTE,
  });
}

function startViewCopy(
  machine: Machine.Machine,
  view: View.View,
  offset: bigint,
  dest: number,
  size: number,
): void {
  const available = offset < view.size ? view.size - Number(offset) : 0;
  start(machine, {
    type: "copy",
    source: Cursor.COPY_MEMORY_TREE,
    memory: view.memory,
    code: null,
    from: available === 0 ? 0 : view.offset + Number(offset),
    available,
    dest,
    remaining: size,
    next: Phase.EXECUTE,
  });
}

function startLoad(
  machine: Machine.Machine,
  code: Code.Code,
  offset: bigint,
  dest: number,
  size: number,
): void {
  if (size === 0) return;
  machine.phase = Phase.LOAD;
  machine.cursor = { type: "load", code, from: atMost(offset, Gas.MAX_NONCE), dest, size };
}

function start(machine: Machine.Machine, copy: Cursor.Copy): void {
  if (copy.remaining === 0) return;
  machine.phase = Phase.COPY;
  machine.cursor = copy;
}

function chargeCopy(frame: Frame.Frame, dest: number, size: number): boolean {
  const cost = Gas.VERY_LOW + Gas.COPY_WORD * Gas.wordsFor(size);
  return Frame.charge(frame, cost) && Frame.expand(frame, dest, size);
}

function atMost(value: bigint, limit: bigint): bigint {
  return value < limit ? value : limit;
}
