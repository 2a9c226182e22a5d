// Running without a witness: the node's only engine.
import type * as Context from "./context.ts";
import type * as BlockContext from "./blockContext.ts";
import * as Machine from "./machine.ts";
import * as Phase from "./phase.ts";
import * as Step from "./step.ts";
import type * as TransactionContext from "./transactionContext.ts";
import * as World from "./world.ts";

/** Runs the transaction that the machine has begun, to the end of its receipt or its refusal. */
export function runTransaction(machine: Machine.Machine): void {
  while (machine.phase !== Phase.ENTRY && machine.phase !== Phase.SYSTEM) {
    if (machine.phase === Phase.EXECUTE) executeAll(machine);
    else Step.step(machine);
  }
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

/** Runs a message that nobody signed, as eth_call does: no checks, no fees in advance. */
export function executeCall(
  context: Context.Context,
  block: BlockContext.Block,
  world: World.World,
  transaction: TransactionContext.Transaction,
): Execution {
  const machine = Machine.create(context, block, World.reset(world));
  machine.transaction = transaction;
  machine.phase = Phase.START;
  runTransaction(machine);
  return { machine, result: machine.result, refusal: null };
}

function executeAll(machine: Machine.Machine): void {
  while (machine.phase === Phase.EXECUTE) Step.execute(machine);
}
