// A world as small numbers: the true and the false nodes that a play can create, which of them are rivals, and what opens
// into what. Nodes after a lie are left out: they rank in a minimum beside a false node, so that without them false clocks
// show more, never less.
import { assert } from "../../src/primitives/assert.ts";
import type { Place } from "./atlas.ts";

/** What a liar can do: claim, open a false node, or stand a false tree under a block. */
export type Step =
  | { readonly kind: "claim"; readonly node: number }
  | { readonly kind: "open"; readonly node: number }
  | { readonly kind: "refine"; readonly node: number; readonly tree: number };

/** Nodes are numbered from above: each comes after all that it can follow from. */
export type Board = {
  readonly ids: readonly string[];
  // How far below a claim each node stands, step by step of the way.
  readonly depths: readonly number[];
  readonly isTrue: readonly boolean[];
  readonly isBlock: readonly boolean[];
  // The others that stand in the same cohort.
  readonly rivals: readonly (readonly number[])[];
  // What opening creates; of a block, the trees of steps that can stand under it.
  readonly below: readonly (readonly number[])[];
  // The true node that a true node is part of, the false ones that a false node is part of.
  readonly above: readonly (readonly number[])[];
  readonly claims: readonly number[];
  readonly truth: number;
  // In an order in which each can only make later ones possible.
  readonly steps: readonly Step[];
  // Ways to swap stories that differ in nothing here: for each, which node stands in for each node.
  readonly symmetries: readonly (readonly number[])[];
};

/** Nodes by their names, and what each opens into. */
export type Plan = {
  readonly places: readonly Place[];
  readonly truthRoot: string;
};

/** The board of all places that a play can reach. */
export function create({ places, truthRoot }: Plan): Board {
  return board(reachable({ places, truthRoot }), truthRoot);
}

/**
 * The parts of a board that no move outside can change: for each way down the truth, the cohorts on it. What a move needs
 * and what a timer counts lies in the node's own cohort and in the one above it.
 */
export function slices({ places, truthRoot }: Plan): Board[] {
  const found = reachable({ places, truthRoot });
  const truths = found.filter(({ verdict }) => verdict === "true");
  const partOf = new Map<string, Place>();
  for (const place of truths) for (const id of belowOf(place)) partOf.set(id, place);
  const byId = new Map(truths.map((place) => [place.id, place]));
  const ends = truths.filter((place) => !belowOf(place).some((id) => byId.has(id)));
  return ends.map((end) => {
    const cohorts = new Set<string>();
    for (let at: Place | undefined = end; at !== undefined; at = partOf.get(at.id))
      cohorts.add(at.cohort);
    return board(
      found.filter(({ cohort }) => cohorts.has(cohort)),
      truthRoot,
    );
  });
}

/** A name that boards have in common where they differ in nothing but ids. */
export function nameOf({ depths, isTrue, isBlock, below }: Board): string {
  return JSON.stringify([depths, isTrue.map(Number), isBlock.map(Number), below]);
}

// A node opens only beside a rival, so what lies below one that can have none is never created.
function reachable({ places, truthRoot }: Plan): Place[] {
  const byId = new Map(places.map((place) => [place.id, place]));
  const counts = new Map<string, number>();
  for (const { cohort } of places) counts.set(cohort, (counts.get(cohort) ?? 0) + 1);
  const found = new Set<Place>();
  const visit = (place: Place | undefined): void => {
    if (place === undefined || found.has(place)) return;
    found.add(place);
    if ((counts.get(place.cohort) ?? 0) < 2) return;
    for (const id of belowOf(place)) visit(byId.get(id));
  };
  const claimCohort = byId.get(truthRoot)?.cohort;
  places.filter(({ cohort }) => cohort === claimCohort).forEach(visit);
  return [...found];
}

function belowOf({ children, trees }: Place): readonly string[] {
  return children.length > 0 ? children : [...trees];
}

