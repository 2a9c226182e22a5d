// The spammer: opens many trees that agree on one lie and then only with themselves, and bisects them against each other.
// It wants everyone who watches to look at all of them. What stops it: two rivals have one rival pair of children, so that
// nodes cost a bond for each path, and no path in a history that is false already concerns the truth (fact 1). It needs no
// states: hashes of nothing serve as well, except for the last leaf, which `propose` and `refine` check.
import * as Bisection from "../../src/dispute/bisection.ts";
import type { Position } from "../../src/dispute/bisection.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import * as Opening from "../../src/dispute/opening.ts";
import type { ClaimTrace, Trace } from "../../src/dispute/trace.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";

export const SPAMMER = new Uint8Array(20).fill(99);

/** Adds false claims beside the true one, each bisected along one path. */
export function spamClaims(game: Game.Game, truth: ClaimTrace, count: number): void {
  const position = Game.claimPosition(game.config, truth.parent);
  const trees = Array.from({ length: count }, (_, salt) => treeOf(truth.blocks, salt));
  for (const { root } of trees) {
    const claim = Bisection.nodeId(Bisection.cohortId(position), root);
    const { parent, endState } = truth;
    Game.write(game, { kind: "Proposed", parent, claim, root, endState, proposer: SPAMMER });
  }
  bisectAll(game, position, trees);
}

/** Adds false trees under a true block, each bisected along one path. */
export function spamTrees(game: Game.Game, truth: ClaimTrace, block: number, count: number): void {
  const leaf = Opening.positionAt(truth.blocks, 0, 0, block, truth.parent);
  const leafHash = truth.blocks.subtree(0, block);
  const start = BlockDone.hash(truth.startState);
  const { state: startState } = Opening.preState(truth.blocks, block, start);
  const position = Game.stepsPosition(game.config, leaf, startState);
  const trees = Array.from({ length: count }, (_, salt) => treeOf(truth.steps(block), salt));
  for (const { root } of trees) {
    Game.write(game, { kind: "Refined", leaf, leafHash, startState, root, mover: SPAMMER });
  }
  bisectAll(game, position, trees);
}

type Opened = { readonly left: Uint8Array; readonly right: Uint8Array };

/** A tree with the true last leaf: its root, and the children of the nodes on its path from the root down. */
type SpamTree = { readonly root: Uint8Array; readonly path: readonly Opened[] };

// The left half is the lie that all share; from the right half the path goes to the left as far as there are nodes.
function treeOf(truth: Trace, salt: number): SpamTree {
  const height = Math.log2(truth.length);
  const path: Opened[] = [];
  let node = hashOf(salt, 0);
  for (let level = 1; level < height - 1; level++) {
    const opened = { left: node, right: hashOf(salt, level) };
    path.unshift(opened);
    node = Bisection.innerHash(opened.left, opened.right);
  }
  const rightHalf = { left: node, right: truth.subtree(height - 2, 3) };
  const whole = {
    left: hashOf(-1, 0),
    right: Bisection.innerHash(rightHalf.left, rightHalf.right),
  };
  return { root: Bisection.innerHash(whole.left, whole.right), path: [whole, rightHalf, ...path] };
}

// Height by height, so that each node has its rivals when it is opened; all paths take the same turns.
function bisectAll(game: Game.Game, root: Position, trees: readonly SpamTree[]): void {
  let positions = trees.map(() => root);
  for (let depth = 0; depth < root.height; depth++) {
    positions = trees.map(({ path }, tree) => {
      const [position, opened] = [positions[tree], path[depth]];
      if (position === undefined || opened === undefined) throw new RangeError("a path ends early");
      const { left, right } = opened;
      if (DisputeTree.checkBisect(game.tree, position, left, right)) {
        Game.write(game, { kind: "Bisected", position, left, right, mover: SPAMMER });
      }
      return depth === 0 ? Bisection.rightChild(position, left) : Bisection.leftChild(position);
    });
  }
}

function hashOf(salt: number, level: number): Uint8Array {
  const seed = new Uint8Array(32);
  const view = new DataView(seed.buffer);
  view.setInt32(0, salt);
  view.setInt32(4, level);
  return Bisection.leafHash(seed);
}
