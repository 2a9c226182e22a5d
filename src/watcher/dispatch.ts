// Sends the moves of one plan. A transaction that L1 refuses costs nothing and stops nothing: somebody else may have
// made the move, and the next look at the game tells.
import { BaseError, type Address } from "viem";
import type * as Game from "../dispute/game.ts";
import type { Move } from "../dispute/move.ts";
import * as Send from "../l1/send.ts";
import { toTransactions, type Transaction } from "./transactions.ts";

export type Dispatch = {
  readonly sender: Send.Sender;
  readonly game: Address;
  readonly config: Game.Config;
  /** Told of each move that L1 has taken, with the gas of its transaction. */
  readonly onMade: (moves: readonly Move[], gas: bigint) => void;
  /** Told of each that it has not. */
  readonly onRefused: (moves: readonly Move[], reason: string) => void;
};

/** Sends moves in their order and waits for all; gives how many transactions L1 took. */
export async function send(dispatch: Dispatch, moves: readonly Move[]): Promise<number> {
  const { config, game } = dispatch;
  let taken = 0;
  for (const transaction of toTransactions(config, game, moves)) {
    taken += await sendOne(dispatch, transaction);
  }
  return taken;
}

async function sendOne(dispatch: Dispatch, transaction: Transaction): Promise<number> {
  const { sender, onMade, onRefused, config, game } = dispatch;
  const { moves, call } = transaction;
  try {
    const { gasUsed } = await Send.send(sender, call);
    onMade(moves, gasUsed);
    return 1;
  } catch (error) {
    const reason = refusal(error);
    if (reason === undefined) throw error;
    if (moves.length === 1) {
      onRefused(moves, reason);
      return 0;
    }
  }
  // One of many is enough to refuse them all: the others go alone.
  let taken = 0;
  for (const move of moves) {
    for (const single of toTransactions(config, game, [move])) {
      taken += await sendOne(dispatch, single);
    }
  }
  return taken;
}

// Why L1 did not take the transaction; undefined if it was not L1 that failed. What is temporary has been waited out.
function refusal(error: unknown): string | undefined {
  if (error instanceof Send.RevertedError || error instanceof Send.NonceTakenError)
    return error.message;
  if (!(error instanceof BaseError)) return undefined;
  return error.details === "" ? error.shortMessage : error.details;
}
