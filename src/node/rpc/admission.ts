// Whether a simulated call may run: everything that ADMIT asks, with the error that execution-apis have for each answer, or only
// what no call can do without.

import { admit, effectiveGasPrice } from "../../machine/phases/admit.ts";
import * as Gas from "../../machine/gas.ts";
import * as IntrinsicGas from "../../machine/intrinsicGas.ts";
import type * as Machine from "../../machine/machine.ts";
import type * as TransactionContext from "../../machine/transactionContext.ts";
import * as WorldState from "../../machine/worldState.ts";
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import { TRANSACTION_GAS_CAP } from "../../protocol/limits.ts";
import * as Blocks from "./blocks.ts";
import { InvalidInputError, RefusedError, type RpcError } from "./rpcError.ts";

/** Admits a call of whoever is named, with whatever nonce, at any price; throws RefusedError if it cannot begin. */
export function admitUnchecked(
  machine: Machine.Machine,
  transaction: TransactionContext.Transaction,
): void {
  const sender = WorldState.open(machine, transaction.sender);
  const { nonce, balance } = sender.account;
  const { gasLimit, isCreation, data } = transaction;
  if (nonce === Gas.MAX_NONCE) throw refusalOf("nonce", machine, transaction, nonce);
  if (balance < largestCost(transaction)) throw refusalOf("funds", machine, transaction, nonce);
  if (gasLimit < IntrinsicGas.least(transaction, machine.context))
    throw refusalOf("intrinsic gas", machine, transaction, nonce);
  if (isCreation && data.size > Gas.MAX_INIT_CODE_SIZE)
    throw refusalOf("initcode size", machine, transaction, nonce);

  const gasPrice = effectiveGasPrice(transaction, machine.block.baseFee);
  // The given nonce is the transaction's, but what it creates has the address that the account's gives.
  machine.transaction = { ...transaction, gasPrice, nonce };
  machine.refusal = null;
  admit(machine, machine.transaction, sender, balance - gasLimit * gasPrice);
}

/** The error of a call that ADMIT has refused; `nonce` is that of the sender's account. */
export function refusalOf(
  refusal: string,
  { context, block, world }: Machine.Machine,
  transaction: TransactionContext.Transaction,
  nonce: bigint,
): RpcError {
  const { gasLimit, maxFeePerGas, maxPriorityFeePerGas, data } = transaction;
  const sender = Hex.fromBytes(Bytes.fromBigInt(transaction.sender, 20));
  switch (refusal) {
    case "nonce": {
      const kind = transaction.nonce < nonce ? "nonceTooLow" : "nonceTooHigh";
      return new RefusedError(kind, `${sender} has nonce ${nonce}, the call ${transaction.nonce}`);
    }
    case "sender has code":
      return new RefusedError("senderHasCode", `${sender} has code`);
    case "fee cap": {
      const fees = `maxFeePerGas ${maxFeePerGas}, maxPriorityFeePerGas ${maxPriorityFeePerGas}`;
      return new RefusedError("feeCapTooLow", `${fees}, base fee ${block.baseFee}`);
    }
    case "funds": {
      const { balance } = Blocks.account(world.state, transaction.sender);
      const want = largestCost(transaction);
      return new RefusedError("insufficientFunds", `${sender} has ${balance}, want ${want}`);
    }
    case "intrinsic gas": {
      const want = IntrinsicGas.least(transaction, context);
      return new RefusedError("intrinsicGasTooLow", `have ${gasLimit} gas, want ${want}`);
    }
    case "initcode size": {
      const sizes = `${data.size} bytes of initcode, at most ${Gas.MAX_INIT_CODE_SIZE}`;
      return new RefusedError("initcodeTooLong", sizes);
    }
    case "gas cap": {
      const limits = `${gasLimit} gas, at most ${TRANSACTION_GAS_CAP}`;
      return new InvalidInputError(`a transaction may not have ${limits}`);
    }
    default:
      return new InvalidInputError(`the call is refused: ${refusal}`);
  }
}

function largestCost({ gasLimit, maxFeePerGas, value }: TransactionContext.Transaction): bigint {
  return gasLimit * maxFeePerGas + value;
}
