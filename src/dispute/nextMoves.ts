// The strategy of an honest party: given the game and the true trace, the moves that win. It keeps nothing between
// calls, so it resumes from the chain alone, and a move that is already made is not asked for again.
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import * as BlockDone from "../protocol/blockDone.ts";
import * as Bisection from "./bisection.ts";
import type { Position } from "./bisection.ts";
import * as Clock from "./clock.ts";
import * as DisputeTree from "./disputeTree.ts";
import * as Game from "./game.ts";
import type { Move, Propose } from "./move.ts";
import * as Opening from "./opening.ts";
import * as Raise from "./raise.ts";
import type { GrowingTrace, StepTrace, Trace } from "./trace.ts";

/** The claim that the trace makes. */
export function proposal(trace: GrowingTrace): Propose {
  const { parent, endState, batch, accumulator, blocks } = trace;
  const siblings = Opening.lastLeaf(blocks);
  return { kind: "propose", parent, endState, batch, accumulator, root: rootOf(blocks), siblings };
}

/**
 * The moves that defend the true claim on a parent, in the order in which they must be sent. Without rivals to answer
 * it proposes nothing: whether to claim at all is the proposer's decision. After confirmation it defends only
 * refinements whose bond is still out. Blocks whose steps the trace does not know yet are left for the next time.
 */
export function nextMoves(game: Game.Game, trace: GrowingTrace): Move[] {
  const position = Game.claimPosition(game.config, trace.parent);
  const cohortId = Bisection.cohortId(position);
  const cohort = DisputeTree.cohortOf(game.tree, cohortId);
  const id = Bisection.nodeId(cohortId, rootOf(trace.blocks));
  if (cohort.members.length === 0) return [];

  const claim = game.claims.get(Hex.key(id));
  if (Game.isConfirmed(game, id)) return defendRefinements(game, trace);
  if (cohort.confirmedAt !== 0n) return [];
  if (claim === undefined) return [proposal(trace), ...defend(game, trace, position, true)];
  if (Game.isConfirmed(game, trace.parent)) {
    const node = DisputeTree.requireNode(game.tree, id);
    const trees = (leaf: Clock.Node) => trueTrees(game, trace, leaf);
    const raised = Raise.moves(game, node, game.config.timeout, trees);
    if (raised !== undefined) {
      const { updates, openings } = raised;
      const { parent } = trace;
      return [...updates, { kind: "confirm", parent, root: claim.root, openings }];
    }
  }
  return defend(game, trace, position, true);
}

/**
 * Whether nothing can be done for the true claim on a parent: it has no rival, and the parent has yet to be confirmed. Most
 * claims that wait are like that, a week of them, and none of those needs its trace, which is made from all its blocks.
 */
export function waitsAlone(game: Game.Game, parent: Uint8Array, trueChild: Uint8Array): boolean {
  if (Game.isConfirmed(game, parent)) return false;
  const cohort = Bisection.cohortId(Game.claimPosition(game.config, parent));
  const [first, ...rivals] = DisputeTree.cohortOf(game.tree, cohort).members;
  return first !== undefined && Bytes.equals(first, trueChild) && rivals.length === 0;
}

/** The true level-1 tree under a true leaf, if anybody has opened it and the party has worked it out. */
export function trueTrees(game: Game.Game, trace: GrowingTrace, leaf: Clock.Node): Clock.Node[] {
  // All trees under a leaf start from the same state: its prefix fixes it.
  const [refinement] = leaf.refinements;
  if (refinement === undefined) return [];
  const position = Game.stepsPosition(game.config, leaf.position, refinement.startState);
  const steps = trace.steps(leaf.position.index);
  if (steps === undefined) return [];
  const root = rootOf(steps);
  const tree = game.tree.nodes.get(Hex.key(Bisection.nodeId(Bisection.cohortId(position), root)));
  return tree === undefined ? [] : [tree];
}

