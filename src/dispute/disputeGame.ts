// The rules of the dispute game as a pure state machine: the reference that the contract is replayed against.
// Twin: contracts/dispute/DisputeGame.sol; checks stand in the contract's order.
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import * as BlockDone from "../protocol/blockDone.ts";
import * as Bisection from "./bisection.ts";
import type { Position } from "./bisection.ts";
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
 * Makes a move in place, for games too large to copy; throws as `apply` does. A rejected move leaves the game as it was,
 * but for timers that an update raised before it met a node that is not bisected.
 */
export function applyInPlace(game: Game.Game, move: Move.Move, call: Call, oracles: Oracles): void {
  for (const event of eventsOf(game, move, call, oracles)) Game.write(game, event);
}

// Timer updates log nothing and are written here; every other move changes the game by what it logs.
function eventsOf(
  game: Game.Game,
  move: Move.Move,
  call: Call,
  oracles: Oracles,
): readonly GameEvent[] {
  const { tree, config, now } = game;
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
      DisputeTree.update(tree, move.level, move.origin, move.splits, now);
      return [];
    case "updateLeaf": {
      const { leaf, leafHash, startState, root } = move;
      const position = Game.stepsPosition(config, leaf, startState);
      DisputeTree.updateLeaf(tree, leaf, leafHash, position, root, now);
      return [];
    }
    case "confirm":
      return confirm(game, move, call);
    case "settleClaim":
      return [settleClaim(game, move)];
    case "settleRefinement":
      return [settleRefinement(game, move)];
    case "forfeitClaim": {
      const cohort = Bisection.cohortId(Game.claimPosition(config, move.parent));
      const id = Bisection.nodeId(cohort, move.root);
      return [Reward.forfeit(game, cohort, id, move.parent, config.claimBond)];
    }
    case "forfeitRefinement": {
      const { blockLeaf, startState, root } = move;
      const cohort = Bisection.cohortId(Game.stepsPosition(config, blockLeaf, startState));
      const id = Bisection.nodeId(cohort, root);
      return [Reward.forfeit(game, cohort, id, blockLeaf.origin, config.refinementBond)];
    }
    case "rewardBlocks":
      return reward(game, move.parent, Game.claimPosition(config, move.parent), move);
    case "rewardSteps": {
      const { blockLeaf, startState } = move;
      const position = Game.stepsPosition(config, blockLeaf, startState);
      return reward(game, blockLeaf.origin, position, move);
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
  DisputeTree.checkRefine(tree, leaf, leafHash);
  const cohort = Bisection.cohortId(Game.stepsPosition(config, leaf, pre.state));
  const id = Bisection.nodeId(cohort, root);
  if (tree.nodes.has(Hex.key(id))) throw new MoveRejected("NodeExists", [id]);
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
  const { blockLeaf, startState, index, prefix, nodeHash, pre, witness } = move;
  const origin = Bisection.originOf(Bisection.cohortId(blockLeaf), startState);
  const leaf = { level: 1, height: 0, index, origin, prefix };
  const id = Bisection.nodeId(Bisection.cohortId(leaf), nodeHash);
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

function confirm(game: Game.Game, move: Move.Confirm, call: Call): readonly GameEvent[] {
  const { parent, root } = move;
  const cohortId = Bisection.cohortId(Game.claimPosition(game.config, parent));
  const node = DisputeTree.requireNode(game.tree, Bisection.nodeId(cohortId, root));
  if (Game.isConfirmed(game, node.id)) return [];
  if (!Game.isConfirmed(game, parent)) {
    throw new MoveRejected("ParentNotConfirmed", [parent]);
  }
  const cohort = DisputeTree.cohortOf(game.tree, cohortId);
  if (cohort.confirmedAt !== 0n) throw new MoveRejected("SiblingConfirmed", [parent]);
  requireTimer(game, node, cohort);
  const baseFee = Reward.cappedBaseFee(call.baseFee);
  return [{ kind: "Confirmed", claim: node.id, baseFee }];
}

function settleClaim(game: Game.Game, move: Move.SettleClaim): GameEvent {
  const claim = game.claims.get(Hex.key(move.claim));
  if (claim === undefined || !Game.isConfirmed(game, claim.id)) {
    throw new MoveRejected("NotConfirmed", [move.claim]);
  }
  if (Game.isSettled(game, claim.id)) throw new MoveRejected("AlreadySettled", [move.claim]);
  const amount = game.config.claimBond;
  return { kind: "Settled", node: claim.id, account: claim.proposer, amount };
}

function settleRefinement(game: Game.Game, move: Move.SettleRefinement): GameEvent {
  const { config } = game;
  const { parent, claimRoot, index, leafHash, siblings, startState, root } = move;
  const children = Bisection.cohortId(Game.claimPosition(config, parent));
  const path = Bisection.fold(index, leafHash, siblings);
  Reward.checkWon(game, children, claimRoot, config.blockHeight, path);

  const prefix = Bisection.prefixOf(index, siblings);
  const leaf = { level: 0, height: 0, index, origin: parent, prefix };
  const leafId = Bisection.nodeId(Bisection.cohortId(leaf), leafHash);
  const steps = Game.stepsPosition(config, leaf, startState);
  return Reward.win(game, steps, root, leafId);
}

function reward(
  game: Game.Game,
  parent: Uint8Array,
  position: Position,
  move: Move.RewardBlocks | Move.RewardSteps,
): readonly GameEvent[] {
  const { root, index, leafHash, siblings } = move;
  const path = Bisection.fold(index, leafHash, siblings);
  Reward.checkWon(game, Bisection.cohortId(position), root, position.height, path);
  const children = Bisection.cohortId(Game.claimPosition(game.config, parent));
  const { baseFee } = DisputeTree.cohortOf(game.tree, children);
  return Reward.payPath(game, parent, baseFee, position, index, path, siblings);
}

function requireBond(bond: bigint, value: bigint): void {
  if (value !== bond) throw new MoveRejected("WrongBond", [bond, value]);
}

function requireClaim(game: Game.Game, id: Uint8Array): Game.Claim {
  const claim = game.claims.get(Hex.key(id));
  if (claim === undefined) throw new MoveRejected("ClaimMissing", [id]);
  return claim;
}

function requireTimer(game: Game.Game, node: Clock.Node, cohort: Clock.Cohort): void {
  const timer = Clock.bottomUp(node, cohort, game.now);
  const { timeout } = game.config;
  if (timer < timeout) throw new MoveRejected("TimerTooShort", [node.id, timeout, timer]);
}
