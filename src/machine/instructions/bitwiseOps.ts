// Operations on bits. Each function: stack, gas, operation, program counter.
// Twin: contracts/machine/instructions/BitwiseOps.sol.
import * as Uint256 from "../../primitives/uint256.ts";
import * as Frame from "../frame.ts";
import * as Gas from "../gas.ts";
import { Halt } from "../halt.ts";
import type { Executing } from "../machine.ts";
import * as Stack from "../stack.ts";

/** AND */
export function opAnd(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, a & b);

  frame.pc += 1;
  return Halt.None;
}

/** OR */
export function opOr(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, a | b);

  frame.pc += 1;
  return Halt.None;
}

/** XOR */
export function opXor(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, a ^ b);

  frame.pc += 1;
  return Halt.None;
}

/** NOT */
export function opNot(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, Uint256.MAX - a);

  frame.pc += 1;
  return Halt.None;
}

/** BYTE */
export function opByte(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, a >= 32n ? 0n : (b >> (248n - 8n * a)) & 0xffn);

  frame.pc += 1;
  return Halt.None;
}

/** SHL */
export function opShl(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, a >= 256n ? 0n : Uint256.wrap(b << a));

  frame.pc += 1;
  return Halt.None;
}

/** SHR */
export function opShr(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, a >= 256n ? 0n : b >> a);

  frame.pc += 1;
  return Halt.None;
}

/** SAR */
export function opSar(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  const shift = a >= 256n ? 255n : a;
  Stack.push(frame.stack, Uint256.wrap(Uint256.toSigned(b) >> shift));

  frame.pc += 1;
  return Halt.None;
}

/** CLZ, from Osaka on (EIP-7939) */
export function opClz(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, 256n - BigInt(Uint256.bitLength(a)));

  frame.pc += 1;
  return Halt.None;
}
