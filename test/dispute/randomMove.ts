// Moves drawn at random: what a party should do, what it may do, and what no party may.
import * as Bisection from "../../src/dispute/bisection.ts";
import type { Position } from "../../src/dispute/bisection.ts";
import type { Node } from "../../src/dispute/clock.ts";
import type { Opening as Opened } from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import * as Opening from "../../src/dispute/opening.ts";
import * as Raise from "../../src/dispute/raise.ts";
import { settlements } from "../../src/dispute/settlements.ts";
import type { ClaimTrace, Trace } from "../../src/dispute/trace.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";

/** Answers a number below its argument; each answer is the next of a seeded sequence. */
export type Draw = (below: number) => number;

const WORD = new Uint8Array(32).fill(9);

/** A move by one of the traces, usually a legal one; about one in five is bent in one place. */
export function randomMove(
  game: Game.Game,
  traces: readonly ClaimTrace[],
  accounts: readonly Uint8Array[],
  draw: Draw,
): Move {
  const trace = pick(traces, draw);
  const move =
    draw(4) > 0 ? due(game, trace, accounts, draw) : possible(game, trace, accounts, draw);
  return draw(5) === 0 ? bend(move, draw) : move;
}

/** A move that collects what a won dispute leaves, or tries to. */
export function randomSpoils(game: Game.Game, traces: readonly ClaimTrace[], draw: Draw): Move {
  const move = spoils(game, pick(traces, draw), draw);
  return draw(8) === 0 ? bend(move, draw) : move;
}

// What the strategy would do for this trace, if it would do anything.
function due(
  game: Game.Game,
  trace: ClaimTrace,
  accounts: readonly Uint8Array[],
  draw: Draw,
): Move {
  const owed = accounts.flatMap((account) => settlements(game, trace, account));
  const moves = [...nextMoves(game, trace), ...owed];
  return moves.length === 0 ? proposal(trace) : pick(moves, draw);
}

function possible(
  game: Game.Game,
  trace: ClaimTrace,
  accounts: readonly Uint8Array[],
  draw: Draw,
): Move {
  const nodes = [...game.tree.nodes.values()];
  switch (draw(9)) {
    case 0:
      return bisection(trace.blocks, blocksPosition(game, trace, draw));
    case 1:
      return bisection(...stepsNode(game, trace, draw));
    case 2:
      return refinement(game, trace, draw);
    case 3:
      return proof(game, trace, draw);
    case 4:
      return update(game, pick(nodes, draw), draw);
    case 5:
      return update(game, pick(refinedNodes(nodes), draw), draw);
    case 6: {
      const claim = pick([...game.claims.values()], draw);
      const openings = someOpenings(game, claim.id, draw);
      return { kind: "confirm", parent: claim.parent, root: claim.root, openings };
    }
    case 7:
      return spoils(game, trace, draw);
    default: {
      const owed = settlements(game, trace, pick(accounts, draw));
      return owed.length === 0 ? { kind: "withdraw", to: WORD.slice(12) } : pick(owed, draw);
    }
  }
}

function blocksPosition(game: Game.Game, trace: ClaimTrace, draw: Draw): Position {
  const height = draw(game.config.blockHeight) + 1;
  const index = draw(2 ** (game.config.blockHeight - height));
  return Opening.positionAt(trace.blocks, 0, height, index, trace.parent);
}

function stepsNode(game: Game.Game, trace: ClaimTrace, draw: Draw): [Trace, Position] {
  const leaf = draw(trace.blocks.length);
  const { blockLeaf, startState } = blockAt(trace, leaf);
  const height = draw(game.config.stepHeight) + 1;
  const index = draw(2 ** (game.config.stepHeight - height));
  const { origin } = Game.stepsPosition(game.config, blockLeaf, startState);
  const steps = trace.steps(leaf);
  return [steps, Opening.positionAt(steps, 1, height, index, origin)];
}

function bisection(trace: Trace, position: Position): Move {
  const { height, index } = position;
  const left = trace.subtree(height - 1, 2 * index);
  return { kind: "bisect", position, left, right: trace.subtree(height - 1, 2 * index + 1) };
}

function refinement(game: Game.Game, trace: ClaimTrace, draw: Draw): Move {
  const leaf = draw(trace.blocks.length);
  const { blockLeaf } = blockAt(trace, leaf);
  const pre = Opening.preState(trace.blocks, leaf, BlockDone.hash(trace.startState));
  const steps = trace.steps(leaf);
  const leafHash = trace.blocks.subtree(0, leaf);
  const root = steps.subtree(game.config.stepHeight, 0);
  const siblings = Opening.lastLeaf(steps);
  return { kind: "refine", leaf: blockLeaf, leafHash, pre, root, siblings };
}

function proof(game: Game.Game, trace: ClaimTrace, draw: Draw): Move {
  const leaf = draw(trace.blocks.length);
  const { blockLeaf, startState } = blockAt(trace, leaf);
  const steps = trace.steps(leaf);
  const index = draw(steps.length);
  const { origin } = Game.stepsPosition(game.config, blockLeaf, startState);
  const { prefix } = Opening.positionAt(steps, 1, 0, index, origin);
  const nodeHash = steps.subtree(0, index);
  const pre = Opening.preState(steps, index, startState);
  const witness = steps.prove(index);
  return { kind: "prove", blockLeaf, startState, index, prefix, nodeHash, pre, witness };
}

