// How far the truth's clock is behind the time for which the truth stands, on every way down.
import * as Clock from "../../src/dispute/clock.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import type { Game } from "../../src/dispute/game.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Atlas from "./atlas.ts";
import type { Place } from "./atlas.ts";

/**
 * For each true node that is not opened yet, the time since the true claim was made that none of the nodes on the way down
 * to it has counted; zero for those that are opened or proven. The true claim's timer is at least the time it stands less
 * the greatest lag. Trees of strangers under a true block, which can only add, are left out.
 */
export function lagsOf(atlas: Atlas.Atlas, game: Game): Map<string, number> {
  const lags = new Map<string, number>();
  const root = game.tree.nodes.get(atlas.truthRoot);
  if (root === undefined) return lags;
  const since = root.createdAt;

  function descend(place: Place, before: bigint): void {
    const node = game.tree.nodes.get(place.id);
    if (node === undefined) return;
    const behind = before - countedSince(game, node, since);
    const below = openedInto(atlas, place, node);
    const isEnd = below.length === 0 && node.timer !== Clock.FOREVER;
    lags.set(place.id, isEnd ? Number(behind) : 0);
    below.forEach((child) => descend(child, behind));
  }

  descend(Atlas.at(atlas, atlas.truthRoot), game.now - since);
  return lags;
}

/** The greatest lag, zero while the truth is not claimed. */
export function greatestLag(atlas: Atlas.Atlas, game: Game): number {
  return Math.max(0, ...lagsOf(atlas, game).values());
}

/** The time for which a node was alone in its cohort, as far as it lies after another time. */
export function countedSince(game: Game, node: Clock.Node, since: bigint): bigint {
  const alone = Clock.unrivaled(node, DisputeTree.cohortOf(game.tree, node.cohort), game.now);
  const until = node.createdAt + alone;
  const from = node.createdAt > since ? node.createdAt : since;
  return until > from ? until - from : 0n;
}

function openedInto(atlas: Atlas.Atlas, place: Place, node: Clock.Node): readonly Place[] {
  if (node.children !== undefined) return place.children.map((id) => Atlas.at(atlas, id));
  return node.refinements
    .flatMap(({ id }) => atlas.byId.get(Hex.key(id)) ?? [])
    .filter(({ verdict }) => verdict === "true");
}