// Answers every rival of a true node and of what lies below it. A node that an earlier move of the same list creates
// counts as there.
function defend(
  game: Game.Game,
  trace: GrowingTrace,
  position: Position,
  withBonds: boolean,
): Move[] {
  const { blocks } = trace;
  if (!hasRival(game, position, blocks)) return [];
  if (position.height > 0) {
    const [left, right] = childrenOf(blocks, position);
    const children = [
      ...defend(game, trace, Bisection.leftChild(position), withBonds),
      ...defend(game, trace, Bisection.rightChild(position, left), withBonds),
    ];
    return [...bisection(game, position, left, right), ...children];
  }

  const pre = Opening.preState(blocks, position.index, BlockDone.hash(trace.startState));
  const steps = trace.steps(position.index);
  if (steps === undefined) return [];
  const stepsPosition = Game.stepsPosition(game.config, position, pre.state);
  const root = rootOf(steps);
  const inside = defendSteps(game, steps, position, pre.state, stepsPosition);
  if (isThere(game, stepsPosition, root)) return inside;
  if (!withBonds) return [];

  const leafHash = blocks.subtree(0, position.index);
  const siblings = Opening.lastLeaf(steps);
  return [{ kind: "refine", leaf: position, leafHash, pre, root, siblings }, ...inside];
}

function defendSteps(
  game: Game.Game,
  steps: StepTrace,
  blockLeaf: Position,
  startState: Uint8Array,
  position: Position,
): Move[] {
  if (!hasRival(game, position, steps)) return [];
  if (position.height > 0) {
    const [left, right] = childrenOf(steps, position);
    const children = [Bisection.leftChild(position), Bisection.rightChild(position, left)];
    return [
      ...bisection(game, position, left, right),
      ...children.flatMap((child) => defendSteps(game, steps, blockLeaf, startState, child)),
    ];
  }

  const { index, prefix } = position;
  const nodeHash = steps.subtree(0, index);
  const id = Bisection.nodeId(Bisection.cohortId(position), nodeHash);
  if (game.tree.nodes.get(Hex.key(id))?.timer === Clock.FOREVER) return [];
  const pre = Opening.preState(steps, index, startState);
  const witness = steps.prove(index);
  return [{ kind: "prove", blockLeaf, startState, index, prefix, nodeHash, pre, witness }];
}

function defendRefinements(game: Game.Game, trace: GrowingTrace): Move[] {
  const position = Game.claimPosition(game.config, trace.parent);
  return defend(game, trace, position, false).filter((move) => {
    if (move.kind === "prove") return isUnsettled(game, move.blockLeaf, move.startState);
    return (
      move.kind === "bisect" && move.position.level === 1 && isOpen(game, move.position.origin)
    );
  });
}

function isUnsettled(game: Game.Game, blockLeaf: Position, startState: Uint8Array): boolean {
  return isOpen(game, Game.stepsPosition(game.config, blockLeaf, startState).origin);
}

function isOpen(game: Game.Game, origin: Uint8Array): boolean {
  const root = Bisection.root(1, game.config.stepHeight, origin);
  return DisputeTree.cohortOf(game.tree, Bisection.cohortId(root)).confirmedAt === 0n;
}

function bisection(
  game: Game.Game,
  position: Position,
  left: Uint8Array,
  right: Uint8Array,
): Move[] {
  const id = Bisection.nodeId(Bisection.cohortId(position), Bisection.innerHash(left, right));
  if (game.tree.nodes.get(Hex.key(id))?.children !== undefined) return [];
  return [{ kind: "bisect", position, left, right }];
}

function hasRival(game: Game.Game, position: Position, trace: Trace): boolean {
  const cohortId = Bisection.cohortId(position);
  const id = Bisection.nodeId(cohortId, trace.subtree(position.height, position.index));
  const { members } = DisputeTree.cohortOf(game.tree, cohortId);
  return members.some((member) => !Bytes.equals(member, id));
}

function isThere(game: Game.Game, position: Position, hash: Uint8Array): boolean {
  return game.tree.nodes.has(Hex.key(Bisection.nodeId(Bisection.cohortId(position), hash)));
}

function childrenOf(trace: Trace, position: Position): [Uint8Array, Uint8Array] {
  const { height, index } = position;
  return [trace.subtree(height - 1, 2 * index), trace.subtree(height - 1, 2 * index + 1)];
}

function rootOf(trace: Trace): Uint8Array {
  return trace.subtree(Math.log2(trace.length), 0);
}
