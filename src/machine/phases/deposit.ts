// DEPOSIT: what a creation leaves becomes the code of its account.
// Twin: contracts/machine/phases/Deposit.sol.
import * as Code from "../code.ts";
import type * as Cursor from "../cursor.ts";
import * as Frame from "../frame.ts";
import * as Gas from "../gas.ts";
import * as Machine from "../machine.ts";
import * as Stack from "../stack.ts";
import * as View from "../view.ts";
import * as WorldState from "../worldState.ts";
import { finishTop, returnToParent } from "./settle.ts";

const RESERVED_PREFIX = 0xef; // EIP-3541

/** Pays for the code and sets it; what cannot be code halts the creation. */
export function runDeposit(machine: Machine.Machine): void {
  const frame = Machine.openFrame(machine);
  const outcome = Machine.openCursor(machine, "outcome");
  Machine.openWorld(machine);

  if (!setCode(machine, frame, outcome)) {
    Machine.haltFrame(machine);
    return;
  }
  if (frame.parent === null) {
    finishTop(machine, frame, outcome);
    return;
  }
  returnToParent(machine, frame, frame.parent);
  Stack.push(frame.parent.stack, frame.self);
  frame.parent.returned = View.EMPTY;
}

function setCode(
  machine: Machine.Machine,
  frame: Frame.Frame,
  { output }: Cursor.Outcome,
): boolean {
  View.open(output, machine.witness);
  if (output.size > Gas.MAX_CODE_SIZE) return false;
  if (!Frame.charge(frame, Gas.CODE_DEPOSIT_BYTE * output.size)) return false;
  if (output.size === 0) return true;

  const bytes = View.loadAll(output, machine.witness);
  if (bytes[0] === RESERVED_PREFIX) return false;
  const opening = WorldState.open(machine, frame.self);
  WorldState.write(machine, opening, { ...opening.account, code: Code.of(bytes) });
  return true;
}
