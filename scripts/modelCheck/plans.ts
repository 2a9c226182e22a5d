// The boards of many worlds of one shape, without working out each story again.
import * as Hex from "../../src/primitives/hex.ts";
import * as Game from "../../src/dispute/game.ts";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Atlas from "./atlas.ts";
import type { Place } from "./atlas.ts";
import type { Plan } from "./board.ts";
import * as World from "./world.ts";
import type { Shape, Story } from "./world.ts";

// What a story adds to the truth: its false nodes, and its trees of steps under true blocks.
type Told = {
  readonly places: readonly Place[];
  readonly trees: readonly { readonly block: string; readonly tree: string }[];
};

/** Makes the plan of any choice of stories of this shape. */
export function plansOf(shape: Shape): (stories: readonly Story[]) => Plan {
  const world = World.create(shape, [], "essential");
  const truths = Atlas.survey(world, world.truth);
  const trueById = new Map(truths.map((place) => [place.id, place]));
  const trueCohorts = new Set(truths.map(({ cohort }) => cohort));
  const root = Bisection.cohortId(Game.claimPosition(world.config, world.truth.parent));
  const truthRoot = truths.find(({ cohort }) => cohort === Hex.key(root))?.id ?? "";
  const known = new Map<string, Told>();

  function tell(story: Story): Told {
    const name = JSON.stringify(story);
    const before = known.get(name);
    if (before !== undefined) return before;
    const lies = World.create(shape, [story], "essential").lies;
    const found = lies.flatMap((lie) => Atlas.survey(world, lie));
    const places = found
      .filter(({ id, cohort }) => !trueById.has(id) && trueCohorts.has(cohort))
      .map((place): Place => ({ ...place, verdict: "false" }));
    const trees = found
      .filter(({ id }) => trueById.has(id))
      .flatMap(({ id, trees: own }) => [...own].map((tree) => ({ block: id, tree })))
      .filter(({ tree }) => !trueById.has(tree));
    const told = { places, trees };
    known.set(name, told);
    return told;
  }

  return (stories) => {
    const told = stories.map(tell);
    const extra = Map.groupBy(
      told.flatMap(({ trees }) => trees),
      ({ block }) => block,
    );
    const places = truths.map((place): Place => {
      const more = extra.get(place.id);
      const trees = more === undefined ? [] : more.map(({ tree }) => tree);
      return { ...place, verdict: "true", trees: new Set([...place.trees, ...trees]) };
    });
    const lies = new Map(told.flatMap((one) => one.places).map((place) => [place.id, place]));
    return { places: [...places, ...lies.values()], truthRoot };
  };
}
