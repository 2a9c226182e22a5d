// ACCESS: one item of the access list (EIP-2930). Twin: contracts/machine/phases/Access.sol.
import { assert } from "../../primitives/assert.ts";
import * as Witness from "../../merkle/witness.ts";
import * as Machine from "../machine.ts";
import * as Substate from "../substate.ts";
import * as TransactionContext from "../transactionContext.ts";
import * as WorldState from "../worldState.ts";
import { phaseAfter } from "./admit.ts";

/** Marks the next address or slot as accessed. */
export function runAccess(machine: Machine.Machine): void {
  const transaction = Machine.openTransaction(machine);
  Machine.openWorld(machine);
  const item = transaction.accessList;
  assert(item !== null, "ACCESS runs while the list has items");
  if (machine.witness !== null) {
    Witness.writeUint160(machine.witness, item.address);
    Witness.writeUint8(machine.witness, item.isSlot ? 1 : 0);
    Witness.writeUint256(machine.witness, item.slot);
    Witness.writeBytes32(machine.witness, TransactionContext.hashAccessList(item.rest));
  }

  if (item.isSlot) {
    const account = WorldState.open(machine, item.address);
    const current = WorldState.openSlot(machine, account, item.slot);
    Substate.touchSlot(machine, item.address, item.slot, current);
  } else {
    Substate.touchAddress(machine, item.address);
  }

  const rest = { ...transaction, accessList: item.rest };
  machine.transaction = rest;
  machine.phase = phaseAfter(rest);
}
