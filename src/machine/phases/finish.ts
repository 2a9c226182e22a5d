// FINISH: what a transaction used, and who gets paid. Twin: contracts/machine/phases/Finish.sol.
import * as ContractAddress from "../contractAddress.ts";
import * as Cursor from "../cursor.ts";
import * as Gas from "../gas.ts";
import * as IntrinsicGas from "../intrinsicGas.ts";
import * as Logs from "../logs.ts";
import * as Machine from "../machine.ts";
import * as Phase from "../phase.ts";
import * as TransactionContext from "../transactionContext.ts";
import * as View from "../view.ts";
import * as WorldState from "../worldState.ts";

/** Settles the gas with sender and coinbase. */
export function runFinish(machine: Machine.Machine): void {
  const outcome = Machine.openCursor(machine, "outcome");
  const transaction = Machine.openTransaction(machine);
  const block = Machine.openBlock(machine);
  Machine.openWorld(machine);

  const used = recordResult(machine, transaction, outcome);
  if (transaction.kind !== TransactionContext.DEPOSIT) {
    const { gasPrice, gasLimit } = transaction;
    pay(machine, transaction.sender, (gasLimit - used) * gasPrice);
    pay(machine, block.coinbase, used * (gasPrice - block.baseFee));
  }
  machine.cursor = { ...outcome, gas: used };
  machine.phase = machine.world.destroyed === null ? Phase.RECEIPT : Phase.DESTROY;
}

/** Notes what the transaction leaves for its receipt, and returns the gas that it used. */
export function recordResult(
  machine: Machine.Machine,
  transaction: TransactionContext.Transaction,
  outcome: Cursor.Outcome,
): bigint {
  const used = gasUsed(machine, transaction, outcome.gas);
  const hasCreated = outcome.status === Cursor.STATUS_SUCCESS && transaction.isCreation;
  machine.result = {
    transaction,
    status: outcome.status,
    gasUsed: used,
    output: View.loadAll(outcome.output, null),
    logs: Logs.toArray(machine.world.logs),
    created: hasCreated ? ContractAddress.byNonce(transaction.sender, transaction.nonce) : null,
  };
  return used;
}

function gasUsed(
  machine: Machine.Machine,
  transaction: TransactionContext.Transaction,
  left: bigint,
): bigint {
  const spent = transaction.gasLimit - left;
  const limit = spent / Gas.REFUND_QUOTIENT;
  const refund = BigInt(machine.world.refund);
  const used = spent - (refund < limit ? refund : limit);
  if (!machine.context.isPrague) return used;
  const floor = IntrinsicGas.floor(transaction);
  return used > floor ? used : floor;
}

function pay(machine: Machine.Machine, address: bigint, amount: bigint): void {
  const opening = WorldState.open(machine, address);
  const balance = opening.account.balance + amount;
  WorldState.write(machine, opening, { ...opening.account, balance });
}
