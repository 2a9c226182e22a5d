// The moves of a dispute as calls of the dispute game.
import { encodeFunctionData, type Hex } from "viem";
import type { Position, PreState } from "../dispute/bisection.ts";
import type { Opening } from "../dispute/disputeTree.ts";
import type { Move, RewardBlocks, RewardSteps } from "../dispute/move.ts";
import * as ByteHex from "../primitives/hex.ts";
import * as Abi from "./abi.ts";

/** The calldata of a move. */
export function encodeMove(move: Move): Hex {
  const abi = Abi.DISPUTE_GAME;
  switch (move.kind) {
    case "propose": {
      const { endState, batch } = move;
      const state = {
        ...endState,
        outputRoot: hex(endState.outputRoot),
        headerHash: hex(endState.headerHash),
        ringRoot: hex(endState.ringRoot),
      };
      const [parent, accumulator, root] = [hex(move.parent), hex(move.accumulator), hex(move.root)];
      const args = [parent, state, batch, accumulator, root, move.siblings.map(hex)] as const;
      return encodeFunctionData({ abi, functionName: "propose", args });
    }
    case "bisect": {
      const args = [position(move.position), hex(move.left), hex(move.right)] as const;
      return encodeFunctionData({ abi, functionName: "bisect", args });
    }
    case "refine": {
      const [leaf, pre] = [position(move.leaf), preState(move.pre)];
      const siblings = move.siblings.map(hex);
      const args = [leaf, hex(move.leafHash), pre, hex(move.root), siblings] as const;
      return encodeFunctionData({ abi, functionName: "refine", args });
    }
    case "prove": {
      const { index, witness } = move;
      const [leaf, pre] = [position(move.blockLeaf), preState(move.pre)];
      const [startState, prefix] = [hex(move.startState), hex(move.prefix)];
      const node = hex(move.nodeHash);
      const args = [leaf, startState, BigInt(index), prefix, node, pre, hex(witness)] as const;
      return encodeFunctionData({ abi, functionName: "prove", args });
    }
    case "update": {
      const { openings } = move;
      const args = [position(move.position), hex(move.nodeHash), openings.map(opening)] as const;
      return encodeFunctionData({ abi, functionName: "update", args });
    }
    case "confirm": {
      const args = [hex(move.parent), hex(move.root), move.openings.map(opening)] as const;
      return encodeFunctionData({ abi, functionName: "confirm", args });
    }
    case "settleRefinement": {
      const [parent, claimRoot] = [hex(move.parent), hex(move.claimRoot)];
      const [leafHash, startState] = [hex(move.leafHash), hex(move.startState)];
      const [index, siblings] = [BigInt(move.index), move.siblings.map(hex)];
      const tree = [startState, hex(move.root), move.openings.map(opening)] as const;
      const args = [parent, claimRoot, index, leafHash, siblings, ...tree] as const;
      return encodeFunctionData({ abi, functionName: "settleRefinement", args });
    }
    case "rewardBlocks": {
      const args = [hex(move.parent), ...start(move)] as const;
      return encodeFunctionData({ abi, functionName: "rewardBlocks", args });
    }
    case "rewardSteps": {
      const args = [position(move.blockLeaf), hex(move.startState), ...start(move)] as const;
      return encodeFunctionData({ abi, functionName: "rewardSteps", args });
    }
    case "withdraw":
      return encodeFunctionData({ abi, functionName: "withdraw", args: [hex(move.to)] });
  }
}

function position({ level, height, index, origin, prefix }: Position) {
  return { level, height, index: BigInt(index), origin: hex(origin), prefix: hex(prefix) };
}

function start({ height, index, prefix, openings }: RewardBlocks | RewardSteps) {
  return [height, BigInt(index), hex(prefix), openings.map(opening)] as const;
}

function opening({ left, right }: Opening) {
  return { left: hex(left), right: hex(right) };
}

function preState({ state, prefix, spine }: PreState) {
  return { state: hex(state), prefix: hex(prefix), spine: spine.map(hex) };
}

function hex(bytes: Uint8Array): Hex {
  return ByteHex.fromBytes(bytes);
}
