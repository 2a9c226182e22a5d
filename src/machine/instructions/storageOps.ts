// Storage and transient storage. Twin: contracts/machine/instructions/StorageOps.sol.
import * as Frame from "../frame.ts";
import * as Gas from "../gas.ts";
import { Halt } from "../halt.ts";
import * as Machine from "../machine.ts";
import type { Executing } from "../machine.ts";
import * as Stack from "../stack.ts";
import * as Substate from "../substate.ts";
import * as World from "../world.ts";
import * as WorldState from "../worldState.ts";

/** SLOAD */
export function opSload(machine: Executing): Halt {
  const { frame } = machine;
  const slot = Stack.pop(frame.stack);

  Machine.openWorld(machine);
  const account = WorldState.open(machine, frame.self);
  const value = WorldState.openSlot(machine, account, slot);
  const { wasWarm } = Substate.touchSlot(machine, frame.self, slot, value);
  if (!Frame.charge(frame, wasWarm ? Gas.WARM_ACCESS : Gas.COLD_SLOT)) return Halt.OutOfGas;

  Stack.push(frame.stack, value);

  frame.pc += 1;
  return Halt.None;
}

/** SSTORE */
export function opSstore(machine: Executing): Halt {
  const { frame } = machine;
  const slot = Stack.pop(frame.stack);
  const value = Stack.pop(frame.stack);

  if (Frame.gasLeft(frame) <= Gas.STORAGE_STIPEND) return Halt.OutOfGas;
  Machine.openWorld(machine);
  const account = WorldState.open(machine, frame.self);
  const current = WorldState.openSlot(machine, account, slot);
  const { wasWarm, original } = Substate.touchSlot(machine, frame.self, slot, current);
  const access = wasWarm ? 0 : Gas.COLD_SLOT;
  if (!Frame.charge(frame, access + writeCost(original, current, value))) return Halt.OutOfGas;

  if (value !== current) {
    const refund = refundChange(original, current, value);
    if (refund !== 0) machine.world = World.applyRefund(machine.world, refund);
    WorldState.writeSlot(machine, account, slot, value);
  }

  frame.pc += 1;
  return Halt.None;
}

/** TLOAD */
export function opTload(machine: Executing): Halt {
  const { frame } = machine;
  const slot = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.TRANSIENT)) return Halt.OutOfGas;

  Machine.openWorld(machine);
  Stack.push(frame.stack, Substate.loadTransient(machine, frame.self, slot));

  frame.pc += 1;
  return Halt.None;
}

/** TSTORE */
export function opTstore(machine: Executing): Halt {
  const { frame } = machine;
  const slot = Stack.pop(frame.stack);
  const value = Stack.pop(frame.stack);

  if (!Frame.charge(frame, Gas.TRANSIENT)) return Halt.OutOfGas;

  Machine.openWorld(machine);
  Substate.storeTransient(machine, frame.self, slot, value);

  frame.pc += 1;
  return Halt.None;
}

// EIP-2200: full price only for the first change of a slot in a transaction.
function writeCost(original: bigint, current: bigint, value: bigint): number {
  if (value === current || original !== current) return Gas.WARM_ACCESS;
  return original === 0n ? Gas.STORAGE_SET : Gas.STORAGE_RESET;
}

// EIP-3529: what clearing a slot gives back, and what restoring one gives back or takes.
function refundChange(original: bigint, current: bigint, value: bigint): number {
  let change = 0;
  if (original !== 0n) {
    if (current === 0n) change -= Gas.STORAGE_CLEAR_REFUND;
    if (value === 0n) change += Gas.STORAGE_CLEAR_REFUND;
  }
  if (value === original)
    change += (original === 0n ? Gas.STORAGE_SET : Gas.STORAGE_RESET) - Gas.WARM_ACCESS;
  return change;
}
