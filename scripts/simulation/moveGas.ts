// What each move costs, in gas of a transaction of its own. Held to the contract by test/dispute/gas.test.ts.
import type { Move } from "../../src/dispute/move.ts";

/** The most that a move was measured to take at full size; calls that walk a tree without their openings. */
export const MOVE_GAS: Readonly<Record<Move["kind"], bigint>> = {
  propose: 176_000n,
  bisect: 131_000n,
  refine: 140_000n,
  // The game's part: the step itself comes on top.
  prove: 75_000n,
  update: 34_000n,
  confirm: 140_000n,
  settleRefinement: 115_000n,
  rewardBlocks: 70_000n,
  rewardSteps: 70_000n,
  withdraw: 34_000n,
};

/** Each opening that a call walks through, each move or proof that it pays, and each account whose credit that begins. */
export const OPENING_GAS = 17_000n;
export const PAYMENT_GAS = 8_500n;
export const CREDIT_GAS = 20_000n;

/** The dearest step that fits L1: docs/bounds.md. */
export const STEP_GAS = 14_000_000n;

/** The aim for a step of arithmetic or memory, which most stay far below: docs/benchmarks.md. */
export const TYPICAL_STEP_GAS = 250_000n;

/** The gas of one move, which pays so many moves and proofs and begins the credit of so many accounts. */
export function gasOf(move: Move, payments: number, begun: number): bigint {
  const base = MOVE_GAS[move.kind];
  switch (move.kind) {
    case "prove":
      return base + STEP_GAS;
    case "update":
    case "confirm":
    case "settleRefinement":
    case "rewardBlocks":
    case "rewardSteps":
      return (
        base +
        OPENING_GAS * BigInt(move.openings.length) +
        PAYMENT_GAS * BigInt(payments) +
        CREDIT_GAS * BigInt(begun)
      );
    case "propose":
    case "bisect":
    case "refine":
    case "withdraw":
      return base;
  }
}
