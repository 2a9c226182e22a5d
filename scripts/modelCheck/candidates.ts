// The moves that an adversary can try in a world: those that the rules allow at some time, and those that they never do.
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Clock from "../../src/dispute/clock.ts";
import type * as DisputeTree from "../../src/dispute/disputeTree.ts";
import type { Game } from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { proposal } from "../../src/dispute/nextMoves.ts";
import * as Opening from "../../src/dispute/opening.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import * as Atlas from "./atlas.ts";
import type { Place } from "./atlas.ts";
import type { World } from "./world.ts";

/** A move, and a cheap test that is true wherever the rules allow it; wherever it is true by mistake, they reject it. */
export type Candidate = { readonly move: Move; readonly isDue: (game: Game) => boolean };

const WORD = new Uint8Array(32).fill(9);

/** The moves of a world's adversary. */
export function of(world: World, atlas: Atlas.Atlas): Candidate[] {
  switch (world.scope) {
    case "alone":
      return structural(world, atlas);
    case "every":
      return [...structural(world, atlas), ...forbidden(world, atlas)];
    case "liars":
      return lying(world, atlas, ["false", "astray"]);
    case "essential":
      return lying(world, atlas, ["false"]);
  }
}

/** Every move that creates, opens or proves a node, once: the moves that clocks depend on. */
function structural(world: World, atlas: Atlas.Atlas): Candidate[] {
  const stories = [world.truth, ...world.lies];
  const moves = stories.flatMap((story) => [
    proposed(atlas, story),
    ...refinements(world, atlas, story),
    ...proofs(world, atlas, story),
  ]);
  return distinct([...moves, ...atlas.places.flatMap((place) => bisection(atlas, place))]);
}

// Those of them that a liar needs: the true claim, and what opens nodes of these kinds or stands a tree under one.
function lying(world: World, atlas: Atlas.Atlas, verdicts: readonly Atlas.Verdict[]): Candidate[] {
  const trees = world.lies.flatMap((story) => refinements(world, atlas, story));
  const isOurs = (id: string): boolean => verdicts.includes(Atlas.at(atlas, id).verdict);
  const opened = atlas.places
    .filter(({ id }) => isOurs(id))
    .flatMap((place) => bisection(atlas, place));
  return distinct([
    ...[world.truth, ...world.lies].map((story) => proposed(atlas, story)),
    ...trees.filter(({ tree }) => isOurs(tree)),
    ...opened,
  ]);
}

/** The timer updates of all that is opened, children before parents: after them every recorded timer is the true one. */
export function updates(world: World, atlas: Atlas.Atlas): Candidate[] {
  const opened = (level: number): Candidate[] =>
    atlas.places
      .filter(({ position }) => position.level === level)
      .sort((one, other) => one.position.height - other.position.height)
      .flatMap((place) => openedUpdate(atlas, place));
  const stories = [world.truth, ...world.lies];
  const leaves = stories.flatMap((story) => leafUpdates(world, story));
  return distinct([...opened(1), ...leaves, ...opened(0)]);
}

/** The confirmations of all claims. */
export function confirmations(world: World): Extract<Move, { kind: "confirm" }>[] {
  return [world.truth, ...world.lies].map((story) => {
    const { parent, root } = proposal(story);
    return { kind: "confirm", parent, root, openings: [] };
  });
}

function openedUpdate(atlas: Atlas.Atlas, place: Place): Candidate[] {
  const opening = halvesOf(atlas, place);
  if (opening === undefined) return [];
  const { position, hash: nodeHash } = place;
  const isDue = (game: Game): boolean => game.tree.nodes.get(place.id)?.children !== undefined;
  return [{ move: { kind: "update", position, nodeHash, openings: [opening] }, isDue }];
}

/** Moves that the rules must always reject: each breaks one of them. */
function forbidden(world: World, atlas: Atlas.Atlas): Candidate[] {
  const stories = [world.truth, ...world.lies];
  // What has been made once and costs a bond.
  const repeated = stories
    .flatMap((story) => [proposed(atlas, story), ...refinements(world, atlas, story)])
    .map(({ move, isDue }) => ({ move, isDue: (game: Game) => !isDue(game) }));
  const early = atlas.places.flatMap((place) => earlyBisection(atlas, place));
  const broken = stories.flatMap((story) => [
    ...stories.flatMap((other) => foreignTrees(world, story, other)),
    ...forgeries(world, story),
  ]);
  return distinct([...repeated, ...early, ...broken]);
}

