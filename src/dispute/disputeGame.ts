// The rules of the dispute game as a pure state machine: the reference that the contract is replayed against.
// Twin: contracts/dispute/DisputeGame.sol; checks stand in the contract's order.
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import * as BlockDone from "../protocol/blockDone.ts";
import * as Bisection from "./bisection.ts";
import * as Clock from "./clock.ts";
import * as DisputeTree from "./disputeTree.ts";
import * as Game from "./game.ts";
import type { GameEvent } from "./gameEvent.ts";
import { MoveRejected } from "./moveRejected.ts";
import type * as Move from "./move.ts";
import * as Reward from "./reward.ts";

/** Who makes a move, with how much ETH, in a block of which base fee. */
export type Call = {
  readonly sender: Uint8Array;
  readonly value: bigint;
  readonly baseFee: bigint;
};

/** The contracts that the game asks. */
export type Oracles = {
  step(endBlock: bigint, index: number, state: Uint8Array, witness: Uint8Array): Uint8Array;
  blockCount(batch: bigint): bigint;
  accumulator(batch: bigint): Uint8Array;
};

/** The game after a move at the game's time; throws MoveRejected where the contract reverts. */
export function apply(game: Game.Game, move: Move.Move, call: Call, oracles: Oracles): Game.Game {
  const next = Game.at(game, game.now);
  applyInPlace(next, move, call, oracles);
  return next;
}

/**
 * Makes a move in place, for games too large to copy; throws as `apply` does. A rejected move leaves the game as it was.
 */
export function applyInPlace(game: Game.Game, move: Move.Move, call: Call, oracles: Oracles): void {
  for (const event of eventsOf(game, move, call, oracles)) Game.write(game, event);
}

// Timer updates, and which trees a confirmation counted, log nothing and are written here; every other change is logged.
function eventsOf(
  game: Game.Game,
  move: Move.Move,
  call: Call,
  oracles: Oracles,
): readonly GameEvent[] {
  const { tree } = game;
  switch (move.kind) {
    case "propose":
      return [propose(game, move, call, oracles)];
    case "bisect": {
      const { position, left, right } = move;
      if (!DisputeTree.checkBisect(tree, position, left, right)) return [];
      return [{ kind: "Bisected", position, left, right, mover: call.sender }];
    }
    case "refine":
      return [refine(game, move, call)];
    case "prove":
      return prove(game, move, call, oracles);
    case "update":
      update(game, move);
      return [];
    case "confirm":
      return confirm(game, move, call);
    case "settleRefinement":
      return settleRefinement(game, move, call);
    case "rewardBlocks": {
      const { parent, openings } = move;
      const position = { level: 0, origin: parent, ...placeOf(move) };
      return Reward.collect(game, walkOf(game, parent, 0), position, openings, call);
    }
    case "rewardSteps": {
      const { blockLeaf, startState, openings } = move;
      const origin = Bisection.originOf(Bisection.cohortId(blockLeaf), startState);
      const position = { level: 1, origin, ...placeOf(move) };
      return Reward.collect(game, walkOf(game, blockLeaf.origin, 1), position, openings, call);
    }
    case "withdraw": {
      const amount = game.credit.get(Hex.key(call.sender)) ?? 0n;
      if (amount === 0n) throw new MoveRejected("NothingToWithdraw", [call.sender]);
      return [{ kind: "Withdrawn", account: call.sender, amount }];
    }
  }
}

function propose(game: Game.Game, move: Move.Propose, call: Call, oracles: Oracles): GameEvent {
  const { config, tree } = game;
  requireBond(config.claimBond, call.value);
  const { parent: parentId, endState, batch, accumulator, root, siblings } = move;
  const parent = game.claims.get(Hex.key(parentId));
  if (parent === undefined) throw new MoveRejected("ClaimMissing", [parentId]);
  const cohortId = Bisection.cohortId(Game.claimPosition(config, parentId));
  checkRange(game, cohortId, parent, endState.number);
  const posted = oracles.blockCount(batch);
  if (posted < endState.number) {
    throw new MoveRejected("BlockNotPosted", [posted, endState.number]);
  }
  const actual = oracles.accumulator(batch);
  if (!Bytes.equals(actual, accumulator)) {
    throw new MoveRejected("WrongAccumulator", [batch, accumulator, actual]);
  }

  const leafHash = Bisection.leafHash(BlockDone.hash(endState));
  DisputeTree.checkLastLeaf(root, config.blockHeight, leafHash, siblings);
  const id = Bisection.nodeId(cohortId, root);
  if (tree.nodes.has(Hex.key(id))) throw new MoveRejected("NodeExists", [id]);
  return { kind: "Proposed", parent: parentId, claim: id, root, endState, proposer: call.sender };
}

function checkRange(
  game: Game.Game,
  cohortId: Uint8Array,
  parent: Game.Claim,
  endBlock: bigint,
): void {
  const cohort = DisputeTree.cohortOf(game.tree, cohortId);
  if (cohort.confirmedAt !== 0n) throw new MoveRejected("SiblingConfirmed", [parent.id]);
  if (cohort.members.length > 0) {
    if (endBlock !== cohort.endBlock) {
      throw new MoveRejected("WrongEndBlock", [cohort.endBlock, endBlock]);
    }
    return;
  }
  const start = parent.endState.number;
  if (endBlock <= start) throw new MoveRejected("EmptyRange", [start, endBlock]);
  const limit = start + 2n ** BigInt(game.config.blockHeight);
  if (endBlock > limit) throw new MoveRejected("RangeTooLong", [limit, endBlock]);
}

