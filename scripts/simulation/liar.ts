// A liar's way down its own story: one level at a time, to the block and the step that it lies about.
import * as Bisection from "../../src/dispute/bisection.ts";
import type { Position } from "../../src/dispute/bisection.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import * as Opening from "../../src/dispute/opening.ts";
import type { ClaimTrace, Trace } from "../../src/dispute/trace.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import type { Lie } from "../../test/dispute/toyTrace.ts";

/** The next move on the way, if its turn has come: where a node stands unopened beside a rival. */
export function nextMove(game: Game.Game, story: ClaimTrace, lie: Lie): Move | undefined {
  const { config } = game;
  const top = Game.claimPosition(config, story.parent);
  const way = descend(game, story.blocks, top, lie.leaf);
  if (way !== "opened to the leaf") return way;

  const leaf = Opening.positionAt(story.blocks, 0, 0, lie.leaf, story.parent);
  const leafHash = story.blocks.subtree(0, lie.leaf);
  const pre = Opening.preState(story.blocks, lie.leaf, BlockDone.hash(story.startState));
  const steps = story.steps(lie.leaf);
  const position = Game.stepsPosition(config, leaf, pre.state);
  const root = steps.subtree(config.stepHeight, 0);
  if (nodeAt(game, position, root) === undefined) {
    const node = nodeAt(game, leaf, leafHash);
    if (node === undefined || !DisputeTree.isRivaled(game.tree, node)) return undefined;
    return { kind: "refine", leaf, leafHash, pre, root, siblings: Opening.lastLeaf(steps) };
  }
  const inside = descend(game, steps, position, lie.step);
  return inside === "opened to the leaf" ? undefined : inside;
}

function descend(
  game: Game.Game,
  trace: Trace,
  top: Position,
  leaf: number,
): Move | undefined | "opened to the leaf" {
  let position = top;
  while (position.height > 0) {
    const { height, index } = position;
    const node = nodeAt(game, position, trace.subtree(height, index));
    if (node === undefined) return undefined;
    const left = trace.subtree(height - 1, 2 * index);
    if (node.children === undefined) {
      if (!DisputeTree.isRivaled(game.tree, node)) return undefined;
      return { kind: "bisect", position, left, right: trace.subtree(height - 1, 2 * index + 1) };
    }
    position = Bisection.isRight(leaf, height - 1)
      ? Bisection.rightChild(position, left)
      : Bisection.leftChild(position);
  }
  return "opened to the leaf";
}

function nodeAt(game: Game.Game, position: Position, hash: Uint8Array) {
  const id = Bisection.nodeId(Bisection.cohortId(position), hash);
  return game.tree.nodes.get(Hex.key(id));
}