function board(unordered: readonly Place[], truthRoot: string): Board {
  const { places, twins } = inOrder(unordered, truthRoot);
  const index = new Map(places.map(({ id }, at) => [id, at]));
  const depths = places.map(depthOf);
  const isTrue = places.map(({ verdict }) => verdict === "true");
  const isBlock = places.map(({ position: { level, height } }) => level === 0 && height === 0);
  const below = places.map((place) => belowOf(place).flatMap((id) => index.get(id) ?? []));
  const above = places.map((): number[] => []);
  below.forEach((children, parent) => {
    for (const child of children) if (isTrue[child] === isTrue[parent]) above[child]?.push(parent);
  });
  const byCohort = Map.groupBy(places.keys(), (at) => places[at]?.cohort);
  const cohort = places.map((place) => byCohort.get(place.cohort) ?? []);
  const truth = index.get(truthRoot);
  assert(truth !== undefined, "the true claim can be made");
  const claims = cohort[truth] ?? [];
  const opened = places.flatMap((_, node): Step[] => {
    if (isBlock[node] === true) {
      const trees = (below[node] ?? []).filter((tree) => isTrue[tree] === false);
      return trees.map((tree) => ({ kind: "refine", node, tree }));
    }
    const isLeaf = places[node]?.children.length === 0;
    return isLeaf || isTrue[node] === true ? [] : [{ kind: "open", node }];
  });
  return {
    ...{ ids: places.map(({ id }) => id), depths, isTrue, isBlock, below, above, claims, truth },
    rivals: cohort.map((members, at) => members.filter((other) => other !== at)),
    steps: [...claims.map((node): Step => ({ kind: "claim", node })), ...opened],
    symmetries: permutationsOf(twins).map((swaps) => {
      const images = places.map(({ id }, at) => index.get(swaps.get(id) ?? id) ?? at);
      assert(isSymmetry(images, cohort, below), "families of one key stand in the same cohorts");
      return images;
    }),
  };
}

/** Families of nodes that a story adds: where it joins the truth, and all that is false below. */
type Family = { readonly key: string; readonly members: readonly string[] };

// From above; in a cohort the truth first, then by what lies below, so that equal boards are numbered alike.
function inOrder(
  places: readonly Place[],
  truthRoot: string,
): { readonly places: readonly Place[]; readonly twins: readonly (readonly Family[])[] } {
  const byId = new Map(places.map((place) => [place.id, place]));
  const known = new Map<string, Family>();
  const familyOf = (place: Place): Family => {
    const before = known.get(place.id);
    if (before !== undefined) return before;
    const next = belowOf(place).flatMap((id) => byId.get(id) ?? []);
    const children = next.filter(({ verdict }) => verdict === "false").map(familyOf);
    children.sort((one, other) => compare(one.key, other.key));
    // Opening a false node can create a true one.
    const truths = next.filter(({ verdict }) => verdict === "true").length;
    const key = `${depthOf(place)}.${truths}(${children.map((child) => child.key).join()})`;
    const members = [place.id, ...children.flatMap((child) => child.members)];
    const family = { key, members };
    known.set(place.id, family);
    return family;
  };
  const roots = (of: readonly Place[]): Family[] =>
    of
      .filter(({ verdict }) => verdict === "false")
      .map(familyOf)
      .sort((one, other) => compare(one.key, other.key));
  const truths = places.filter(({ verdict }) => verdict === "true");
  const top = byId.get(truthRoot)?.cohort;
  const groups = [
    roots(places.filter(({ cohort }) => cohort === top)),
    ...truths.map((place) => roots(belowOf(place).flatMap((id) => byId.get(id) ?? []))),
  ].filter((group) => group.length > 0);
  const ordered = [
    ...truths,
    ...groups.flat().flatMap(({ members }) => members.flatMap((id) => byId.get(id) ?? [])),
  ];
  const unique = [...new Set(ordered)];
  return {
    places: unique.sort((one, other) => depthOf(one) - depthOf(other)),
    twins: groups
      .flatMap((group) => [...Map.groupBy(group, ({ key }) => key).values()])
      .filter(({ length }) => length > 1),
  };
}

// Every way to swap families that are alike, as which name stands in for which.
function permutationsOf(twins: readonly (readonly Family[])[]): ReadonlyMap<string, string>[] {
  let ways: Map<string, string>[] = [new Map()];
  for (const group of twins) {
    ways = ways.flatMap((way) =>
      ordersOf(group.length).map((order) => {
        const swaps = new Map(way);
        order.forEach((other, at) => {
          const images = group[other]?.members ?? [];
          group[at]?.members.forEach((id, slot) => swaps.set(id, images[slot] ?? id));
        });
        return swaps;
      }),
    );
  }
  return ways;
}

// Whether nodes stand in for others of their own cohorts, and what they open into likewise.
function isSymmetry(
  images: readonly number[],
  cohort: readonly (readonly number[])[],
  below: readonly (readonly number[])[],
): boolean {
  return images.every((image, node) => {
    const expected = (below[node] ?? []).map((child) => images[child]).sort();
    const actual = [...(below[image] ?? [])].sort();
    return cohort[node] === cohort[image] && expected.join() === actual.join();
  });
}

function ordersOf(count: number): number[][] {
  if (count === 0) return [[]];
  return ordersOf(count - 1).flatMap((shorter) =>
    Array.from({ length: count }, (_, at) => shorter.toSpliced(at, 0, count - 1)),
  );
}

function depthOf({ position: { level, height } }: Place): number {
  return MOST_DEPTH * (level + 1) - height;
}

const MOST_DEPTH = 8;

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