// Opens a node that has no rival.
function earlyBisection(atlas: Atlas.Atlas, place: Place): Candidate[] {
  return bisection(atlas, place).map(({ move }) => ({
    move,
    isDue: ({ tree }) => tree.nodes.has(place.id) && !isRivaled(tree, place),
  }));
}

function proposed(atlas: Atlas.Atlas, story: ClaimTrace): Candidate {
  const move = proposal(story);
  const claim = atlas.places.find(
    ({ hash, position: { level, origin } }) =>
      level === 0 && Bytes.equals(origin, story.parent) && Bytes.equals(hash, move.root),
  );
  return { move, isDue: ({ tree }) => claim === undefined || !tree.nodes.has(claim.id) };
}

function bisection(atlas: Atlas.Atlas, place: Place): Candidate[] {
  const halves = halvesOf(atlas, place);
  if (halves === undefined) return [];
  const { left, right } = halves;
  const isDue = ({ tree }: Game): boolean => {
    const node = tree.nodes.get(place.id);
    return node !== undefined && node.children === undefined && isRivaled(tree, place);
  };
  return [{ move: { kind: "bisect", position: place.position, left, right }, isDue }];
}

function halvesOf(atlas: Atlas.Atlas, { children }: Place): DisputeTree.Opening | undefined {
  const [left, right] = children.map((id) => Atlas.at(atlas, id).hash);
  return left === undefined || right === undefined ? undefined : { left, right };
}

type Refinement = Candidate & { readonly tree: string };

function refinements(world: World, atlas: Atlas.Atlas, story: ClaimTrace): Refinement[] {
  return leavesOf(story).map((leaf): Refinement => {
    const { blockLeaf, root: position } = Atlas.stepsOf(world, story, leaf);
    const steps = story.steps(leaf);
    const leafHash = story.blocks.subtree(0, leaf);
    const root = steps.subtree(world.stepHeight, 0);
    const pre = Opening.preState(story.blocks, leaf, BlockDone.hash(story.startState));
    const leafId = nodeKey(blockLeaf, leafHash);
    const treeId = nodeKey(position, root);
    const isDue = ({ tree }: Game): boolean =>
      tree.nodes.has(leafId) && !tree.nodes.has(treeId) && isRivaled(tree, Atlas.at(atlas, leafId));
    const siblings = Opening.lastLeaf(steps);
    const move: Move = { kind: "refine", leaf: blockLeaf, leafHash, pre, root, siblings };
    return { move, isDue, tree: treeId };
  });
}

function proofs(world: World, atlas: Atlas.Atlas, story: ClaimTrace): Candidate[] {
  return leavesOf(story).flatMap((leaf) =>
    Array.from({ length: 2 ** world.stepHeight }, (_, step): Candidate | undefined => {
      const move = proofOf(world, story, leaf, step);
      const id = nodeKey(stepPosition(world, story, leaf, step), move.nodeHash);
      if (!atlas.byId.has(id) || !isProvable(world, move)) return undefined;
      const isDue = ({ tree }: Game): boolean => {
        const node = tree.nodes.get(id);
        return node !== undefined && node.timer !== Clock.FOREVER;
      };
      return { move, isDue };
    }).filter((candidate) => candidate !== undefined),
  );
}

function proofOf(
  world: World,
  story: ClaimTrace,
  leaf: number,
  index: number,
): Extract<Move, { kind: "prove" }> {
  const { blockLeaf, startState } = Atlas.stepsOf(world, story, leaf);
  const steps = story.steps(leaf);
  const { prefix } = stepPosition(world, story, leaf, index);
  const nodeHash = steps.subtree(0, index);
  const pre = Opening.preState(steps, index, startState);
  const witness = steps.prove(index);
  return { kind: "prove", blockLeaf, startState, index, prefix, nodeHash, pre, witness };
}

function isProvable(world: World, move: Extract<Move, { kind: "prove" }>): boolean {
  const { index, pre, witness, nodeHash } = move;
  try {
    const successor = world.oracles.step(world.truth.endState.number, index, pre.state, witness);
    return Bytes.equals(Bisection.leafHash(successor), nodeHash);
  } catch (error) {
    // A story that starts from an invented state has no witness for what follows.
    if (error instanceof RangeError || isWrongWitness(error)) return false;
    throw error;
  }
}

