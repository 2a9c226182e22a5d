// What a transaction has touched: accessed and created addresses, slots with their original values
// (EIP-2929, EIP-2200), and transient storage (EIP-1153). Twin: contracts/machine/Substate.sol.
import * as PatriciaTrie from "../merkle/patriciaTrie.ts";
import * as HashedKeys from "./hashedKeys.ts";
import type { Machine } from "./machine.ts";
import * as Precompiles from "./precompiles/precompiles.ts";
import * as World from "./world.ts";
import * as WorldState from "./worldState.ts";

/** A slot as the transaction found it. */
export type SlotTouch = { readonly wasWarm: boolean; readonly original: bigint };

/** Marks an address as accessed. Returns whether it was before; precompiles always were. */
export function touchAddress(machine: Machine, address: bigint): boolean {
  if (isPrecompile(machine, address)) return true;
  const { world } = machine;
  const key = HashedKeys.ofAddress(address);
  if (machine.witness !== null) WorldState.recordWay(machine.witness, world.substate, key);
  if (PatriciaTrie.get(world.substate, key) !== undefined) return true;

  const substate = PatriciaTrie.put(world.substate, key, World.ACCESSED);
  machine.world = World.withSubstate(world, substate);
  return false;
}

/** Marks a slot as accessed; `current` is its value now, which is original if this is the first time. */
export function touchSlot(
  machine: Machine,
  address: bigint,
  slot: bigint,
  current: bigint,
): SlotTouch {
  const { world } = machine;
  const key = HashedKeys.ofAddressAndSlot(address, slot);
  if (machine.witness !== null) WorldState.recordWay(machine.witness, world.substate, key);
  const known = PatriciaTrie.get(world.substate, key);
  if (known !== undefined) return { wasWarm: true, original: known };

  const substate = PatriciaTrie.put(world.substate, key, current);
  machine.world = World.withSubstate(world, substate);
  return { wasWarm: false, original: current };
}

/** Marks an address as created in this transaction. */
export function markCreated(machine: Machine, address: bigint): void {
  const { world } = machine;
  const key = HashedKeys.ofAddress(address);
  if (machine.witness !== null) WorldState.recordWay(machine.witness, world.substate, key);
  const substate = PatriciaTrie.put(world.substate, key, World.CREATED);
  machine.world = World.withSubstate(world, substate);
}

/** Whether an address was created in this transaction. */
export function isCreated(machine: Machine, address: bigint): boolean {
  const { substate } = machine.world;
  const key = HashedKeys.ofAddress(address);
  if (machine.witness !== null) WorldState.recordWay(machine.witness, substate, key);
  return PatriciaTrie.get(substate, key) === World.CREATED;
}

/** Reads a slot of transient storage. */
export function loadTransient(machine: Machine, address: bigint, slot: bigint): bigint {
  const { transient } = machine.world;
  const key = HashedKeys.ofAddressAndSlot(address, slot);
  if (machine.witness !== null) WorldState.recordWay(machine.witness, transient, key);
  return PatriciaTrie.get(transient, key) ?? 0n;
}

/** Writes a slot of transient storage. */
export function storeTransient(
  machine: Machine,
  address: bigint,
  slot: bigint,
  value: bigint,
): void {
  const { world, witness } = machine;
  const { transient } = world;
  const key = HashedKeys.ofAddressAndSlot(address, slot);
  if (witness !== null) WorldState.recordWay(witness, transient, key);
  if (value !== 0n) {
    machine.world = World.withTransient(world, PatriciaTrie.put(transient, key, value));
    return;
  }
  if (PatriciaTrie.get(transient, key) === undefined) return;
  if (witness !== null) WorldState.recordSibling(witness, transient, key);
  machine.world = World.withTransient(world, PatriciaTrie.remove(transient, key));
}

/** Whether the fork has a precompile at the address. */
export function isPrecompile(machine: Machine, address: bigint): boolean {
  return (
    address <= LARGEST_PRECOMPILE && Precompiles.at(address, machine.context.fork) !== undefined
  );
}

const LARGEST_PRECOMPILE = 0x100n;
