// The CALL family: an instruction pays for memory and access and leaves a message; RESOLVE decides what
// gas it gets and ENTER makes the frame. Twin: contracts/machine/instructions/CallOps.sol.
import * as Account from "../account.ts";
import type * as Cursor from "../cursor.ts";
import * as Frame from "../frame.ts";
import * as FrameKind from "../frameKind.ts";
import * as Gas from "../gas.ts";
import { Halt } from "../halt.ts";
import * as Machine from "../machine.ts";
import type { Executing } from "../machine.ts";
import * as Phase from "../phase.ts";
import * as Stack from "../stack.ts";
import * as View from "../view.ts";
import * as WorldState from "../worldState.ts";
import { accessCost, addressOf } from "./environmentOps.ts";

type Buffers = {
  readonly inOffset: number;
  readonly inSize: number;
  readonly outOffset: number;
  readonly outSize: number;
};

/** CALL */
export function opCall(machine: Executing): Halt {
  const { frame } = machine;
  const gas = Stack.pop(frame.stack);
  const address = addressOf(Stack.pop(frame.stack));
  const value = Stack.pop(frame.stack);
  const buffers = popBuffers(frame);

  if (value !== 0n && frame.isStatic) return Halt.StaticViolation;
  if (!expandBuffers(frame, buffers)) return Halt.OutOfGas;
  Machine.openWorld(machine);
  let cost = accessCost(machine, address);
  if (value !== 0n) cost += Gas.CALL_VALUE;
  if (value !== 0n && Account.isEmpty(WorldState.open(machine, address).account))
    cost += Gas.NEW_ACCOUNT;
  if (!Frame.charge(frame, cost)) return Halt.OutOfGas;

  sendMessage(machine, buffers, {
    kind: FrameKind.CALL,
    caller: frame.self,
    self: address,
    codeAddress: address,
    value,
    gas,
    isStatic: frame.isStatic,
  });

  frame.pc += 1;
  return Halt.None;
}

/** CALLCODE */
export function opCallcode(machine: Executing): Halt {
  const { frame } = machine;
  const gas = Stack.pop(frame.stack);
  const address = addressOf(Stack.pop(frame.stack));
  const value = Stack.pop(frame.stack);
  const buffers = popBuffers(frame);

  if (!expandBuffers(frame, buffers)) return Halt.OutOfGas;
  Machine.openWorld(machine);
  let cost = accessCost(machine, address);
  if (value !== 0n) cost += Gas.CALL_VALUE;
  if (!Frame.charge(frame, cost)) return Halt.OutOfGas;

  sendMessage(machine, buffers, {
    kind: FrameKind.CALLCODE,
    caller: frame.self,
    self: frame.self,
    codeAddress: address,
    value,
    gas,
    isStatic: frame.isStatic,
  });

  frame.pc += 1;
  return Halt.None;
}

/** DELEGATECALL */
export function opDelegatecall(machine: Executing): Halt {
  const { frame } = machine;
  const gas = Stack.pop(frame.stack);
  const address = addressOf(Stack.pop(frame.stack));
  const buffers = popBuffers(frame);

  if (!expandBuffers(frame, buffers)) return Halt.OutOfGas;
  Machine.openWorld(machine);
  const cost = accessCost(machine, address);
  if (!Frame.charge(frame, cost)) return Halt.OutOfGas;

  sendMessage(machine, buffers, {
    kind: FrameKind.DELEGATECALL,
    caller: frame.caller,
    self: frame.self,
    codeAddress: address,
    value: frame.value,
    gas,
    isStatic: frame.isStatic,
  });

  frame.pc += 1;
  return Halt.None;
}

/** STATICCALL */
export function opStaticcall(machine: Executing): Halt {
  const { frame } = machine;
  const gas = Stack.pop(frame.stack);
  const address = addressOf(Stack.pop(frame.stack));
  const buffers = popBuffers(frame);

  if (!expandBuffers(frame, buffers)) return Halt.OutOfGas;
  Machine.openWorld(machine);
  const cost = accessCost(machine, address);
  if (!Frame.charge(frame, cost)) return Halt.OutOfGas;

  sendMessage(machine, buffers, {
    kind: FrameKind.STATICCALL,
    caller: frame.self,
    self: address,
    codeAddress: address,
    value: 0n,
    gas,
    isStatic: true,
  });

  frame.pc += 1;
  return Halt.None;
}

function popBuffers(frame: Frame.Frame): Buffers {
  const inOffset = Number(Stack.pop(frame.stack));
  const inSize = Number(Stack.pop(frame.stack));
  const outOffset = Number(Stack.pop(frame.stack));
  const outSize = Number(Stack.pop(frame.stack));
  return { inOffset, inSize, outOffset, outSize };
}

function expandBuffers(frame: Frame.Frame, buffers: Buffers): boolean {
  return (
    Frame.expand(frame, buffers.inOffset, buffers.inSize) &&
    Frame.expand(frame, buffers.outOffset, buffers.outSize)
  );
}

function sendMessage(
  machine: Executing,
  { inOffset, inSize, outOffset, outSize }: Buffers,
  message: Pick<
    Cursor.Message,
    "kind" | "caller" | "self" | "codeAddress" | "value" | "gas" | "isStatic"
  >,
): void {
  const { frame } = machine;
  machine.phase = Phase.RESOLVE;
  machine.cursor = {
    type: "message",
    ...message,
    isDelegated: false,
    depth: frame.depth + 1,
    input: View.of(frame.memory, inOffset, inSize),
    outOffset: outSize === 0 ? 0 : outOffset,
    outSize,
    salt: 0n,
  };
}
