// What a frame knows of its message, its transaction and other accounts. Each function: stack, gas,
// operation, program counter. Twin: contracts/machine/instructions/EnvironmentOps.sol.
import * as Bytes from "../../primitives/bytes.ts";
import * as Witness from "../../merkle/witness.ts";
import * as Account from "../account.ts";
import * as Code from "../code.ts";
import * as Frame from "../frame.ts";
import * as Gas from "../gas.ts";
import { Halt } from "../halt.ts";
import * as Machine from "../machine.ts";
import type { Executing } from "../machine.ts";
import * as Stack from "../stack.ts";
import * as Substate from "../substate.ts";
import * as View from "../view.ts";
import * as WorldState from "../worldState.ts";

/** ADDRESS */
export function opAddress(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  Stack.push(frame.stack, frame.self);

  frame.pc += 1;
  return Halt.None;
}

/** BALANCE */
export function opBalance(machine: Executing): Halt {
  const { frame } = machine;
  const address = addressOf(Stack.pop(frame.stack));

  Machine.openWorld(machine);
  if (!Frame.charge(frame, accessCost(machine, address))) return Halt.OutOfGas;

  Stack.push(frame.stack, WorldState.open(machine, address).account.balance);

  frame.pc += 1;
  return Halt.None;
}

/** ORIGIN */
export function opOrigin(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  const transaction = Machine.openTransaction(machine);
  Stack.push(frame.stack, transaction.sender);

  frame.pc += 1;
  return Halt.None;
}

/** CALLER */
export function opCaller(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  Stack.push(frame.stack, frame.caller);

  frame.pc += 1;
  return Halt.None;
}

/** CALLVALUE */
export function opCallvalue(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  Stack.push(frame.stack, frame.value);

  frame.pc += 1;
  return Halt.None;
}

/** CALLDATASIZE */
export function opCalldatasize(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  View.open(frame.input, machine.witness);
  Stack.push(frame.stack, BigInt(frame.input.size));

  frame.pc += 1;
  return Halt.None;
}

/** CODESIZE */
export function opCodesize(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  Stack.push(frame.stack, BigInt(frame.bytecode.length));

  frame.pc += 1;
  return Halt.None;
}

/** GASPRICE */
export function opGasprice(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  const transaction = Machine.openTransaction(machine);
  Stack.push(frame.stack, transaction.gasPrice);

  frame.pc += 1;
  return Halt.None;
}

/** EXTCODESIZE */
export function opExtcodesize(machine: Executing): Halt {
  const { frame } = machine;
  const address = addressOf(Stack.pop(frame.stack));

  Machine.openWorld(machine);
  if (!Frame.charge(frame, accessCost(machine, address))) return Halt.OutOfGas;

  const { code } = WorldState.open(machine, address).account;
  Stack.push(frame.stack, BigInt(Code.take(code, machine.witness).length));

  frame.pc += 1;
  return Halt.None;
}

/** RETURNDATASIZE */
export function opReturndatasize(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.BASE)) return Halt.OutOfGas;

  View.open(frame.returned, machine.witness);
  Stack.push(frame.stack, BigInt(frame.returned.size));

  frame.pc += 1;
  return Halt.None;
}

/** EXTCODEHASH */
export function opExtcodehash(machine: Executing): Halt {
  const { frame } = machine;
  const address = addressOf(Stack.pop(frame.stack));

  Machine.openWorld(machine);
  if (!Frame.charge(frame, accessCost(machine, address))) return Halt.OutOfGas;

  const { account } = WorldState.open(machine, address);
  Stack.push(frame.stack, Account.isEmpty(account) ? 0n : Bytes.toBigInt(account.code.hash));

  frame.pc += 1;
  return Halt.None;
}

/** SELFBALANCE */
export function opSelfbalance(machine: Executing): Halt {
  const { frame } = machine;

  if (!Frame.charge(frame, Gas.LOW)) return Halt.OutOfGas;

  Machine.openWorld(machine);
  Stack.push(frame.stack, WorldState.open(machine, frame.self).account.balance);

  frame.pc += 1;
  return Halt.None;
}

/** BLOBHASH */
export function opBlobhash(machine: Executing): Halt {
  const { frame } = machine;
  const index = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.BLOBHASH)) return Halt.OutOfGas;

  const { blobHashes } = Machine.openTransaction(machine);
  const blobHash = index < blobHashes.length ? blobHashes[Number(index)] : undefined;
  if (blobHash !== undefined && machine.witness !== null)
    for (const each of blobHashes) Witness.writeUint256(machine.witness, each);
  Stack.push(frame.stack, blobHash ?? 0n);

  frame.pc += 1;
  return Halt.None;
}

/** The address in the low 20 bytes of a stack item. */
export function addressOf(item: bigint): bigint {
  return BigInt.asUintN(160, item);
}

/** The cost of an access to an account, which counts as accessed from then on (EIP-2929). */
export function accessCost(machine: Executing, address: bigint): number {
  return Substate.touchAddress(machine, address) ? Gas.WARM_ACCESS : Gas.COLD_ACCOUNT;
}
