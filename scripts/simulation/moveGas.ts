// What each move costs, in gas of a transaction of its own. Held to the contract by test/dispute/gas.test.ts.
import type { Move } from "../../src/dispute/move.ts";

/** The most that a move was measured to take at full size; a timer update for each of its splits. */
export const MOVE_GAS: Readonly<Record<Move["kind"], bigint>> = {
  propose: 180_000n,
  bisect: 132_000n,
  refine: 140_000n,
  // The game's part: the step itself comes on top.
  prove: 75_000n,
  update: 25_000n,
  updateLeaf: 47_000n,
  confirm: 48_000n,
  settleClaim: 58_000n,
  settleRefinement: 78_000n,
  forfeitClaim: 93_000n,
  forfeitRefinement: 55_000n,
  rewardBlocks: 280_000n,
  rewardSteps: 460_000n,
  withdraw: 36_000n,
};

/** The dearest step that fits L1: docs/bounds.md. */
export const STEP_GAS = 14_000_000n;

/** The aim for a step of arithmetic or memory, which most stay far below: docs/benchmarks.md. */
export const TYPICAL_STEP_GAS = 250_000n;

/** What any transaction costs; the gas of an update is of its splits alone. */
export const TRANSACTION_GAS = 21_000n;

/** The gas of one move. */
export function gasOf(move: Move): bigint {
  if (move.kind === "prove") return MOVE_GAS.prove + STEP_GAS;
  if (move.kind !== "update") return MOVE_GAS[move.kind];
  return TRANSACTION_GAS + MOVE_GAS.update * BigInt(move.splits.length);
}
