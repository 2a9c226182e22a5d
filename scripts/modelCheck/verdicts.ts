// What the rules themselves make of a state: its timers after all updates, and the claims that can then be confirmed.
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Clock from "../../src/dispute/clock.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import * as Hex from "../../src/primitives/hex.ts";
import type * as Atlas from "./atlas.ts";
import * as Candidates from "./candidates.ts";
import * as Play from "./play.ts";
import type { State } from "./play.ts";
import * as Properties from "./properties.ts";
import type { World } from "./world.ts";

/** Updates every timer of a state, and tries to confirm every claim and then each of the others, with the least safe timeout. */
export function judge(world: World, atlas: Atlas.Atlas): (state: State) => string | undefined {
  const updates = Candidates.updates(world, atlas);
  const confirmations = Candidates.confirmations(world);
  return (state) => {
    const updated = afterUpdates(world, updates, state);
    const wrong = timerViolation(world, atlas, updated);
    if (wrong !== undefined) return wrong;
    const config = { ...world.config, timeout: world.limit };
    const decisive = { ...updated, game: { ...updated.game, config } };
    for (const first of confirmations) {
      const won = Play.attempt(world, decisive, first);
      if (won === undefined) continue;
      if (world.scope !== "alone" && !isTrue(atlas, won, first))
        return "a false claim is confirmed";
      for (const second of confirmations) {
        const both = Play.attempt(world, won, second);
        const violation = both === undefined ? undefined : Properties.doubleWinner(both.game);
        if (violation !== undefined) return violation;
      }
    }
    return undefined;
  };
}

/** The state after timer updates, as anyone may make them at any time. */
export function afterUpdates(
  world: World,
  updates: readonly Candidates.Candidate[],
  state: State,
): State {
  let next = state;
  for (const { move, isDue } of updates) {
    if (isDue(next.game)) next = Play.attempt(world, next, move) ?? next;
  }
  return next;
}

function isTrue(
  atlas: Atlas.Atlas,
  { game }: State,
  { parent, root }: Extract<Move, { kind: "confirm" }>,
): boolean {
  const id = Bisection.nodeId(Bisection.cohortId(Game.claimPosition(game.config, parent)), root);
  return Hex.key(id) === atlas.truthRoot;
}

function timerViolation(world: World, atlas: Atlas.Atlas, { game }: State): string | undefined {
  const timer = Properties.timersOf(world, atlas, game);
  for (const place of atlas.places) {
    const node = game.tree.nodes.get(place.id);
    const cohort = game.tree.cohorts.get(place.cohort);
    if (node === undefined || cohort === undefined) continue;
    const recorded = Clock.bottomUp(node, cohort, game.now);
    if (recorded > timer(place)) return "a recorded timer is too high";
    if (recorded < timer(place)) return "a recorded timer stays too low";
  }
  return undefined;
}
