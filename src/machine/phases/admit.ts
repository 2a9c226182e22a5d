// ADMIT: whether a transaction may run in this state, and what it costs its sender in advance.
// Twin: contracts/machine/phases/Admit.sol.
import * as Limits from "../../protocol/limits.ts";
import type * as Account from "../account.ts";
import type * as BlockContext from "../blockContext.ts";
import * as Code from "../code.ts";
import * as Gas from "../gas.ts";
import * as IntrinsicGas from "../intrinsicGas.ts";
import * as Machine from "../machine.ts";
import * as Phase from "../phase.ts";
import * as Substate from "../substate.ts";
import * as TransactionContext from "../transactionContext.ts";
import * as World from "../world.ts";
import * as WorldState from "../worldState.ts";

/** Rules of the skip list that depend on state, block or context; the names are those of the refusals. */
export type Refusal =
  | "nonce"
  | "sender has code"
  | "fee cap"
  | "funds"
  | "intrinsic gas"
  | "initcode size"
  | "gas cap"
  | "block gas"
  | "blob count";

// EIP-4844, EIP-7691 and EIP-7594: how many blobs a transaction may carry.
const MAX_BLOBS_CANCUN = 6;
const MAX_BLOBS_PRAGUE = 9;
const MAX_BLOBS_OSAKA = 6;

/** Admits the transaction and buys its gas, or passes it over without a trace. */
export function runAdmit(machine: Machine.Machine): void {
  const transaction = Machine.openTransaction(machine);
  const block = Machine.openBlock(machine);
  Machine.openWorld(machine);
  const sender = WorldState.open(machine, transaction.sender);

  if (transaction.kind === TransactionContext.DEPOSIT) {
    machine.transaction = { ...transaction, nonce: sender.account.nonce };
    const balance = sender.account.balance + transaction.mint;
    admit(machine, transaction, sender, balance);
    return;
  }
  const refusal = refuse(machine, transaction, block, sender.account);
  machine.refusal = refusal ?? null;
  if (refusal !== undefined) {
    machine.phase = Phase.ENTRY;
    machine.transaction = null;
    return;
  }
  const gasPrice = effectiveGasPrice(transaction, block.baseFee);
  machine.transaction = { ...transaction, gasPrice };
  const blobFee = blobGas(transaction) * block.blobBaseFee;
  const cost = transaction.gasLimit * gasPrice + blobFee;
  admit(machine, transaction, sender, sender.account.balance - cost);
}

/** What a unit of gas costs the sender (EIP-1559). */
export function effectiveGasPrice(
  transaction: TransactionContext.Transaction,
  baseFee: bigint,
): bigint {
  const { maxFeePerGas, maxPriorityFeePerGas } = transaction;
  const withTip = baseFee + maxPriorityFeePerGas;
  return withTip < maxFeePerGas ? withTip : maxFeePerGas;
}

/** Begins a transaction: a fresh world over the state, the sender's new balance and nonce, the warm set. */
export function admit(
  machine: Machine.Machine,
  transaction: TransactionContext.Transaction,
  sender: WorldState.Opening,
  balance: bigint,
): void {
  machine.world = World.reset(machine.world);
  const nonce = sender.account.nonce + 1n;
  WorldState.write(machine, sender, { ...sender.account, nonce, balance });
  Substate.touchAddress(machine, transaction.sender);
  if (!transaction.isCreation) Substate.touchAddress(machine, transaction.to);
  Substate.touchAddress(machine, machine.block.coinbase); // EIP-3651

  machine.phase = phaseAfter(transaction);
}

/** The phase that takes the next item of a transaction's lists, or starts it. */
export function phaseAfter(transaction: TransactionContext.Transaction): number {
  if (transaction.accessList !== null) return Phase.ACCESS;
  if (transaction.authorizations !== null) return Phase.AUTHORIZE;
  return Phase.START;
}

function refuse(
  machine: Machine.Machine,
  transaction: TransactionContext.Transaction,
  block: BlockContext.Block,
  account: Account.Account,
): Refusal | undefined {
  const { context } = machine;
  const { nonce, gasLimit, maxFeePerGas, maxPriorityFeePerGas } = transaction;
  if (nonce !== account.nonce || nonce === Gas.MAX_NONCE) return "nonce";
  if (!maySend(machine, account.code)) return "sender has code";
  if (maxFeePerGas < block.baseFee || maxPriorityFeePerGas > maxFeePerGas) return "fee cap";
  if (transaction.blobHashes.length > 0 && transaction.maxFeePerBlobGas < block.blobBaseFee)
    return "fee cap";
  if (account.balance < largestCost(transaction)) return "funds";
  if (gasLimit < IntrinsicGas.least(transaction, context)) return "intrinsic gas";
  if (transaction.isCreation && transaction.data.size > Gas.MAX_INIT_CODE_SIZE)
    return "initcode size";
  if ((context.isOsaka || context.caps) && gasLimit > Limits.TRANSACTION_GAS_CAP) return "gas cap";
  if (gasLimit > block.gasLimit - block.gasUsed) return "block gas";
  if (transaction.blobHashes.length > maxBlobs(machine)) return "blob count";
  return undefined;
}

// EIP-3607, and EIP-7702 from Prague on.
function maySend(machine: Machine.Machine, code: Code.Code): boolean {
  if (Code.isEmpty(code)) return true;
  if (!machine.context.isPrague) return false;
  return Code.delegate(Code.take(code, machine.witness)) !== undefined;
}

function largestCost(transaction: TransactionContext.Transaction): bigint {
  const { gasLimit, maxFeePerGas, value, maxFeePerBlobGas } = transaction;
  return gasLimit * maxFeePerGas + value + blobGas(transaction) * maxFeePerBlobGas;
}

function blobGas({ blobHashes }: TransactionContext.Transaction): bigint {
  return BigInt(Gas.BLOB * blobHashes.length);
}

function maxBlobs({ context }: Machine.Machine): number {
  if (context.isOsaka) return MAX_BLOBS_OSAKA;
  return context.isPrague ? MAX_BLOBS_PRAGUE : MAX_BLOBS_CANCUN;
}
