// Where a lie can be told, by name: at each end of the blocks and of the steps, in the padding behind both, and on both
// sides of the powers of two at which trees and spines change their shape.
import type { Lie } from "../dispute/toyTrace.ts";

export type Shape = {
  readonly blockHeight: number;
  readonly stepHeight: number;
  /** Steps of a block, the first and the last one included, are one more than this. */
  readonly steps: number;
};

/** The places of a claim over so many blocks. */
export function places(
  { blockHeight, stepHeight, steps }: Shape,
  blocks: number,
): Record<string, Lie> {
  const [lastStep, lastLeaf] = [2 ** stepHeight - 1, 2 ** blockHeight - 1];
  const middle = Math.floor(blocks / 2);
  return {
    "the first step of the first block": { leaf: 0, step: 0 },
    "the last real step of the last block": { leaf: blocks - 1, step: steps },
    "the first step of a block": { leaf: middle, step: 0 },
    "the last real step of a block": { leaf: middle, step: steps },
    "the first padded step of a block": { leaf: middle, step: steps + 1 },
    "the last possible step of an even block": { leaf: 2 * (middle >> 1), step: lastStep },
    "the last possible step of an odd block": { leaf: 2 * (middle >> 1) + 1, step: lastStep },
    "the first block behind the last": { leaf: blocks, step: 0 },
    "the last but one possible block, which is even": { leaf: lastLeaf - 1, step: lastStep },
    "the last possible block, which is odd": { leaf: lastLeaf, step: lastStep },
  };
}
