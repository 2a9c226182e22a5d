// Where the program goes on, and how it ends. Twin: contracts/machine/instructions/FlowOps.sol.
import * as Code from "../code.ts";
import * as Cursor from "../cursor.ts";
import * as Frame from "../frame.ts";
import * as Gas from "../gas.ts";
import { Halt } from "../halt.ts";
import * as Machine from "../machine.ts";
import type { Executing } from "../machine.ts";
import * as Stack from "../stack.ts";
import * as View from "../view.ts";

/** STOP */
export function opStop(machine: Executing): Halt {
  Machine.endFrame(machine, Cursor.STATUS_SUCCESS, View.EMPTY);
  return Halt.None;
}

/** JUMP */
export function opJump(machine: Executing): Halt {
  const { frame } = machine;
  const destination = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.MID)) return Halt.OutOfGas;

  return jumpTo(machine, destination);
}

/** JUMPI */
export function opJumpi(machine: Executing): Halt {
  const { frame } = machine;
  const destination = Stack.pop(frame.stack);
  const condition = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.HIGH)) return Halt.OutOfGas;

  if (condition !== 0n) return jumpTo(machine, destination);

  frame.pc += 1;
  return Halt.None;
}

/** PC */
export function opPc(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  Stack.push(frame.stack, BigInt(frame.pc));

  frame.pc += 1;
  return Halt.None;
}

/** GAS */
export function opGas(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  Stack.push(frame.stack, Frame.gasLeft(frame));

  frame.pc += 1;
  return Halt.None;
}

/** JUMPDEST */
export function opJumpdest(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.JUMPDEST)) return Halt.OutOfGas;

  frame.pc += 1;
  return Halt.None;
}

/** RETURN */
export function opReturn(machine: Executing): Halt {
  return endWithOutput(machine, Cursor.STATUS_SUCCESS);
}

/** REVERT */
export function opRevert(machine: Executing): Halt {
  return endWithOutput(machine, Cursor.STATUS_REVERT);
}

function endWithOutput(machine: Executing, status: number): Halt {
  const { frame } = machine;
  const offset = Number(Stack.pop(frame.stack));
  const size = Number(Stack.pop(frame.stack));

  if (!Frame.expand(frame, offset, size)) return Halt.OutOfGas;

  Machine.endFrame(machine, status, View.of(frame.memory, offset, size));
  return Halt.None;
}

function jumpTo(machine: Executing, destination: bigint): Halt {
  const { frame } = machine;
  const position = Number(destination);
  if (position >= frame.bytecode.length) return Halt.InvalidJump;
  if (!Code.isJumpDestination(frame.code, machine.witness, position)) return Halt.InvalidJump;

  frame.pc = position;
  return Halt.None;
}
