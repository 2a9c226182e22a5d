// Moves as calldata and logs as events, by the second opinion on ABI encoding: ethers.
import type { Interface, Log, Result } from "ethers";
import * as Hex from "../../src/primitives/hex.ts";
import type { Position, PreState } from "../../src/dispute/bisection.ts";
import type { GameEvent } from "../../src/dispute/gameEvent.ts";
import type { Opening } from "../../src/dispute/disputeTree.ts";
import type { Move, RewardBlocks, RewardSteps } from "../../src/dispute/move.ts";
import type { BlockDone } from "../../src/protocol/blockDone.ts";

/** The calldata of a move. */
export function encode(abi: Interface, move: Move): string {
  return abi.encodeFunctionData(move.kind, argumentsOf(move));
}

/** The dispute events among logs, in order. */
export function decode(abi: Interface, logs: readonly Log[]): GameEvent[] {
  return logs.flatMap((log) => {
    const parsed = abi.parseLog(log);
    return parsed === null ? [] : [eventOf(parsed.name, parsed.args)];
  });
}

/** A state between blocks as an ABI tuple. */
export function blockDoneTuple(done: BlockDone): unknown[] {
  const { number, outputRoot, headerHash, ringRoot, batch, byteOffset, deposits } = done;
  return [number, outputRoot, headerHash, ringRoot, batch, byteOffset, deposits];
}

function argumentsOf(move: Move): unknown[] {
  switch (move.kind) {
    case "propose": {
      const { parent, endState, batch, accumulator, root, siblings } = move;
      return [parent, blockDoneTuple(endState), batch, accumulator, root, siblings];
    }
    case "bisect":
      return [positionTuple(move.position), move.left, move.right];
    case "refine": {
      const { leaf, leafHash, pre, root, siblings } = move;
      return [positionTuple(leaf), leafHash, preTuple(pre), root, siblings];
    }
    case "prove": {
      const { blockLeaf, startState, index, prefix, nodeHash, pre, witness } = move;
      const leaf = positionTuple(blockLeaf);
      return [leaf, startState, index, prefix, nodeHash, preTuple(pre), witness];
    }
    case "update":
      return [positionTuple(move.position), move.nodeHash, move.openings.map(openingTuple)];
    case "confirm":
      return [move.parent, move.root, move.openings.map(openingTuple)];
    case "rewardBlocks":
      return [move.parent, ...startTuple(move)];
    case "settleRefinement": {
      const { parent, claimRoot, index, leafHash, siblings, startState, root, openings } = move;
      const opened = openings.map(openingTuple);
      return [parent, claimRoot, index, leafHash, siblings, startState, root, opened];
    }
    case "rewardSteps":
      return [positionTuple(move.blockLeaf), move.startState, ...startTuple(move)];
    case "withdraw":
      return [Hex.fromBytes(move.to)];
  }
}

function eventOf(name: string, args: Result): GameEvent {
  const word = (field: string): Uint8Array => Hex.toBytes(args[field]);
  switch (name) {
    case "Proposed": {
      const endState = blockDoneOf(args["endState"]);
      const [parent, claim] = [word("parent"), word("claim")];
      const [root, proposer] = [word("root"), word("proposer")];
      return { kind: name, parent, claim, root, endState, proposer };
    }
    case "Bisected": {
      const position = positionOf(args["position"]);
      const [left, right, mover] = [word("left"), word("right"), word("mover")];
      return { kind: name, position, left, right, mover };
    }
    case "Refined": {
      const leaf = positionOf(args["leaf"]);
      const [leafHash, startState] = [word("leafHash"), word("startState")];
      return { kind: name, leaf, leafHash, startState, root: word("root"), mover: word("mover") };
    }
    case "Proven":
      return { kind: name, node: word("node"), mover: word("mover") };
    case "Confirmed":
      return { kind: name, claim: word("claim"), baseFee: BigInt(args["baseFee"]) };
    case "Settled": {
      const amount = BigInt(args["amount"]);
      return { kind: name, node: word("node"), account: word("account"), amount };
    }
    case "Forfeited": {
      const [burned, pooled] = [BigInt(args["burned"]), BigInt(args["pooled"])];
      return { kind: name, parent: word("parent"), winner: word("winner"), burned, pooled };
    }
    case "Rewarded": {
      const [parent, node, account] = [word("parent"), word("node"), word("account")];
      const amount = BigInt(args["amount"]);
      return { kind: name, parent, node, account, amount, flag: Number(args["flag"]) };
    }
    case "Withdrawn":
      return { kind: name, account: word("account"), amount: BigInt(args["amount"]) };
    default:
      throw new RangeError(`an event of the dispute game, not ${name}`);
  }
}

function blockDoneOf(tuple: Result): BlockDone {
  return {
    number: BigInt(tuple["number"]),
    outputRoot: Hex.toBytes(tuple["outputRoot"]),
    headerHash: Hex.toBytes(tuple["headerHash"]),
    ringRoot: Hex.toBytes(tuple["ringRoot"]),
    batch: BigInt(tuple["batch"]),
    byteOffset: BigInt(tuple["byteOffset"]),
    deposits: BigInt(tuple["deposits"]),
  };
}

function positionOf(tuple: Result): Position {
  return {
    level: Number(tuple["level"]),
    height: Number(tuple["height"]),
    index: Number(tuple["index"]),
    origin: Hex.toBytes(tuple["origin"]),
    prefix: Hex.toBytes(tuple["prefix"]),
  };
}

function positionTuple(position: Position): unknown[] {
  const { level, height, index, origin, prefix } = position;
  return [level, height, index, origin, prefix];
}

function openingTuple({ left, right }: Opening): unknown[] {
  return [left, right];
}

function startTuple({ height, index, prefix, openings }: RewardBlocks | RewardSteps): unknown[] {
  return [height, index, prefix, openings.map(openingTuple)];
}

function preTuple(pre: PreState): unknown[] {
  return [pre.state, pre.prefix, pre.spine];
}
