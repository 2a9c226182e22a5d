// Sends the moves of one plan. A transaction that L1 refuses costs nothing and stops nothing: somebody else may have
// made the move, and the next look at the game tells.
import { BaseError, type Address } from "viem";
import type * as Game from "../dispute/game.ts";
import type { Move } from "../dispute/move.ts";
import type * as Flight from "../l1/flight.ts";
import * as Send from "../l1/send.ts";
import * as Plan from "./plan.ts";

export type Dispatch = {
  readonly sender: Send.Sender;
  readonly game: Address;
  readonly config: Game.Config;
  /** Milliseconds since any time. */
  readonly clock: () => number;
  /** The greater goes first, where not all can be under way at once. */
  readonly urgencyOf: (move: Move) => bigint;
  /** Told of each move that L1 has taken, with the gas of its transaction. */
  readonly onMade: (moves: readonly Move[], gas: bigint) => void;
  /** Told of each that it has not. */
  readonly onRefused: (moves: readonly Move[], reason: string) => void;
};

/** What comes up meanwhile is seen by the next look: moves that have not begun by then are left to that. */
const LOOK_AGAIN_MS = 300_000;

/**
 * Sends moves, given in an order in which they could be made one by one, and waits for all that it begins; gives how many
 * transactions L1 took.
 */
export async function send(dispatch: Dispatch, moves: readonly Move[]): Promise<number> {
  const { sender, config, game, clock, urgencyOf, onMade, onRefused } = dispatch;
  const endsAt = clock() + LOOK_AGAIN_MS;
  const plan = Plan.create({ config, game }, moves, urgencyOf);
  let taken = 0;
  const settle = (step: Plan.Step, outcome: Flight.Outcome) => {
    if ("receipt" in outcome) {
      taken++;
      Plan.drop(plan, step);
      onMade(step.moves, outcome.receipt.gasUsed);
    } else if (step.moves.length > 1) {
      Plan.halve(plan, step);
    } else {
      Plan.drop(plan, step);
      onRefused(step.moves, reasonOf(outcome.refusal));
    }
  };
  const ready = () => (clock() < endsAt ? Plan.ready(plan) : []);
  await Send.sendAll(sender, { ready, settle });
  return taken;
}

function reasonOf(refusal: Error): string {
  if (!(refusal instanceof BaseError)) return refusal.message;
  return refusal.details === "" ? refusal.shortMessage : refusal.details;
}
