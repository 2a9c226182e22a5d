// All ways down on which two rivals can part: the cohorts from theirs down to where they differ, and who stands in each.
// What lies beside such a way does not matter: a node on it is created by opening one in the cohort above, also on it.
import type { Shape } from "./world.ts";

/**
 * Cohorts from above; in each the nodes are numbered, and 0 and 1 are the two that part. For each node, which nodes of the next
 * cohort come with it: of an opened node one at most, of a block the trees of steps that can stand under it.
 */
export type Parting = {
  readonly sizes: readonly number[];
  readonly leads: readonly (readonly (readonly number[])[])[];
  // The cohort of the blocks whose trees stand in the next one, if that is on the way.
  readonly blocks: number | undefined;
};

/** Every way of this shape, from any cohort on, of up to this many nodes in a cohort; of those that differ in names, one. */
export function all(shape: Shape, most: number): Parting[] {
  const known = new Map<string, Parting>();
  for (const depth of counts(0, depthOf(shape) - 1)) {
    for (const parting of from(shape, depth, most)) known.set(nameOf(parting), parting);
  }
  return [...known.values()];
}

/** A name that ways have in common where they differ in no more than the order of some first nodes, or of the two that part. */
export function nameOf({ sizes, leads, blocks }: Parting): string {
  const others = counts(2, (sizes[0] ?? 0) - 1);
  const names = ordersOf(others).flatMap((order) => [
    JSON.stringify(renamed(leads, [0, 1, ...order])),
    JSON.stringify(renamed(leads, [1, 0, ...order])),
  ]);
  const [least] = names.sort();
  return `${sizes.join()};${blocks};${least}`;
}

// The same way with other numbers: those of the first cohort in this order, all others as they come up.
function renamed(leads: Parting["leads"], first: readonly number[]): number[][][] {
  let order = first;
  return leads.map((next) => {
    const numbers = new Map(order.slice(0, 2).map((lead, index) => [lead, index]));
    const ordered = order.map((node) => next[node] ?? []);
    for (const lead of ordered.flat()) {
      if (!numbers.has(lead)) numbers.set(lead, numbers.size);
    }
    order = [...numbers.keys()];
    return ordered.map((own) => own.map((lead) => numbers.get(lead) ?? lead).sort());
  });
}

// The ways from a cohort so many cohorts below the claims, where any number of rivals stands from two on.
function from(shape: Shape, depth: number, most: number): Parting[] {
  const blocks = shape.blockHeight - depth;
  let ways = counts(2, most).map((size): Parting => {
    return { sizes: [size], leads: [], blocks: blocks < 0 ? undefined : blocks };
  });
  for (const edge of counts(0, depthOf(shape) - 2 - depth)) {
    ways = ways.flatMap((way) => {
      const size = way.sizes.at(-1) ?? 0;
      const next = edge === blocks ? treesUnder(size, most) : halvesOf(size);
      return next.map((leads) => extended(way, leads));
    });
  }
  return ways;
}

function extended(
  { sizes, leads, blocks }: Parting,
  next: readonly (readonly number[])[],
): Parting {
  return { sizes: [...sizes, new Set(next.flat()).size], leads: [...leads, next], blocks };
}

function depthOf({ blockHeight, stepHeight }: Shape): number {
  return blockHeight + 1 + stepHeight + 1;
}

/**
 * Left halves are rivals of each other; nodes that differ can have one in common, but not the two that part there. Right halves
 * are rivals only where the left ones are the same, and then differ.
 */
function halvesOf(size: number): number[][][] {
  const lefts = mergers(size).map((merged) => merged.map((half) => [half]));
  const rights = subsets(size - 2).map((stays) => {
    let next = 2;
    return [[0], [1], ...stays.map((stay) => (stay ? [next++] : []))];
  });
  // Where everyone stays and nobody merges, left and right are alike.
  return [...lefts, ...rights.filter((leads) => leads.some(({ length }) => length === 0))];
}

// Which half each node has, where the first two have different ones.
function mergers(size: number): number[][] {
  if (size === 2) return [[0, 1]];
  return mergers(size - 1).flatMap((merged) =>
    counts(0, Math.max(...merged) + 1).map((half) => [...merged, half]),
  );
}

function subsets(size: number): boolean[][] {
  if (size === 0) return [[]];
  return subsets(size - 1).flatMap((rest) => [
    [...rest, true],
    [...rest, false],
  ]);
}

// Any trees, but one at least under each of the two blocks that part, and as many as may stand in a cohort in all.
function treesUnder(size: number, most: number): number[][][] {
  return shares(size, most - 2).map((extra) => {
    let next = 2;
    return extra.map((count, block) => [
      ...(block < 2 ? [block] : []),
      ...Array.from({ length: count }, () => next++),
    ]);
  });
}

// Every way to share up to so many among so many.
function shares(among: number, most: number): number[][] {
  if (among === 0) return [[]];
  return counts(0, most).flatMap((own) =>
    shares(among - 1, most - own).map((rest) => [own, ...rest]),
  );
}

function ordersOf(nodes: readonly number[]): number[][] {
  if (nodes.length === 0) return [[]];
  return nodes.flatMap((node) =>
    ordersOf(nodes.filter((other) => other !== node)).map((rest) => [node, ...rest]),
  );
}

function counts(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
