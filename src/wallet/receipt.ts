// What a user waits for after each transaction: that it is in a block, and did not fail there.
import type { Chain, Hash, TransactionReceipt } from "viem";
import type { Clients } from "./clients.ts";

/** The receipt of a transaction once it is in a block; throws RevertedError if it failed there. */
export async function succeeded<C extends Chain>(
  { client }: Clients<C>,
  hash: Hash,
): Promise<TransactionReceipt> {
  const receipt = await client.waitForTransactionReceipt({ hash });
  if (receipt.status !== "success") throw new RevertedError(hash);
  return receipt;
}

/** Between the estimate and the block something changed, such as who came first. */
export class RevertedError extends Error {
  override readonly name = "Receipt.RevertedError";
  readonly hash: Hash;
  constructor(hash: Hash) {
    super(`expected transaction ${hash} to succeed, but it reverted`);
    this.hash = hash;
  }
}
