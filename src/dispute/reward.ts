// What becomes of lost bonds. Twin: contracts/dispute/Reward.sol.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import * as Bisection from "./bisection.ts";
import type { Position } from "./bisection.ts";
import * as Clock from "./clock.ts";
import * as DisputeTree from "./disputeTree.ts";
import type { Game } from "./game.ts";
import type { Forfeited, Rewarded, Settled } from "./gameEvent.ts";
import { MoveRejected } from "./moveRejected.ts";

// A bisection with its transaction, the update of its timer, and its part in collecting.
export const MOVE_GAS = 190_000n;
// A proof of the most expensive step.
export const PROOF_GAS = 15_000_000n;
export const BASE_FEE_CAP = 50_000_000_000n;

/** The base fee that moves are paid at, frozen when a claim is confirmed. */
export function cappedBaseFee(baseFee: bigint): bigint {
  return baseFee < BASE_FEE_CAP ? baseFee : BASE_FEE_CAP;
}

/** Closes the cohort of level-1 trees under a leaf of a confirmed claim in favour of one that has won its time. */
export function win(game: Game, position: Position, root: Uint8Array, leafId: Uint8Array): Settled {
  const { tree, config, now } = game;
  const cohortId = Bisection.cohortId(position);
  const node = DisputeTree.requireNode(tree, Bisection.nodeId(cohortId, root));
  const refined = tree.refines.get(Hex.key(node.id)) ?? Bisection.ZERO;
  if (!Bytes.equals(refined, leafId)) throw new MoveRejected("WrongRefinement", [refined, leafId]);
  const cohort = DisputeTree.cohortOf(tree, cohortId);
  if (cohort.confirmedAt !== 0n) throw new MoveRejected("AlreadySettled", [node.id]);
  const timer = Clock.bottomUp(node, cohort, now);
  const { timeout } = config;
  if (timer < timeout) throw new MoveRejected("TimerTooShort", [node.id, timeout, timer]);
  return { kind: "Settled", node: node.id, account: node.mover, amount: config.refinementBond };
}

/** Takes the bond of a node whose cohort has another winner: half into the pot, the rest to be burned. */
export function forfeit(
  game: Game,
  cohortId: Uint8Array,
  id: Uint8Array,
  parent: Uint8Array,
  bond: bigint,
): Forfeited {
  const node = game.tree.nodes.get(Hex.key(id));
  const decided = DisputeTree.cohortOf(game.tree, cohortId).confirmedAt !== 0n;
  if (node === undefined || !decided || Clock.has(node, Clock.CONFIRMED)) {
    throw new MoveRejected("NotLost", [id]);
  }
  if (Clock.has(node, Clock.SETTLED)) throw new MoveRejected("AlreadySettled", [id]);
  const pooled = bond / 2n;
  return { kind: "Forfeited", node: id, parent, burned: bond - pooled, pooled };
}

/** Rejects a path that does not lead to the root of a confirmed claim, or of a level-1 tree that won under one. */
export function checkWon(
  game: Game,
  cohortId: Uint8Array,
  root: Uint8Array,
  height: number,
  path: readonly Uint8Array[],
): void {
  const id = Bisection.nodeId(cohortId, root);
  const node = game.tree.nodes.get(Hex.key(id));
  if (node === undefined || !Clock.has(node, Clock.CONFIRMED)) {
    throw new MoveRejected("NotConfirmed", [id]);
  }
  const length = path.length - 1;
  if (length !== height) throw new MoveRejected("WrongProofLength", [height, length]);
  const top = path[height];
  assert(top !== undefined, "a path has one node more than siblings");
  if (!Bytes.equals(top, root)) throw new MoveRejected("NotInConfirmedTree", [root, top]);
}

/** Pays, out of a parent's pot, the moves on the way from a winning root down to one of its leaves. */
export function payPath(
  game: Game,
  parent: Uint8Array,
  baseFee: bigint,
  root: Position,
  index: number,
  path: readonly Uint8Array[],
  siblings: readonly Uint8Array[],
): readonly Rewarded[] {
  const rewards: Rewarded[] = [];
  let pot = game.pots.get(Hex.key(parent)) ?? 0n;
  let position = root;
  for (let height = siblings.length - 1; height >= 0; height--) {
    const [own, sibling] = [path[height], siblings[height]];
    assert(own !== undefined && sibling !== undefined, "a path has a node beside each sibling");
    const turnsRight = Bisection.isRight(index, height);
    const [left, right] = turnsRight ? [sibling, own] : [own, sibling];

    // A right child is always new, so its mover is the one who bisected its parent.
    const rightPosition = Bisection.rightChild(position, left);
    const node = nodeAt(game, rightPosition, right);
    const price = MOVE_GAS * baseFee;
    if (node !== undefined && !Clock.has(node, Clock.REWARDED) && price <= pot) {
      rewards.push({
        kind: "Rewarded",
        node: node.id,
        parent,
        account: node.mover,
        amount: price,
        forProof: false,
      });
      pot -= price;
    }
    position = turnsRight ? rightPosition : Bisection.leftChild(position);
  }

  const [leafHash] = path;
  assert(leafHash !== undefined, "a path starts at a leaf");
  const leaf = nodeAt(game, position, leafHash);
  // A timer does not tell a proof: a block has run for ever where all of its steps are proven. And a proof that no rival
  // asked for is paid by nobody: such proofs would empty the pot.
  const account = leaf === undefined ? undefined : game.tree.provers.get(Hex.key(leaf.id));
  if (leaf === undefined || account === undefined) return rewards;
  const amount = PROOF_GAS * baseFee;
  const isOwed = DisputeTree.isRivaled(game.tree, leaf) && !Clock.has(leaf, Clock.PROOF_REWARDED);
  if (!isOwed || amount > pot) return rewards;
  const paid = { node: leaf.id, parent, account, amount };
  return [...rewards, { kind: "Rewarded", ...paid, forProof: true }];
}

function nodeAt(game: Game, position: Position, hash: Uint8Array): Clock.Node | undefined {
  return game.tree.nodes.get(Hex.key(Bisection.nodeId(Bisection.cohortId(position), hash)));
}
