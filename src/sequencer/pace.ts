// When a block is made: at a beat while there is work, and between two beats whenever what waits fills one. The beat is quick
// while blocks are saved up, as they are by a sequencer that has not much to do, and else as steady as the inbox allows.
import { BLOCK_GAS_LIMIT, MAX_BODY_BYTES, SECONDS_PER_BLOCK } from "../protocol/limits.ts";

export type Beats = {
  /** Blocks are made at this beat while there is work, and in between when what waits fills one. */
  readonly blockMs: number;
  /** The beat while blocks are saved up. */
  readonly quickMs: number;
};

/** What waits, or part of it. */
export type Backlog = { readonly bytes: number; readonly gas: bigint };

export const NOTHING: Backlog = { bytes: 0, gas: 0n };

/** Whether what waits fills a block, not counting what rests: what the last block had room for and could not take. */
export function fillsBlock(waiting: Backlog, resting: Backlog): boolean {
  return (
    waiting.bytes - resting.bytes >= MAX_BODY_BYTES || waiting.gas - resting.gas >= BLOCK_GAS_LIMIT
  );
}

/** Blocks that are left for quick beats, and when that was counted. */
export type Savings = { readonly blocks: number; readonly atMs: number };

/** An eighth of what the inbox lets a sequencer save up: the rest is for blocks that are full. */
export const MOST_SAVED = 8_192;

/** As many blocks as may be saved, as of `atMs`. */
export function savings(atMs: number): Savings {
  return { blocks: MOST_SAVED, atMs };
}

/** What is saved after one more block, made at `atMs`; below nothing if full blocks took more than there was. */
export function afterBlock({ blocks, atMs: before }: Savings, atMs: number): Savings {
  const seconds = Math.max(0, atMs - before) / 1_000;
  const saved = Math.min(blocks + seconds / Number(SECONDS_PER_BLOCK), MOST_SAVED);
  return { blocks: saved - 1, atMs };
}

/** Milliseconds from one beat to the next. */
export function beatMs({ blocks }: Savings, { quickMs, blockMs }: Beats): number {
  return blocks > 0 ? Math.min(quickMs, blockMs) : blockMs;
}
