// What must hold in every state of a dispute, and the first thing that does not.
import * as Clock from "../../src/dispute/clock.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import { isConfirmed, type Game } from "../../src/dispute/game.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Atlas from "./atlas.ts";
import type { Place } from "./atlas.ts";
import { greatestLag } from "./lag.ts";
import { bound, type World } from "./world.ts";

/** True bottom-up timers, computed from the whole tree and kept for one state. */
export type Timers = (place: Place) => bigint;

/** The timers that no order of updates can exceed, and that some order reaches. */
export function timersOf(world: World, atlas: Atlas.Atlas, game: Game): Timers {
  const known = new Map<Place, bigint>();
  return function timer(place: Place): bigint {
    const before = known.get(place);
    if (before !== undefined) return before;
    // Nobody plays there, so the most that could have been counted stands for what was.
    if (world.scope === "essential" && place.verdict === "astray") return Clock.FOREVER;
    const node = game.tree.nodes.get(place.id);
    const result = node === undefined ? 0n : computed(atlas, game, place, node, timer);
    known.set(place, result);
    return result;
  };
}

/** The rule that this state breaks, or undefined. */
export function violationOf(world: World, atlas: Atlas.Atlas, game: Game): string | undefined {
  const timer = timersOf(world, atlas, game);
  return (
    inventedNode(atlas, game) ??
    confirmedFalsehood(world, atlas, game, timer) ??
    lateness(world, atlas, game) ??
    doubleWinner(game) ??
    sharedTime(world, atlas, game, timer)
  );
}

/** Whether the game holds anything but what it owes. */
export function debt(world: World, game: Game, balance: bigint): string | undefined {
  if ([...game.pots.values()].some((pot) => pot < 0n)) return "a pot is overdrawn";
  return balance === liabilities(world, game) ? undefined : "the balance is not what is owed";
}

/** What the game owes: bonds that are out, credits and pots. */
export function liabilities({ config }: World, game: Game): bigint {
  let sum = 0n;
  for (const node of game.tree.nodes.values()) {
    if (DisputeTree.cohortOf(game.tree, node.cohort).confirmedAt !== 0n) continue;
    if (Clock.has(node, Clock.CLAIM)) sum += config.claimBond;
    else if (isTreeRoot(game, node)) sum += config.refinementBond;
  }
  for (const amount of game.credit.values()) sum += amount;
  for (const amount of game.pots.values()) sum += amount;
  return sum;
}

/** The most that the clock of a false claim shows. */
export function longestFalsehood(world: World, atlas: Atlas.Atlas, game: Game): number {
  const timer = timersOf(world, atlas, game);
  const { members } = DisputeTree.cohortOf(game.tree, claimCohortOf(atlas));
  return members.reduce((most, id) => {
    const key = Hex.key(id);
    return key === atlas.truthRoot ? most : Math.max(most, Number(timer(Atlas.at(atlas, key))));
  }, 0);
}

function computed(
  atlas: Atlas.Atlas,
  game: Game,
  place: Place,
  node: Clock.Node,
  timer: Timers,
): bigint {
  if (node.timer === Clock.FOREVER) return Clock.FOREVER;
  const alone = Clock.unrivaled(node, DisputeTree.cohortOf(game.tree, node.cohort), game.now);
  if (node.children !== undefined) {
    const [left, right] = place.children.map((id) => timer(Atlas.at(atlas, id)));
    return Clock.add(alone, least(left ?? 0n, right ?? 0n));
  }
  const best = node.refinements
    .flatMap(({ id }) => atlas.byId.get(Hex.key(id)) ?? [])
    .reduce((most, tree) => greatest(most, timer(tree)), 0n);
  return Clock.add(alone, best);
}

function confirmedFalsehood(
  world: World,
  atlas: Atlas.Atlas,
  game: Game,
  timer: Timers,
): string | undefined {
  if (world.scope === "alone") return undefined;
  for (const id of DisputeTree.cohortOf(game.tree, claimCohortOf(atlas)).members) {
    const node = DisputeTree.requireNode(game.tree, id);
    const place = placeOf(atlas, node);
    if (place.id === atlas.truthRoot) continue;
    if (timer(place) >= world.limit) return "a false claim has run out its clock";
  }
  return undefined;
}

// Every story's nodes are in the atlas, so another one starts from a state that no story has.
function inventedNode(atlas: Atlas.Atlas, game: Game): string | undefined {
  for (const id of game.tree.nodes.keys()) {
    if (atlas.byId.has(id) || isConfirmed(game, Buffer.from(id, "latin1"))) continue;
    return "a node follows a state that nobody claims";
  }
  return undefined;
}

function lateness(world: World, atlas: Atlas.Atlas, game: Game): string | undefined {
  if (world.scope === "alone") return undefined;
  return greatestLag(atlas, game) > bound(world) ? "the truth is behind its time" : undefined;
}

/** Whether a cohort has two winners. */
export function doubleWinner(game: Game): string | undefined {
  for (const { members } of game.tree.cohorts.values()) {
    if (members.length < 2) continue;
    const nodes = members.map((id) => DisputeTree.requireNode(game.tree, id));
    const isLeaf = nodes.every(({ position }) => position.level === 1 && position.height === 0);
    const proven = nodes.filter(({ timer }) => timer === Clock.FOREVER);
    if (isLeaf && proven.length > 1) return "two leaves of a cohort are proven";
    const confirmed = nodes.filter((node) => Clock.has(node, Clock.CONFIRMED));
    if (confirmed.length > 1) return "two nodes of a cohort are confirmed";
  }
  return undefined;
}

// All rivals' own times together, and two rivals' whole timers where no proof has cut a sum short.
function sharedTime(
  world: World,
  atlas: Atlas.Atlas,
  game: Game,
  timer: Timers,
): string | undefined {
  if (world.scope === "essential") return undefined;
  const isProven = [...game.tree.nodes.values()].some((node) => node.timer === Clock.FOREVER);
  for (const cohort of game.tree.cohorts.values()) {
    const nodes = cohort.members.map((id) => DisputeTree.requireNode(game.tree, id));
    const born = nodes[0]?.createdAt ?? game.now;
    const alone = nodes.reduce((sum, node) => sum + Clock.unrivaled(node, cohort, game.now), 0n);
    if (alone > game.now - born) return "rivals were alone for longer than they existed";
    if (isProven || nodes.length < 2) continue;
    const timers = nodes.flatMap((node) => {
      const place = atlas.byId.get(keyOf(node));
      return place === undefined ? [] : [timer(place)];
    });
    const [first = 0n, second = 0n] = timers.sort((left, right) => (left > right ? -1 : 1));
    if (first + second > game.now - born) return "two rivals share more time than has passed";
  }
  return undefined;
}

function claimCohortOf(atlas: Atlas.Atlas): Uint8Array {
  return Buffer.from(atlas.claimCohort, "latin1");
}

function placeOf(atlas: Atlas.Atlas, node: Clock.Node): Place {
  return Atlas.at(atlas, keyOf(node));
}

function keyOf({ id }: Clock.Node): string {
  return Hex.key(id);
}

function isTreeRoot(game: Game, { position, id }: Clock.Node): boolean {
  return position.level === 1 && game.tree.refines.has(Hex.key(id));
}

function least(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}

function greatest(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}
