// An honest party against adversaries. In every turn they move first, on all that L1 holds; the honest party sends what it
// planned when the turn before was over, which is one latency ago; and a censor may keep some of that out.
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import * as Raise from "../../src/dispute/raise.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import * as Hex from "../../src/primitives/hex.ts";
import type { Censor } from "./censor.ts";
import type { Ring } from "./ring.ts";
import { claimId } from "./strategy.ts";
import type { Adversary, Clock } from "./strategy.ts";

export type Bout = {
  readonly truth: ClaimTrace;
  readonly adversaries: readonly Adversary[];
  /** Seconds from one turn to the next: what the honest party needs to see a move and to answer it. */
  readonly latency: bigint;
  readonly censor?: { readonly keepsOut: Censor; readonly budget: bigint };
  /** Called after every turn. */
  readonly watch?: () => void | Promise<void>;
};

export type Ending = {
  /** Whether the truth or a lie was confirmed. */
  readonly won: "truth" | "lie";
  /** Seconds from the first honest attempt to claim to the end. */
  readonly seconds: bigint;
  readonly honestMoves: number;
  /** Reasons for which honest moves were rejected. */
  readonly rejected: readonly string[];
  readonly censored: bigint;
};

export const HONEST = 0;
const MOST_TURNS = 3_000;

/** Plays until a claim is confirmed. */
export async function play(ring: Ring, bout: Bout): Promise<Ending> {
  const { truth, adversaries, latency } = bout;
  const started = ring.game().now;
  const rejected: string[] = [];
  let honestMoves = 0;
  let censored = 0n;
  let plan: readonly Move[] = [proposal(truth)];
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    let isQuiet = plan.length === 0;
    const { now } = ring.game();
    const clock: Clock = { now, nextTurn: now + latency };
    for (const { player, trace, strategy } of adversaries) {
      for (const move of strategy(ring.game(), trace, clock)) {
        await ring.make(move, player);
        isQuiet = false;
      }
    }

    const out = censored < (bout.censor?.budget ?? 0n) ? keptOut(bout, plan, clock) : [];
    if (out.length > 0) censored += latency;
    for (const move of plan.filter((sent) => !out.includes(sent))) {
      const reason = await ring.make(move, HONEST);
      if (reason === undefined) honestMoves += 1;
      else rejected.push(`${move.kind}: ${reason}`);
    }
    await bout.watch?.();
    const won = winner(ring, truth);
    if (won !== undefined) {
      return { won, seconds: ring.game().now - started, honestMoves, rejected, censored };
    }
    plan = planOf(ring.game(), truth);
    ring.pass(isQuiet ? quietTime(ring, truth, latency) : latency);
  }
  throw new RangeError(`nothing was confirmed in ${MOST_TURNS} turns`);
}

// Where nobody has a move, nothing happens until the best clock has nearly run out.
function quietTime({ game }: Ring, { parent }: ClaimTrace, latency: bigint): bigint {
  const timers = Game.children(game(), parent).map(({ id }) =>
    Raise.trueTimer(game(), DisputeTree.requireNode(game().tree, id)),
  );
  const best = timers.reduce((most, timer) => (timer > most ? timer : most), 0n);
  const rest = game().config.timeout - best - 4n * latency;
  return rest > latency ? rest : latency;
}

function keptOut({ censor }: Bout, plan: readonly Move[], clock: Clock): readonly Move[] {
  return censor?.keepsOut(plan, clock) ?? [];
}

/** What an honest party sends: the claim, where it is missing, and the moves that defend it. */
export function planOf(game: Game.Game, truth: ClaimTrace): readonly Move[] {
  const isClaimed = game.claims.has(Hex.key(claimId(game.config, truth)));
  const plan = nextMoves(game, truth);
  return isClaimed || plan.length > 0 ? plan : [proposal(truth)];
}

function winner({ game }: Ring, truth: ClaimTrace): "truth" | "lie" | undefined {
  const { config } = game();
  const won = Game.children(game(), truth.parent).find(({ id }) => Game.isConfirmed(game(), id));
  if (won === undefined) return undefined;
  return Hex.key(won.id) === Hex.key(claimId(config, truth)) ? "truth" : "lie";
}
