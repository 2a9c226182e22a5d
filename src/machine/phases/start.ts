// START: the message of a transaction. Twin: contracts/machine/phases/Start.sol.
import * as ContractAddress from "../contractAddress.ts";
import * as Cursor from "../cursor.ts";
import * as FrameKind from "../frameKind.ts";
import * as IntrinsicGas from "../intrinsicGas.ts";
import * as Machine from "../machine.ts";
import * as Phase from "../phase.ts";
import * as Substate from "../substate.ts";
import * as TransactionContext from "../transactionContext.ts";
import * as View from "../view.ts";
import * as WorldState from "../worldState.ts";

/** Takes the intrinsic gas and makes the top-level message; a deposit that cannot pay ends here. */
export function runStart(machine: Machine.Machine): void {
  const transaction = Machine.openTransaction(machine);
  const isDeposit = transaction.kind === TransactionContext.DEPOSIT;
  if (isDeposit || transaction.isCreation) Machine.openWorld(machine);

  if (isDeposit && !canRun(machine, transaction)) {
    machine.phase = Phase.FINISH;
    machine.cursor = Cursor.outcome(Cursor.STATUS_HALT, View.EMPTY);
    return;
  }
  const gas = transaction.gasLimit - IntrinsicGas.intrinsic(transaction);
  if (transaction.isCreation) {
    const address = ContractAddress.byNonce(transaction.sender, transaction.nonce);
    Substate.touchAddress(machine, address);
    machine.cursor = message(transaction, FrameKind.CREATE, address, gas);
    machine.phase = Phase.INITIATE;
  } else {
    machine.cursor = message(transaction, FrameKind.CALL, transaction.to, gas);
    machine.phase = Phase.RESOLVE;
  }
}

// Whoever deposits pays on L1, so that what comes in is not refused but may fail.
function canRun(machine: Machine.Machine, transaction: TransactionContext.Transaction): boolean {
  const { balance } = WorldState.open(machine, transaction.sender).account;
  return (
    balance >= transaction.value &&
    transaction.gasLimit >= IntrinsicGas.least(transaction, machine.context)
  );
}

function message(
  transaction: TransactionContext.Transaction,
  kind: number,
  self: bigint,
  gas: bigint,
): Cursor.Message {
  return {
    type: "message",
    kind,
    caller: transaction.sender,
    self,
    codeAddress: self,
    value: transaction.value,
    gas,
    isStatic: false,
    isDelegated: false,
    depth: 0,
    input: transaction.data,
    outOffset: 0,
    outSize: 0,
    salt: 0n,
  };
}
