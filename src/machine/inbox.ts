// What a machine reads of L1 beside its own state: batches, bodies, deposits and origins. Whoever drives the
// machine has them at hand; in Solidity the witness brings them and the inbox contract vouches for them.
import type * as Batch from "../protocol/batch.ts";
import type * as Deposit from "../protocol/deposit.ts";

export type Inbox = {
  /** The portal's address, which tells the deposits of one chain from those of another. */
  readonly portal: Uint8Array;
  /** The number of the last block in a batch; 0 for batch 0, which is genesis. */
  readonly lastBlock: (batch: bigint) => bigint;
  readonly batch: (batch: bigint) => Batch.Batch;
  readonly body: (batch: bigint) => Uint8Array;
  /** The RLP of the L1 header that a batch names as its origin. */
  readonly originHeader: (batch: bigint) => Uint8Array;
  readonly deposit: (index: bigint) => Deposit.Deposit;
  /** The batch that consumed a deposit. */
  readonly batchOfDeposit: (index: bigint) => bigint;
};
