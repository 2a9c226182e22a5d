// Moving ether and tokens from L1 to L2: ether by viem's own action, tokens by the bridge, for which it has none.
import { type Address, erc20Abi, type Hash, type TransactionReceipt } from "viem";
import { depositTransaction, getL2TransactionHashes } from "viem/op-stack";
import * as Abi from "../l1/abi.ts";
import type { Clients, L1Chain, L2Chain } from "./clients.ts";
import { succeeded } from "./receipt.ts";

/** A deposit on L1, and the hash under which clients find it on L2. */
export type Deposited = {
  readonly receipt: TransactionReceipt;
  readonly l2Hash: Hash;
};

/** Enough for a transfer to any account that is no contract, and below what costs extra on L1. */
const TRANSFER_GAS = 100_000n;
/** The bridge sets the gas on L2 itself. */
const NO_MIN_GAS = 0;

/** Sends ether, `value` in wei, to an account on L2; throws RevertedError or NoDepositError. */
export async function depositEther(
  l1: Clients<L1Chain>,
  l2Chain: L2Chain,
  { to, value }: { readonly to: Address; readonly value: bigint },
): Promise<Deposited> {
  const { account, chain } = l1.wallet;
  const request = { gas: TRANSFER_GAS, to, mint: value, value };
  const hash = await depositTransaction(l1.wallet, {
    account,
    chain,
    request,
    targetChain: l2Chain,
  });
  return deposited(l1, hash);
}

/**
 * Sends tokens, `amount` in the token's smallest unit, to an account on L2, after allowing the bridge to take them; throws
 * UnknownL1Error, RevertedError or NoDepositError.
 */
export async function depositToken(
  l1: Clients<L1Chain>,
  l2Chain: L2Chain,
  move: {
    readonly l1Token: Address;
    readonly l2Token: Address;
    readonly to: Address;
    readonly amount: bigint;
  },
): Promise<Deposited> {
  const { account, chain } = l1.wallet;
  const bridge = bridgeOf(l2Chain, chain.id);
  const { l1Token, l2Token, to, amount } = move;
  const allowed = await l1.client.readContract({
    address: l1Token,
    abi: erc20Abi,
    functionName: "allowance",
    args: [account.address, bridge],
  });
  if (allowed < amount) {
    const approval = await l1.wallet.writeContract({
      address: l1Token,
      abi: erc20Abi,
      functionName: "approve",
      args: [bridge, amount],
    });
    await succeeded(l1, approval);
  }
  const hash = await l1.wallet.writeContract({
    address: bridge,
    abi: Abi.STANDARD_BRIDGE,
    functionName: "bridgeERC20To",
    args: [l1Token, l2Token, to, amount, NO_MIN_GAS, "0x"],
  });
  return deposited(l1, hash);
}

async function deposited(l1: Clients<L1Chain>, hash: Hash): Promise<Deposited> {
  const receipt = await succeeded(l1, hash);
  const [l2Hash] = getL2TransactionHashes({ logs: receipt.logs });
  if (l2Hash === undefined) throw new NoDepositError(hash);
  return { receipt, l2Hash };
}

function bridgeOf({ contracts }: L2Chain, l1Id: number): Address {
  const bridge = contracts.l1StandardBridge[l1Id];
  if (bridge === undefined) throw new UnknownL1Error(l1Id);
  return bridge.address;
}

/** The portal logged nothing: what was called is another contract. */
export class NoDepositError extends Error {
  override readonly name = "Deposit.NoDepositError";
  readonly hash: Hash;
  constructor(hash: Hash) {
    super(`expected a deposit in the logs of ${hash}, got none`);
    this.hash = hash;
  }
}

export class UnknownL1Error extends Error {
  override readonly name = "Deposit.UnknownL1Error";
  readonly chainId: number;
  constructor(chainId: number) {
    super(`the L2's contracts do not stand on chain ${chainId}`);
    this.chainId = chainId;
  }
}
