// Liars and watcher answer each other until nobody has a move left; then the timeout passes, and the bonds are shared out.
import * as Liar from "../demo/liar.ts";
import * as Parties from "../demo/parties.ts";
import * as People from "../demo/people.ts";
import * as Bracket from "./bracket.ts";
import type { Court } from "./parties.ts";

/** How much later on L1 each round of answers is. */
const ROUND_SECONDS = 600n;
const MOST_ROUNDS = 1_000;
// Confirmation, then the bonds of the level-1 trees, whose own clocks have to reach the timeout.
const TIMEOUTS = 3;

/** Plays to the end; `draw` is given the bracket after every round that changed something. */
export async function play(court: Court, draw: (bracket: Bracket.Bracket) => void): Promise<void> {
  const { timeout } = court.devnet.deployed.parameters;
  await untilQuiet(court, draw);
  for (let passed = 0; passed < TIMEOUTS; passed++) {
    await People.pass(court.devnet, timeout);
    await untilQuiet(court, draw);
  }
}

/** The bracket as L1 has it now. */
export async function bracketOf({ watcher, truth, accused }: Court): Promise<Bracket.Bracket> {
  const game = await Parties.gameOf(watcher);
  return Bracket.of(game, [truth, ...accused.map(({ rival }) => rival)]);
}

async function untilQuiet(court: Court, draw: (bracket: Bracket.Bracket) => void): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    // The liars go first: the honest party is never the one that starts a dispute.
    let moves = 0;
    for (const { liar } of court.accused) moves += await Liar.turn(liar);
    moves += await court.watcher.watcher.turn();
    if (moves === 0) return;
    draw(await bracketOf(court));
    await People.pass(court.devnet, ROUND_SECONDS);
  }
  throw new EndlessError(MOST_ROUNDS);
}

export class EndlessError extends Error {
  override readonly name = "Dispute.EndlessError";
  readonly rounds: number;
  constructor(rounds: number) {
    super(`after ${rounds} rounds somebody still had a move`);
    this.rounds = rounds;
  }
}
