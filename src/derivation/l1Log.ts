// What L1 recorded for the L2, as plain data in the order of the L1 log. Whoever reads L1 makes it; nothing
// after it knows L1.
import type * as Batch from "../protocol/batch.ts";

/** A deposit, as the portal's event tells it. */
export type DepositEvent = {
  readonly type: "deposit";
  readonly l1Block: bigint;
  readonly l1Time: bigint;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly opaqueData: Uint8Array;
};

/** A batch, as the inbox's event tells it, with the header of the L1 block that it names. */
export type BatchEvent = {
  readonly type: "batch";
  readonly l1Block: bigint;
  readonly index: bigint;
  readonly accumulator: Uint8Array;
  readonly batch: Batch.Batch;
  readonly body: Uint8Array;
  readonly originHeader: Uint8Array;
};

export type L1Event = DepositEvent | BatchEvent;
