// Every node that the stories of a world can create, and what is true of it.
import * as Bisection from "../../src/dispute/bisection.ts";
import type { Position } from "../../src/dispute/bisection.ts";
import * as Game from "../../src/dispute/game.ts";
import * as Opening from "../../src/dispute/opening.ts";
import type { ClaimTrace, Trace } from "../../src/dispute/trace.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import type { World } from "./world.ts";

/** True: what really happens at its place after what really happened. False: something else there. Astray: after a lie. */
export type Verdict = "true" | "false" | "astray";

export type Place = {
  readonly id: string;
  readonly cohort: string;
  readonly position: Position;
  readonly hash: Uint8Array;
  // The states before the node's first leaf, as the story that creates it has them.
  readonly history: string;
  readonly verdict: Verdict;
  readonly children: readonly string[];
  // For a level-0 leaf: the roots of the level-1 trees that refine it.
  readonly trees: Set<string>;
};

export type Atlas = {
  readonly places: readonly Place[];
  readonly byId: ReadonlyMap<string, Place>;
  readonly truthRoot: string;
  readonly claimCohort: string;
  // Ways to swap stories that differ in nothing but their words: for each, which place stands in for each place.
  readonly symmetries: readonly (readonly Place[])[];
  // Two places of one cohort whose histories differ: what the prefix is there to exclude.
  readonly falseRivals: readonly [Found, Found] | undefined;
};

/** All that the world's stories can build. */
export function create(world: World): Atlas {
  const truths = survey(world, world.truth);
  const trueIds = new Set(truths.map(({ id }) => id));
  const trueCohorts = new Set(truths.map(({ cohort }) => cohort));
  const byId = new Map<string, Place>();
  const told = world.lies.map((lie) => survey(world, lie));
  for (const found of [...truths, ...told.flat()]) {
    const known = byId.get(found.id);
    if (known === undefined) {
      const isTrue = trueIds.has(found.id);
      const verdict = isTrue ? "true" : trueCohorts.has(found.cohort) ? "false" : "astray";
      byId.set(found.id, { ...found, verdict });
    } else {
      for (const tree of found.trees) known.trees.add(tree);
    }
  }
  const root = Game.claimPosition(world.config, world.truth.parent);
  const claimCohort = Hex.key(Bisection.cohortId(root));
  const places = [...byId.values()];
  const truthRoot = idAt(world.truth.blocks, root);
  const stories = told.map((story) => story.map(({ id }) => id));
  const symmetries = permutations(stories.length).flatMap((order) => {
    const swapped = symmetryOf(places, byId, stories, order);
    return swapped === undefined ? [] : [swapped];
  });
  const falseRivals = rivalsApart([...truths, ...told.flat()]);
  return { places, byId, truthRoot, claimCohort, symmetries, falseRivals };
}

/** The place with this id. */
export function at(atlas: Atlas, id: string): Place {
  const place = atlas.byId.get(id);
  assert(place !== undefined, "the atlas holds every node of the game");
  return place;
}

/** Where the steps of a story's block stand, and the state before them. */
export function stepsOf(
  world: World,
  story: ClaimTrace,
  leaf: number,
): { readonly blockLeaf: Position; readonly startState: Uint8Array; readonly root: Position } {
  const blockLeaf = Opening.positionAt(story.blocks, 0, 0, leaf, story.parent);
  const before = BlockDone.hash(story.startState);
  const { state: startState } = Opening.preState(story.blocks, leaf, before);
  return { blockLeaf, startState, root: Game.stepsPosition(world.config, blockLeaf, startState) };
}

/** Two places of one cohort that tell of different histories, if there are any. */
export function rivalsApart(found: readonly Found[]): readonly [Found, Found] | undefined {
  const first = new Map<string, Found>();
  for (const place of found) {
    const rival = first.get(place.cohort) ?? place;
    if (rival.history !== place.history) return [rival, place];
    first.set(place.cohort, place);
  }
  return undefined;
}

// The places in the order in which another order of the stories has them, if that changes nothing but names.
function symmetryOf(
  places: readonly Place[],
  byId: ReadonlyMap<string, Place>,
  stories: readonly (readonly string[])[],
  order: readonly number[],
): Place[] | undefined {
  const images = new Map<string, string>();
  const cohorts = new Map<string, string>();
  const agrees = (map: Map<string, string>, from: string, to: string): boolean => {
    if (map.has(from)) return map.get(from) === to;
    map.set(from, to);
    return true;
  };
  for (const [index, story] of stories.entries()) {
    const other = stories[order[index] ?? index] ?? [];
    for (const [slot, id] of story.entries()) {
      const [place, image] = [byId.get(id), byId.get(other[slot] ?? "")];
      if (place === undefined || image?.verdict !== place.verdict) return undefined;
      if (place.verdict === "true" && id !== image.id) return undefined;
      if (!agrees(images, id, image.id)) return undefined;
      if (!agrees(cohorts, place.cohort, image.cohort)) return undefined;
    }
  }
  if (new Set(images.values()).size !== images.size) return undefined;
  if (new Set(cohorts.values()).size !== cohorts.size) return undefined;
  return places.map((place) => byId.get(images.get(place.id) ?? place.id) ?? place);
}

function permutations(count: number): number[][] {
  if (count === 0) return [[]];
  return permutations(count - 1).flatMap((shorter) =>
    Array.from({ length: count }, (_, at) => shorter.toSpliced(at, 0, count - 1)),
  );
}

/** A place before it is known what is true of it. */
export type Found = Omit<Place, "verdict">;

/** Every node that a story can create, its blocks first. */
export function survey(world: World, story: ClaimTrace): Found[] {
  const { config } = world;
  const blocks = surveyTree(story.blocks, Game.claimPosition(config, story.parent), "");
  const steps = blocks
    .filter(({ position }) => position.height === 0)
    .flatMap((leaf) => {
      const { index } = leaf.position;
      const trace = story.steps(index);
      const { root } = stepsOf(world, story, index);
      leaf.trees.add(idAt(trace, root));
      return surveyTree(trace, root, `${leaf.history}|${index}`);
    });
  return [...blocks, ...steps];
}

function surveyTree(trace: Trace, position: Position, before: string): Found[] {
  const { height, index } = position;
  const leaves = Array.from({ length: index * 2 ** height }, (_, leaf) => trace.hashAt(leaf));
  const own = {
    id: idAt(trace, position),
    cohort: Hex.key(Bisection.cohortId(position)),
    position,
    hash: trace.subtree(height, index),
    history: `${before}/${leaves.map(Hex.key).join(",")}`,
    trees: new Set<string>(),
  };
  if (height === 0) return [{ ...own, children: [] }];
  const left = Bisection.leftChild(position);
  const right = Bisection.rightChild(position, trace.subtree(height - 1, 2 * index));
  const children = [idAt(trace, left), idAt(trace, right)];
  return [
    { ...own, children },
    ...surveyTree(trace, left, before),
    ...surveyTree(trace, right, before),
  ];
}

function idAt(trace: Trace, position: Position): string {
  const hash = trace.subtree(position.height, position.index);
  return Hex.key(Bisection.nodeId(Bisection.cohortId(position), hash));
}
