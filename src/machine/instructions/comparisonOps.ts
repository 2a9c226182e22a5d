// Comparisons, whose result is one or zero. Each function: stack, gas, operation, program counter.
// Twin: contracts/machine/instructions/ComparisonOps.sol.
import * as Uint256 from "../../primitives/uint256.ts";
import * as Frame from "../frame.ts";
import * as Gas from "../gas.ts";
import { Halt } from "../halt.ts";
import type { Executing } from "../machine.ts";
import * as Stack from "../stack.ts";

/** LT */
export function opLt(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, a < b ? 1n : 0n);

  frame.pc += 1;
  return Halt.None;
}

/** GT */
export function opGt(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, a > b ? 1n : 0n);

  frame.pc += 1;
  return Halt.None;
}

/** SLT */
export function opSlt(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, Uint256.toSigned(a) < Uint256.toSigned(b) ? 1n : 0n);

  frame.pc += 1;
  return Halt.None;
}

/** SGT */
export function opSgt(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, Uint256.toSigned(a) > Uint256.toSigned(b) ? 1n : 0n);

  frame.pc += 1;
  return Halt.None;
}

/** EQ */
export function opEq(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, a === b ? 1n : 0n);

  frame.pc += 1;
  return Halt.None;
}

/** ISZERO */
export function opIszero(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, a === 0n ? 1n : 0n);

  frame.pc += 1;
  return Halt.None;
}
