// SETTLE: what a frame that has ended leaves to its parent. Twin: contracts/machine/phases/Settle.sol.
import * as Cursor from "../cursor.ts";
import * as Frame from "../frame.ts";
import * as FrameKind from "../frameKind.ts";
import * as Machine from "../machine.ts";
import * as Phase from "../phase.ts";
import * as Stack from "../stack.ts";
import * as TransactionContext from "../transactionContext.ts";
import * as View from "../view.ts";

/** Keeps or restores the world and hands gas, status and output on. */
export function runSettle(machine: Machine.Machine): void {
  const frame = Machine.openFrame(machine);
  const outcome = Machine.openCursor(machine, "outcome");

  const isSuccess = outcome.status === Cursor.STATUS_SUCCESS;
  if (!isSuccess) machine.world = frame.snapshot;
  if (isSuccess && FrameKind.isCreation(frame.kind)) {
    machine.phase = Phase.DEPOSIT;
    return;
  }
  if (frame.parent === null) settleTop(machine, frame, outcome);
  else settleNested(machine, frame, frame.parent, outcome);
}

/** Hands the gas that a frame has left to its parent, which runs on. */
export function returnToParent(
  machine: Machine.Machine,
  frame: Frame.Frame,
  parent: Frame.Frame,
): void {
  Frame.open(parent, machine.witness);
  Frame.refundGas(parent, Frame.gasLeft(frame));
  machine.frame = parent;
  machine.phase = Phase.EXECUTE;
  machine.cursor = null;
}

/** Ends the message of a transaction. */
export function finishTop(
  machine: Machine.Machine,
  frame: Frame.Frame,
  outcome: Cursor.Outcome,
): void {
  machine.frame = null;
  machine.phase = Phase.FINISH;
  machine.cursor = { ...outcome, gas: Frame.gasLeft(frame) };
}

function settleTop(machine: Machine.Machine, frame: Frame.Frame, outcome: Cursor.Outcome): void {
  const transaction = Machine.openTransaction(machine);
  if (transaction.kind !== TransactionContext.SYSTEM_CALL) {
    finishTop(machine, frame, outcome);
    return;
  }
  machine.frame = null;
  machine.phase = Phase.SYSTEM;
  machine.cursor = { type: "system", index: Number(transaction.nonce) + 1 };
}

function settleNested(
  machine: Machine.Machine,
  frame: Frame.Frame,
  parent: Frame.Frame,
  outcome: Cursor.Outcome,
): void {
  returnToParent(machine, frame, parent);
  if (FrameKind.isCreation(frame.kind)) {
    Stack.push(parent.stack, 0n);
    parent.returned = outcome.output;
    return;
  }

  const { output } = outcome;
  View.open(output, machine.witness);
  Stack.push(parent.stack, outcome.status === Cursor.STATUS_SUCCESS ? 1n : 0n);
  parent.returned = output;
  const count = Math.min(frame.outSize, output.size);
  if (count === 0) return;
  machine.phase = Phase.COPY;
  machine.cursor = {
    type: "copy",
    source: Cursor.COPY_MEMORY_TREE,
    memory: output.memory,
    code: null,
    from: output.offset,
    available: count,
    dest: frame.outOffset,
    remaining: count,
    next: Phase.EXECUTE,
  };
}
