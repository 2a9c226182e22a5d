// Pushing, dropping and ordering items. Each function: stack, gas, operation, program counter.
// Twin: contracts/machine/instructions/StackOps.sol.
import * as Code from "../code.ts";
import * as Frame from "../frame.ts";
import * as Gas from "../gas.ts";
import { Halt } from "../halt.ts";
import type { Executing } from "../machine.ts";
import * as Stack from "../stack.ts";

/** POP */
export function opPop(machine: Executing): Halt {
  const { frame } = machine;
  Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  frame.pc += 1;
  return Halt.None;
}

/** PUSH0 to PUSH32, by the size of the data. They may lie in two chunks. */
export function opPush(machine: Executing, size: number): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, size === 0 ? Gas.BASE : Gas.VERY_LOW)) return Halt.OutOfGas;

  if (size === 0) Stack.push(frame.stack, 0n);
  else Stack.push(frame.stack, Code.readPush(frame.code, machine.witness, frame.pc, size));

  frame.pc += 1 + size;
  return Halt.None;
}

/** DUP1 to DUP16, by how far the item lies below the top. */
export function opDup(machine: Executing, depth: number): Halt {
  const { frame } = machine;
  const value = Stack.peek(frame.stack, depth);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, value);

  frame.pc += 1;
  return Halt.None;
}

/** SWAP1 to SWAP16, by how far the item lies below the top. */
export function opSwap(machine: Executing, depth: number): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  Stack.swap(frame.stack, depth);

  frame.pc += 1;
  return Halt.None;
}
