// Real deposits for the development keys: genesis holds no ether.
import { createPublicClient, http, type Hex } from "viem";
import { getL2TransactionHashes, publicActionsL2, walletActionsL1 } from "viem/op-stack";
import type { Devnet } from "./devnet.ts";

/** Deposits `value` for each key from its own L1 account and waits until L2 has it. */
export async function fund(devnet: Devnet, keys: readonly Hex[], value: bigint): Promise<void> {
  const { l2Chain, client } = devnet;
  const fast = { cacheTime: 0, pollingInterval: 50 };
  const l2 = createPublicClient({ chain: l2Chain, transport: http(), ...fast });
  await Promise.all(
    keys.map(async (key) => {
      const wallet = devnet.l1WalletOf(key).extend(walletActionsL1());
      const to = wallet.account.address;
      const request = await l2
        .extend(publicActionsL2())
        .buildDepositTransaction({ mint: value, to });
      const hash = await wallet.depositTransaction(request);
      const receipt = await client.waitForTransactionReceipt({ hash });
      const [l2Hash] = getL2TransactionHashes(receipt);
      if (l2Hash === undefined) throw new NoDepositError(hash);
      await l2.waitForTransactionReceipt({ hash: l2Hash });
    }),
  );
}

export class NoDepositError extends Error {
  override readonly name = "Fund.NoDepositError";
  readonly transaction: Hex;
  constructor(transaction: Hex) {
    super(`L1 transaction ${transaction} made no deposit`);
    this.transaction = transaction;
  }
}