function update(game: Game.Game, node: Node, draw: Draw): Move {
  const { id, position, hash: nodeHash } = node;
  return { kind: "update", position, nodeHash, openings: someOpenings(game, id, draw) };
}

function spoils(game: Game.Game, trace: ClaimTrace, draw: Draw): Move {
  const { blocks, parent } = trace;
  const { blockLeaf, startState } = blockAt(trace, draw(blocks.length));
  const steps = trace.steps(blockLeaf.index);
  const isOfBlocks = draw(2) === 0;
  const top = isOfBlocks
    ? Game.claimPosition(game.config, parent)
    : Game.stepsPosition(game.config, blockLeaf, startState);
  const tree = isOfBlocks ? blocks : steps;
  const height = draw(2) === 0 ? top.height : draw(top.height + 1);
  const index = draw(2 ** (top.height - height));
  const position = Opening.positionAt(tree, top.level, height, index, top.origin);
  const id = Bisection.nodeId(Bisection.cohortId(position), tree.subtree(height, index));
  const { prefix } = position;
  const start = { height, index, prefix, openings: someOpenings(game, id, draw) };
  if (isOfBlocks) return { kind: "rewardBlocks", parent, ...start };
  return { kind: "rewardSteps", blockLeaf, startState, ...start };
}

// What is opened of a node, or the first part of it, and now and then one that fits nowhere.
function someOpenings(game: Game.Game, id: Uint8Array, draw: Draw): Opened[] {
  const node = game.tree.nodes.get(Hex.key(id));
  const all =
    node === undefined
      ? []
      : Raise.openings(game, node, (leaf) =>
          Raise.treesUnder(game, leaf).slice(draw(leaf.refinements.length + 1)),
        );
  const part = all.slice(0, draw(3) === 0 ? draw(all.length + 1) : all.length);
  return draw(8) === 0 ? [...part, { left: WORD, right: WORD }] : part;
}

function refinedNodes(nodes: readonly Node[]): readonly Node[] {
  const refined = nodes.filter(({ refinements }) => refinements.length > 0);
  return refined.length === 0 ? nodes : refined;
}

function blockAt(
  trace: ClaimTrace,
  leaf: number,
): { readonly blockLeaf: Position; readonly startState: Uint8Array } {
  const start = BlockDone.hash(trace.startState);
  const blockLeaf = Opening.positionAt(trace.blocks, 0, 0, leaf, trace.parent);
  return { blockLeaf, startState: Opening.preState(trace.blocks, leaf, start).state };
}

// The same move with one thing wrong.
function bend(move: Move, draw: Draw): Move {
  switch (move.kind) {
    case "propose":
      return pick(
        [
          { ...move, parent: WORD },
          { ...move, root: WORD },
          { ...move, endState: { ...move.endState, number: move.endState.number + 1n } },
          { ...move, endState: { ...move.endState, number: 0n } },
          { ...move, batch: 1n },
          { ...move, accumulator: WORD },
          { ...move, siblings: move.siblings.slice(1) },
        ],
        draw,
      );
    case "bisect":
      return pick(
        [
          { ...move, left: WORD },
          { ...move, left: move.right, right: move.left },
          { ...move, position: { ...move.position, prefix: WORD } },
          { ...move, position: { ...move.position, index: move.position.index + 1 } },
        ],
        draw,
      );
    case "refine":
      return pick(
        [
          { ...move, leafHash: WORD },
          { ...move, root: WORD },
          { ...move, pre: { ...move.pre, state: WORD } },
          { ...move, pre: { ...move.pre, spine: [...move.pre.spine, WORD] } },
          { ...move, siblings: [] },
        ],
        draw,
      );
    case "prove":
      return pick(
        [
          { ...move, nodeHash: WORD },
          { ...move, index: move.index + 1 },
          { ...move, pre: { ...move.pre, prefix: WORD } },
          { ...move, pre: { ...move.pre, spine: [...move.pre.spine, WORD] } },
        ],
        draw,
      );
    case "update":
      return pick(
        [
          { ...move, nodeHash: WORD },
          { ...move, position: { ...move.position, prefix: WORD } },
          { ...move, openings: move.openings.slice(1) },
        ],
        draw,
      );
    case "confirm":
      return pick(
        [
          { ...move, root: WORD },
          { ...move, parent: WORD },
          { ...move, openings: move.openings.slice(1) },
        ],
        draw,
      );
    case "rewardBlocks":
    case "rewardSteps":
      return pick(
        [
          { ...move, prefix: WORD },
          { ...move, height: 0 },
          { ...move, openings: move.openings.slice(1) },
        ],
        draw,
      );
    case "settleRefinement":
      return pick(
        [
          { ...move, leafHash: WORD },
          { ...move, root: WORD },
          { ...move, siblings: [] },
        ],
        draw,
      );
    case "withdraw":
      return move;
  }
}

function pick<Item>(items: readonly Item[], draw: Draw): Item {
  const item = items[draw(items.length)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}