function isWrongWitness(error: unknown): boolean {
  return error instanceof Error && "reason" in error && error.reason === "WrongWitness";
}

function leafUpdates(world: World, story: ClaimTrace): Candidate[] {
  return leavesOf(story).map((leaf): Candidate => {
    const { blockLeaf, startState, root: position } = Atlas.stepsOf(world, story, leaf);
    const nodeHash = story.blocks.subtree(0, leaf);
    const root = story.steps(leaf).subtree(world.stepHeight, 0);
    const isDue = ({ tree }: Game): boolean => tree.nodes.has(nodeKey(position, root));
    const openings = [{ left: startState, right: root }];
    return { move: { kind: "update", position: blockLeaf, nodeHash, openings }, isDue };
  });
}

// The tree of one story under the leaf of another at the same place: its last leaf is not that one.
function foreignTrees(world: World, story: ClaimTrace, other: ClaimTrace): Candidate[] {
  return leavesOf(story).flatMap((leaf): Candidate[] => {
    const { blockLeaf, startState } = Atlas.stepsOf(world, story, leaf);
    const leafHash = story.blocks.subtree(0, leaf);
    const steps = other.steps(leaf);
    const root = steps.subtree(world.stepHeight, 0);
    if (Bytes.equals(leafHash, steps.subtree(0, steps.length - 1))) return [];
    const pre = Opening.preState(story.blocks, leaf, BlockDone.hash(story.startState));
    const siblings = Opening.lastLeaf(steps);
    const isDue = isThere(nodeKey(blockLeaf, leafHash));
    const openings = [{ left: startState, right: root }];
    return [
      { move: { kind: "refine", leaf: blockLeaf, leafHash, pre, root, siblings }, isDue },
      { move: { kind: "update", position: blockLeaf, nodeHash: leafHash, openings }, isDue },
    ];
  });
}

// A tree of steps from an invented state, and proofs of steps that are not the machine's.
function forgeries(world: World, story: ClaimTrace): Candidate[] {
  return leavesOf(story).flatMap((leaf): Candidate[] => {
    const { blockLeaf } = Atlas.stepsOf(world, story, leaf);
    const leafHash = story.blocks.subtree(0, leaf);
    const steps = story.steps(leaf);
    const root = steps.subtree(world.stepHeight, 0);
    const pre = Opening.preState(story.blocks, leaf, BlockDone.hash(story.startState));
    const siblings = Opening.lastLeaf(steps);
    const invented: Move = {
      kind: "refine",
      leaf: blockLeaf,
      leafHash,
      pre: { ...pre, state: WORD },
      root,
      siblings,
    };
    const proofsOfLeaf = Array.from({ length: 2 ** world.stepHeight }, (_, step): Candidate => {
      const move = proofOf(world, story, leaf, step);
      return {
        move,
        isDue: isThere(nodeKey(stepPosition(world, story, leaf, step), move.nodeHash)),
      };
    });
    return [
      { move: invented, isDue: isThere(nodeKey(blockLeaf, leafHash)) },
      ...proofsOfLeaf.filter(({ move }) => move.kind === "prove" && !isProvable(world, move)),
    ];
  });
}

function isThere(id: string): (game: Game) => boolean {
  return ({ tree }) => tree.nodes.has(id);
}

function stepPosition(
  world: World,
  story: ClaimTrace,
  leaf: number,
  step: number,
): Bisection.Position {
  const { root } = Atlas.stepsOf(world, story, leaf);
  return Opening.positionAt(story.steps(leaf), 1, 0, step, root.origin);
}

function nodeKey(position: Bisection.Position, hash: Uint8Array): string {
  return Hex.key(Bisection.nodeId(Bisection.cohortId(position), hash));
}

function isRivaled(tree: DisputeTree.Tree, { cohort }: Place): boolean {
  return (tree.cohorts.get(cohort)?.members.length ?? 0) > 1;
}

function leavesOf(story: ClaimTrace): number[] {
  return Array.from({ length: story.blocks.length }, (_, leaf) => leaf);
}

function distinct(candidates: readonly Candidate[]): Candidate[] {
  const byText = new Map(candidates.map((candidate) => [textOf(candidate.move), candidate]));
  return [...byText.values()];
}

function textOf(move: Move): string {
  return JSON.stringify(move, (_, value: unknown) => {
    if (typeof value === "bigint") return value.toString();
    return value instanceof Uint8Array ? Hex.fromBytes(value) : value;
  });
}
