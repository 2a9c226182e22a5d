// A party that stands by a lie: it claims it, and answers every move by the false trace, until the one step that
// nobody can prove.
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import type { Sender } from "../../src/l1/send.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Dispatch from "../../src/watcher/dispatch.ts";
import * as GameSync from "../../src/watcher/gameSync.ts";
import * as Judge from "../../src/watcher/judge.ts";
import * as Report from "../../src/watcher/report.ts";

export type Liar = {
  readonly trace: ClaimTrace;
  readonly state: GameSync.GameSync;
  readonly sender: Sender;
  readonly say: (line: string) => void;
};

/** Makes every move that the lie asks for and that can be made; gives how many transactions that took. */
export async function turn(liar: Liar): Promise<number> {
  const { trace, state, sender, say } = liar;
  const game = await GameSync.sync(state);
  const moves = answers(game, trace);
  const impossible = moves.filter(({ kind }) => kind === "prove");
  for (const move of impossible) say(`has no witness that ${Report.decision(game, trace, move)}`);
  const dispatch: Dispatch.Dispatch = {
    ...{ sender, game: state.address, config: state.config },
    clock: () => performance.now(),
    urgencyOf: () => 0n,
    onMade: (made) => say(made.map((move) => Report.decision(game, trace, move)).join("; ")),
    onRefused: (refused, reason) =>
      say(`L1 refused ${refused.map(({ kind }) => kind).join(", ")}: ${reason}`),
  };
  return Dispatch.send(
    dispatch,
    moves.filter(({ kind }) => kind !== "prove"),
  );
}

/** The id of the claim that the liar makes. */
export function claimId({ state, trace }: Liar): Uint8Array {
  return Judge.claimId(state.config, trace);
}

/** Whether the claim of the liar is there and confirmed. */
export function hasWon(game: Game.Game, liar: Liar): boolean {
  return Game.isConfirmed(game, claimId(liar));
}

function answers(game: Game.Game, trace: ClaimTrace): Move[] {
  const id = Judge.claimId(game.config, trace);
  if (!game.claims.has(Hex.key(id))) return [proposal(trace)];
  return nextMoves(game, trace);
}
