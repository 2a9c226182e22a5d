// Which answer is the most urgent. A false claim's timer is at most the sum of its own nodes' times on the way down to where it
// stands alone (docs/dispute.md, section 3); the answer that stops the greatest such sum comes first.
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import * as BlockDone from "../protocol/blockDone.ts";
import * as Bisection from "./bisection.ts";
import type { Position } from "./bisection.ts";
import * as Clock from "./clock.ts";
import type { Node } from "./clock.ts";
import * as DisputeTree from "./disputeTree.ts";
import * as Game from "./game.ts";
import type { Move } from "./move.ts";
import * as Opening from "./opening.ts";
import type { GrowingTrace, Trace } from "./trace.ts";

/** By the cohort of a true node: the most that a rival there, or below it, can have counted, in seconds. */
export type Urgencies = ReadonlyMap<string, bigint>;

/** A false node beside a true one, and its own time with that of those above it. */
type Rival = { readonly node: Node; readonly sum: bigint };

type Walk = {
  readonly game: Game.Game;
  readonly trace: GrowingTrace;
  readonly urgencies: Map<string, bigint>;
};

/** The urgencies of all answers to the rivals of a trace's claim. */
export function ofAnswers(game: Game.Game, trace: GrowingTrace): Urgencies {
  const urgencies = new Map<string, bigint>();
  const position = Game.claimPosition(game.config, trace.parent);
  visit({ game, trace, urgencies }, position, trace.blocks, () => 0n);
  return urgencies;
}

/** How urgent a move is; zero for one that answers no rival. */
export function ofMove({ config }: Game.Game, urgencies: Urgencies, move: Move): bigint {
  const cohort = answeredCohort(config, move);
  return cohort === undefined ? 0n : (urgencies.get(Hex.key(cohort)) ?? 0n);
}

// Where the node stands that the move defends.
function answeredCohort(config: Game.Config, move: Move): Uint8Array | undefined {
  switch (move.kind) {
    case "propose":
      return Bisection.cohortId(Game.claimPosition(config, move.parent));
    case "bisect":
      return Bisection.cohortId(move.position);
    case "refine":
      return Bisection.cohortId(move.leaf);
    case "prove":
      return Bisection.cohortId(Game.provenPosition(move));
    case "update":
    case "confirm":
    case "settleRefinement":
    case "rewardBlocks":
    case "rewardSteps":
    case "withdraw":
      return undefined;
  }
}

// Gives the urgency of the place, and notes it there. What lies below a place is at least as urgent as it was there.
function visit(
  walk: Walk,
  position: Position,
  truth: Trace,
  sumAbove: (rival: Node) => bigint,
): bigint {
  const { game, urgencies } = walk;
  const cohortId = Bisection.cohortId(position);
  const cohort = DisputeTree.cohortOf(game.tree, cohortId);
  const trueHash = truth.subtree(position.height, position.index);
  const rivals = cohort.members
    .map((id) => DisputeTree.requireNode(game.tree, id))
    .filter(({ hash }) => !Bytes.equals(hash, trueHash))
    .map((node): Rival => {
      const sum = Clock.add(Clock.unrivaled(node, cohort, game.now), sumAbove(node));
      return { node, sum };
    });
  if (rivals.length === 0) return 0n;
  const below = position.height > 0 ? visitHalves : position.level === 0 ? visitSteps : () => 0n;
  const urgency = greatest([...rivals.map(({ sum }) => sum), below(walk, position, truth, rivals)]);
  urgencies.set(Hex.key(cohortId), urgency);
  return urgency;
}

function visitHalves(
  walk: Walk,
  position: Position,
  truth: Trace,
  rivals: readonly Rival[],
): bigint {
  const { height, index } = position;
  const left = truth.subtree(height - 1, 2 * index);
  const sums = (half: "left" | "right") => {
    const opened = rivals.flatMap(({ node: { children }, sum }) => {
      // A right half after another left one stands in another history.
      const isThere = half === "left" || isSame(children?.left, left);
      return children !== undefined && isThere ? [{ below: children[half], sum }] : [];
    });
    const most = greatestOf(opened);
    return (child: Node) => most(child.hash);
  };
  return greatest([
    visit(walk, Bisection.leftChild(position), truth, sums("left")),
    visit(walk, Bisection.rightChild(position, left), truth, sums("right")),
  ]);
}

function visitSteps(
  walk: Walk,
  position: Position,
  truth: Trace,
  rivals: readonly Rival[],
): bigint {
  const { game, trace } = walk;
  const steps = trace.steps(position.index);
  if (steps === undefined) return 0n;
  const { state } = Opening.preState(truth, position.index, BlockDone.hash(trace.startState));
  const most = greatestOf(rivals.map(({ node, sum }) => ({ below: node.id, sum })));
  const sumAbove = ({ id }: Node) => {
    const refined = game.tree.refines.get(Hex.key(id));
    return refined === undefined ? 0n : most(refined);
  };
  return visit(walk, Game.stepsPosition(game.config, position, state), steps, sumAbove);
}

// The greatest of the sums above what has one name; zero where there is none. Rivals may be thousands.
function greatestOf(
  sums: readonly { readonly below: Uint8Array; readonly sum: bigint }[],
): (name: Uint8Array) => bigint {
  const most = new Map<string, bigint>();
  for (const { below, sum } of sums) {
    const key = Hex.key(below);
    const before = most.get(key);
    if (before === undefined || sum > before) most.set(key, sum);
  }
  return (name) => most.get(Hex.key(name)) ?? 0n;
}

function isSame(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one !== undefined && Bytes.equals(one, other);
}

/** The greatest of some urgencies; zero of none. */
export function greatest(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most), 0n);
}
