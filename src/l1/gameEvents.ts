// The logs of the dispute game as plain data, in the form in which disputes are continued.
import { type Hex, type Log, parseEventLogs } from "viem";
import type { Position } from "../dispute/bisection.ts";
import type { GameEvent } from "../dispute/gameEvent.ts";
import * as ByteHex from "../primitives/hex.ts";
import * as Abi from "./abi.ts";

type PositionArguments = {
  readonly level: number;
  readonly height: number;
  readonly index: bigint;
  readonly origin: Hex;
  readonly prefix: Hex;
};

/** What the dispute game has logged, in the order of its logs. */
export function toGameEvents(logs: readonly Log[]): GameEvent[] {
  const bytes = ByteHex.toBytes;
  return parseEventLogs({ abi: Abi.DISPUTE_GAME, logs: [...logs] }).map((log): GameEvent => {
    switch (log.eventName) {
      case "Proposed": {
        const { parent, claim, root, endState, proposer } = log.args;
        const state = {
          ...endState,
          outputRoot: bytes(endState.outputRoot),
          headerHash: bytes(endState.headerHash),
          ringRoot: bytes(endState.ringRoot),
        };
        return {
          kind: "Proposed",
          parent: bytes(parent),
          claim: bytes(claim),
          root: bytes(root),
          endState: state,
          proposer: bytes(proposer),
        };
      }
      case "Bisected": {
        const { position, left, right, mover } = log.args;
        return {
          kind: "Bisected",
          position: toPosition(position),
          left: bytes(left),
          right: bytes(right),
          mover: bytes(mover),
        };
      }
      case "Refined": {
        const { leaf, leafHash, startState, root, mover } = log.args;
        return {
          kind: "Refined",
          leaf: toPosition(leaf),
          leafHash: bytes(leafHash),
          startState: bytes(startState),
          root: bytes(root),
          mover: bytes(mover),
        };
      }
      case "Proven":
        return { kind: "Proven", node: bytes(log.args.node), mover: bytes(log.args.mover) };
      case "Confirmed":
        return { kind: "Confirmed", claim: bytes(log.args.claim), baseFee: log.args.baseFee };
      case "Settled": {
        const { node, account, amount } = log.args;
        return { kind: "Settled", node: bytes(node), account: bytes(account), amount };
      }
      case "Forfeited": {
        const { parent, winner, burned, pooled } = log.args;
        return { kind: "Forfeited", parent: bytes(parent), winner: bytes(winner), burned, pooled };
      }
      case "Rewarded": {
        const { parent, node, account, amount, flag } = log.args;
        return {
          kind: "Rewarded",
          parent: bytes(parent),
          node: bytes(node),
          account: bytes(account),
          amount,
          flag,
        };
      }
      case "Withdrawn": {
        const { account, amount } = log.args;
        return { kind: "Withdrawn", account: bytes(account), amount };
      }
    }
  });
}

function toPosition({ level, height, index, origin, prefix }: PositionArguments): Position {
  return {
    level,
    height,
    // At most 2^26 nodes stand side by side in a tree.
    index: Number(index),
    origin: ByteHex.toBytes(origin),
    prefix: ByteHex.toBytes(prefix),
  };
}