function refine(game: Game.Game, move: Move.Refine, call: Call): GameEvent {
  const { config, tree } = game;
  requireBond(config.refinementBond, call.value);
  const { leaf, leafHash, pre, root, siblings } = move;
  const steps = Game.stepsPosition(config, leaf, pre.state);
  DisputeTree.checkRefine(tree, leaf, leafHash, steps, root);
  Bisection.checkPreState(leaf, pre, BlockDone.hash(requireClaim(game, leaf.origin).endState));
  DisputeTree.checkLastLeaf(root, config.stepHeight, leafHash, siblings);
  return { kind: "Refined", leaf, leafHash, startState: pre.state, root, mover: call.sender };
}

function prove(
  game: Game.Game,
  move: Move.Prove,
  call: Call,
  oracles: Oracles,
): readonly GameEvent[] {
  const { blockLeaf, startState, index, nodeHash, pre, witness } = move;
  const leaf = Game.provenPosition(move);
  const id = Bisection.idAt(leaf, nodeHash);
  const node = DisputeTree.requireNode(game.tree, id);
  if (node.timer === Clock.FOREVER) return [];
  Bisection.checkPreState(leaf, pre, startState);

  const children = Bisection.cohortId(Game.claimPosition(game.config, blockLeaf.origin));
  const { endBlock } = DisputeTree.cohortOf(game.tree, children);
  const successor = oracles.step(endBlock, index, pre.state, witness);
  const expected = Bisection.leafHash(successor);
  if (!Bytes.equals(expected, nodeHash)) {
    throw new MoveRejected("WrongSuccessor", [expected, nodeHash]);
  }
  return [{ kind: "Proven", node: id, mover: call.sender }];
}

function update(game: Game.Game, move: Move.Update): void {
  const { position, nodeHash, openings } = move;
  const { nodes } = game.tree;
  const id = Bisection.idAt(position, nodeHash);
  const node = DisputeTree.requireNode(game.tree, id);
  // It pays nobody: there is no level 2.
  const walk = walkOf(game, position.origin, 2);
  nodes.set(Hex.key(id), {
    ...node,
    timer: Reward.follow(game, walk, position, nodeHash, openings),
  });
}

function confirm(game: Game.Game, move: Move.Confirm, call: Call): readonly GameEvent[] {
  const { parent, root, openings } = move;
  const position = Game.claimPosition(game.config, parent);
  const cohortId = Bisection.cohortId(position);
  const { id } = DisputeTree.requireNode(game.tree, Bisection.nodeId(cohortId, root));
  if (Game.isConfirmed(game, id)) return [];
  if (!Game.isConfirmed(game, parent)) {
    throw new MoveRejected("ParentNotConfirmed", [parent]);
  }
  const cohort = DisputeTree.cohortOf(game.tree, cohortId);
  if (cohort.confirmedAt !== 0n) throw new MoveRejected("SiblingConfirmed", [parent]);

  const baseFee = Reward.cappedBaseFee(call.baseFee);
  const { proposer } = requireClaim(game, id);
  const walk = Reward.walk(game, parent, 0, baseFee);
  const decided = Reward.decide(game, walk, position, root, openings, proposer, call);
  for (const tree of walk.trees) Game.markCounted(game, tree);
  return [{ kind: "Confirmed", claim: id, baseFee }, ...decided];
}

function settleRefinement(
  game: Game.Game,
  move: Move.SettleRefinement,
  call: Call,
): readonly GameEvent[] {
  const { config, tree } = game;
  const { parent, claimRoot, index, leafHash, siblings, startState, root, openings } = move;
  const claim = Bisection.idAt(Game.claimPosition(config, parent), claimRoot);
  if (!Game.isConfirmed(game, claim)) throw new MoveRejected("NotConfirmed", [claim]);
  if (siblings.length !== config.blockHeight) {
    throw new MoveRejected("WrongProofLength", [config.blockHeight, siblings.length]);
  }
  const folded = Bisection.fold(index, leafHash, siblings);
  if (!Bytes.equals(folded, claimRoot)) {
    throw new MoveRejected("NotInConfirmedTree", [claimRoot, folded]);
  }
  const prefix = Bisection.prefixOf(index, siblings);
  const leaf = { level: 0, height: 0, index, origin: parent, prefix };
  const steps = Game.stepsPosition(config, leaf, startState);
  const { id, mover } = DisputeTree.requireNode(tree, Bisection.idAt(steps, root));
  const leafId = Bisection.idAt(leaf, leafHash);
  const refined = tree.refines.get(Hex.key(id)) ?? Bisection.ZERO;
  if (!Bytes.equals(refined, leafId)) throw new MoveRejected("WrongRefinement", [refined, leafId]);
  if (Game.isConfirmed(game, id)) return [];
  const { confirmedAt } = DisputeTree.cohortOf(tree, Bisection.cohortId(steps));
  if (confirmedAt !== 0n) throw new MoveRejected("AlreadySettled", [id]);
  return Reward.decide(game, walkOf(game, parent, 1), steps, root, openings, mover, call);
}

function placeOf({ height, index, prefix }: Move.RewardBlocks | Move.RewardSteps) {
  return { height, index, prefix };
}

// A walk at the price that the confirmation of a parent's child has frozen.
function walkOf(game: Game.Game, parent: Uint8Array, level: number): Reward.Walk {
  const children = Bisection.cohortId(Game.claimPosition(game.config, parent));
  const { baseFee } = DisputeTree.cohortOf(game.tree, children);
  return Reward.walk(game, parent, level, baseFee);
}

function requireBond(bond: bigint, value: bigint): void {
  if (value !== bond) throw new MoveRejected("WrongBond", [bond, value]);
}

function requireClaim(game: Game.Game, id: Uint8Array): Game.Claim {
  const claim = game.claims.get(Hex.key(id));
  if (claim === undefined) throw new MoveRejected("ClaimMissing", [id]);
  return claim;
}
