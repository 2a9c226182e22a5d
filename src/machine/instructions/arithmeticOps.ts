// Arithmetic modulo 2^256. Each function: stack, gas, operation, program counter.
// Twin: contracts/machine/instructions/ArithmeticOps.sol.
import * as Uint256 from "../../primitives/uint256.ts";
import * as Frame from "../frame.ts";
import * as Gas from "../gas.ts";
import { Halt } from "../halt.ts";
import type { Executing } from "../machine.ts";
import * as Stack from "../stack.ts";

/** ADD */
export function opAdd(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  const sum = a + b;
  Stack.push(frame.stack, sum > Uint256.MAX ? sum - Uint256.MODULUS : sum);

  frame.pc += 1;
  return Halt.None;
}

/** MUL */
export function opMul(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, Uint256.wrap(a * b));

  frame.pc += 1;
  return Halt.None;
}

/** SUB */
export function opSub(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.VERY_LOW)) return Halt.OutOfGas;

  const difference = a - b;
  Stack.push(frame.stack, difference < 0n ? difference + Uint256.MODULUS : difference);

  frame.pc += 1;
  return Halt.None;
}

/** DIV */
export function opDiv(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, b === 0n ? 0n : a / b);

  frame.pc += 1;
  return Halt.None;
}

/** SDIV */
export function opSdiv(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.LOW)) return Halt.OutOfGas;

  const quotient = b === 0n ? 0n : Uint256.toSigned(a) / Uint256.toSigned(b);
  Stack.push(frame.stack, Uint256.wrap(quotient));

  frame.pc += 1;
  return Halt.None;
}

/** MOD */
export function opMod(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.LOW)) return Halt.OutOfGas;

  Stack.push(frame.stack, b === 0n ? 0n : a % b);

  frame.pc += 1;
  return Halt.None;
}

/** SMOD */
export function opSmod(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.LOW)) return Halt.OutOfGas;

  const remainder = b === 0n ? 0n : Uint256.toSigned(a) % Uint256.toSigned(b);
  Stack.push(frame.stack, Uint256.wrap(remainder));

  frame.pc += 1;
  return Halt.None;
}

/** ADDMOD */
export function opAddmod(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);
  const c = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.MID)) return Halt.OutOfGas;

  Stack.push(frame.stack, c === 0n ? 0n : (a + b) % c);

  frame.pc += 1;
  return Halt.None;
}

/** MULMOD */
export function opMulmod(machine: Executing): Halt {
  const { frame } = machine;
  const a = Stack.pop(frame.stack);
  const b = Stack.pop(frame.stack);
  const c = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.MID)) return Halt.OutOfGas;

  Stack.push(frame.stack, c === 0n ? 0n : (a * b) % c);

  frame.pc += 1;
  return Halt.None;
}

/** EXP */
export function opExp(machine: Executing): Halt {
  const { frame } = machine;
  const base = Stack.pop(frame.stack);
  const exponent = Stack.pop(frame.stack);

  const cost = Gas.EXPONENTIATION + Gas.EXPONENTIATION_BYTE * Uint256.byteLength(exponent);
  if (!Frame.charge(frame, cost)) return Halt.OutOfGas;

  Stack.push(frame.stack, power(base, exponent));

  frame.pc += 1;
  return Halt.None;
}

/** SIGNEXTEND */
export function opSignextend(machine: Executing): Halt {
  const { frame } = machine;
  const byte = Stack.pop(frame.stack);
  const value = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.LOW)) return Halt.OutOfGas;

  const isWhole = byte >= 31n;
  const bits = 8 * (Number(byte) + 1);
  Stack.push(frame.stack, isWhole ? value : Uint256.wrap(BigInt.asIntN(bits, value)));

  frame.pc += 1;
  return Halt.None;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = Uint256.wrap(result * square);
    square = Uint256.wrap(square * square);
  }
  return result;
}
