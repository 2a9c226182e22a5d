// DESTROY: the removal of one account that its own transaction made and destroyed.
// Twin: contracts/machine/phases/Destroy.sol.
import { assert } from "../../primitives/assert.ts";
import * as Witness from "../../merkle/witness.ts";
import * as Machine from "../machine.ts";
import * as Phase from "../phase.ts";
import * as World from "../world.ts";
import * as WorldState from "../worldState.ts";

/** Removes the newest of the accounts that are left to remove. */
export function runDestroy(machine: Machine.Machine): void {
  Machine.openCursor(machine, "outcome");
  Machine.openWorld(machine);
  const newest = machine.world.destroyed;
  assert(newest !== null, "DESTROY runs while accounts are left to remove");
  if (machine.witness !== null) {
    Witness.writeUint160(machine.witness, newest.address);
    Witness.writeBytes32(machine.witness, World.hashDestroyed(newest.previous));
  }

  const opening = WorldState.open(machine, newest.address);
  if (opening.exists) WorldState.remove(machine, opening);

  machine.world = World.withoutNewestDestroyed(machine.world, newest);
  if (newest.previous === null) machine.phase = Phase.RECEIPT;
}
