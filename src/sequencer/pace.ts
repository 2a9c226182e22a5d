// When a block is made: at a steady beat while there is work, and between two beats whenever what waits fills one.
import { BLOCK_GAS_LIMIT, MAX_BODY_BYTES } from "../protocol/limits.ts";

/** What waits, or part of it. */
export type Backlog = { readonly bytes: number; readonly gas: bigint };

export const NOTHING: Backlog = { bytes: 0, gas: 0n };

/** Whether what waits fills a block, not counting what rests: what the last block had room for and could not take. */
export function fillsBlock(waiting: Backlog, resting: Backlog): boolean {
  return (
    waiting.bytes - resting.bytes >= MAX_BODY_BYTES || waiting.gas - resting.gas >= BLOCK_GAS_LIMIT
  );
}
