// Running without a witness: the node's only engine.
import type * as Context from "./context.ts";
import type * as BlockContext from "./blockContext.ts";
import * as Cursor from "./cursor.ts";
import * as Machine from "./machine.ts";
import * as Phase from "./phase.ts";
import { admit } from "./phases/admit.ts";
import { recordResult } from "./phases/finish.ts";
import * as Step from "./step.ts";
import type * as TransactionContext from "./transactionContext.ts";
import type * as World from "./world.ts";
import * as WorldState from "./worldState.ts";

/** Runs the transaction that the machine has begun, to the end of its receipt or its refusal. */
export function runTransaction(machine: Machine.Machine): void {
  while (machine.phase !== Phase.ENTRY && machine.phase !== Phase.SYSTEM) stepOrExecute(machine);
}

/** What became of a transaction: a result, or why it was refused. */
export type Execution = {
  readonly machine: Machine.Machine;
  readonly result: Machine.Result | null;
  readonly refusal: string | null;
};

/** Runs one transaction in a block of its own over a world. */
export function executeTransaction(
  context: Context.Context,
  block: BlockContext.Block,
  world: World.World,
  transaction: TransactionContext.Transaction,
): Execution {
  const machine = Machine.create(context, block, world);
  machine.transaction = transaction;
  machine.phase = Phase.ADMIT;
  runTransaction(machine);
  return { machine, result: machine.result, refusal: machine.refusal };
}

/**
 * Runs a message that nobody signed, as eth_call does: nothing is checked, nobody pays, and what it would
 * have left is thrown away. The sender must have the value, and the gas limit cover what is used in advance. Whatever
 * `beforeStep` throws ends the call.
 */
export function executeCall(
  context: Context.Context,
  block: BlockContext.Block,
  world: World.World,
  transaction: TransactionContext.Transaction,
  beforeStep: (machine: Machine.Machine) => void,
): Execution {
  const machine = Machine.create(context, block, world);
  machine.transaction = transaction;
  const sender = WorldState.open(machine, transaction.sender);
  admit(machine, transaction, sender, sender.account.balance);
  while (machine.phase !== Phase.FINISH) {
    beforeStep(machine);
    Step.step(machine);
  }
  recordResult(machine, transaction, Cursor.expect(machine.cursor, "outcome"));
  return { machine, result: machine.result, refusal: null };
}

function stepOrExecute(machine: Machine.Machine): void {
  if (machine.phase === Phase.EXECUTE) Step.executeAll(machine);
  else Step.step(machine);
}
