// Words and bytes of memory. Each function: stack, gas, operation, program counter.
// Twin: contracts/machine/instructions/MemoryOps.sol.
import * as Frame from "../frame.ts";
import * as Gas from "../gas.ts";
import { Halt } from "../halt.ts";
import type { Executing } from "../machine.ts";
import * as Memory from "../memory.ts";
import * as Stack from "../stack.ts";
import * as View from "../view.ts";

/** MLOAD */
export function opMload(machine: Executing): Halt {
  const { frame } = machine;
  const offset = Number(Stack.pop(frame.stack));

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;
  if (!Frame.expand(frame, offset, 32)) return Halt.OutOfGas;

  Stack.push(frame.stack, Memory.loadWord(frame.memory, machine.witness, offset));

  frame.pc += 1;
  return Halt.None;
}

/** MSTORE */
export function opMstore(machine: Executing): Halt {
  const { frame } = machine;
  const offset = Number(Stack.pop(frame.stack));
  const value = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;
  if (!Frame.expand(frame, offset, 32)) return Halt.OutOfGas;

  Memory.storeWord(frame.memory, machine.witness, offset, value);

  frame.pc += 1;
  return Halt.None;
}

/** MSTORE8 */
export function opMstore8(machine: Executing): Halt {
  const { frame } = machine;
  const offset = Number(Stack.pop(frame.stack));
  const value = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;
  if (!Frame.expand(frame, offset, 1)) return Halt.OutOfGas;

  const byte = Number(BigInt.asUintN(8, value));
  Memory.storeByte(frame.memory, machine.witness, offset, byte);

  frame.pc += 1;
  return Halt.None;
}

/** MSIZE */
export function opMsize(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  Stack.push(frame.stack, BigInt(32 * frame.memory.words));

  frame.pc += 1;
  return Halt.None;
}

/** CALLDATALOAD */
export function opCalldataload(machine: Executing): Halt {
  const { frame } = machine;
  const offset = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  View.open(frame.input, machine.witness);
  Stack.push(frame.stack, View.loadWord(frame.input, machine.witness, offset));

  frame.pc += 1;
  return Halt.None;
}
