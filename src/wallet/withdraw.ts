// Moving ether and tokens from L2 to L1, in three transactions: initiate on L2, then prove and finalize on L1.
import { type Address, type Hash, isAddressEqual, type TransactionReceipt } from "viem";
import {
  buildProveWithdrawal,
  finalizeWithdrawal,
  getWithdrawals,
  getWithdrawalStatus,
  type GetWithdrawalStatusReturnType,
  initiateWithdrawal,
  proveWithdrawal,
  waitToProve,
} from "viem/op-stack";
import * as Abi from "../l1/abi.ts";
import * as Hex from "../primitives/hex.ts";
import { MESSAGE_PASSER } from "../protocol/limits.ts";
import type { Clients, L1Chain, L2Chain } from "./clients.ts";
import { succeeded } from "./receipt.ts";

export type Withdrawal = ReturnType<typeof getWithdrawals>[number];

/** What a plain transfer on L1 may use. */
const TRANSFER_GAS = 21_000n;
/** The bridge sets the gas on L1 itself. */
const NO_MIN_GAS = 0;

/** Sends ether, `value` in wei, to an account on L1; answers the receipt that the other steps need, or throws RevertedError. */
export async function initiateEther(
  l2: Clients<L2Chain>,
  { to, value }: { readonly to: Address; readonly value: bigint },
): Promise<TransactionReceipt> {
  const { account, chain } = l2.wallet;
  const request = { gas: TRANSFER_GAS, to, value };
  const hash = await initiateWithdrawal(l2.wallet, { account, chain, request });
  return succeeded(l2, hash);
}

/**
 * Sends tokens, `amount` in the token's smallest unit, to an account on L1; answers the receipt that the other steps need, or
 * throws RevertedError.
 */
export async function initiateToken(
  l2: Clients<L2Chain>,
  move: {
    readonly l1Token: Address;
    readonly l2Token: Address;
    readonly to: Address;
    readonly amount: bigint;
  },
): Promise<TransactionReceipt> {
  const { l1Token, l2Token, to, amount } = move;
  const hash = await l2.wallet.writeContract({
    address: l2.chain.contracts.l2StandardBridge.address,
    abi: Abi.STANDARD_BRIDGE,
    functionName: "bridgeERC20To",
    args: [l2Token, l1Token, to, amount, NO_MIN_GAS, "0x"],
  });
  return succeeded(l2, hash);
}

/** How far the withdrawal in a receipt of L2 has come, in viem's words. */
export async function status(
  l1: Clients<L1Chain>,
  l2Chain: L2Chain,
  receipt: TransactionReceipt,
): Promise<GetWithdrawalStatusReturnType> {
  return getWithdrawalStatus(l1.client, { receipt: genuine(receipt), targetChain: l2Chain });
}

/** Waits for a claim that covers the withdrawal, and shows on L1 that it was sent; throws RevertedError if that fails there. */
export async function prove(
  l1: Clients<L1Chain>,
  l2: Clients<L2Chain>,
  receipt: TransactionReceipt,
): Promise<TransactionReceipt> {
  const { account, chain } = l1.wallet;
  const { game, withdrawal } = await waitToProve(l1.client, {
    receipt: genuine(receipt),
    targetChain: l2.chain,
  });
  const built = await buildProveWithdrawal(l2.client, { account, game, withdrawal });
  const hash = await proveWithdrawal(l1.wallet, { ...built, chain, targetChain: l2.chain });
  return succeeded(l1, hash);
}

/** Has a proven withdrawal paid, once its claim is confirmed; throws NoWithdrawalError or RevertedError. */
export async function finalize(
  l1: Clients<L1Chain>,
  l2Chain: L2Chain,
  receipt: TransactionReceipt,
): Promise<TransactionReceipt> {
  const { account, chain } = l1.wallet;
  const withdrawal = withdrawalOf(receipt);
  const hash = await finalizeWithdrawal(l1.wallet, {
    account,
    chain,
    withdrawal,
    targetChain: l2Chain,
  });
  return succeeded(l1, hash);
}

/** The withdrawal in a receipt of L2; throws NoWithdrawalError if the message passer logged none. */
export function withdrawalOf(receipt: TransactionReceipt): Withdrawal {
  const { logs, transactionHash } = genuine(receipt);
  const [withdrawal] = getWithdrawals({ logs });
  if (withdrawal === undefined) throw new NoWithdrawalError(transactionHash);
  return withdrawal;
}

// viem takes the first log of this form, whoever wrote it: any contract that was called before may have.
function genuine(receipt: TransactionReceipt): TransactionReceipt {
  const passer = Hex.fromBytes(MESSAGE_PASSER);
  return {
    ...receipt,
    logs: receipt.logs.filter(({ address }) => isAddressEqual(address, passer)),
  };
}

export class NoWithdrawalError extends Error {
  override readonly name = "Withdraw.NoWithdrawalError";
  readonly hash: Hash;
  constructor(hash: Hash) {
    super(`expected a withdrawal in the logs of ${hash}, got none`);
    this.hash = hash;
  }
}
