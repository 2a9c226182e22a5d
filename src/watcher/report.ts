// What a party to a dispute says about itself, one line for each decision.
import { formatEther } from "viem";
import * as Bisection from "../dispute/bisection.ts";
import type { Position } from "../dispute/bisection.ts";
import * as DisputeTree from "../dispute/disputeTree.ts";
import type * as Game from "../dispute/game.ts";
import type { Move } from "../dispute/move.ts";
import type { GrowingTrace } from "../dispute/trace.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import type { Bonds } from "./bonds.ts";
import { stepName } from "./stepName.ts";

const SHORT_ID = 4;

/** The first bytes of an id, for people. */
export function short(id: Uint8Array): string {
  return Hex.fromBytes(id.subarray(0, SHORT_ID));
}

/** Why a claim is false. */
export function falsity(claim: Game.Claim, trace: GrowingTrace): string {
  const { number, outputRoot } = claim.endState;
  const range = blockRange(trace, 1n, number - trace.startState.number);
  if (Bytes.equals(outputRoot, trace.endState.outputRoot))
    return `claim ${short(claim.id)} on ${range} is false: it ends like ours, but not by our blocks`;
  const [theirs, ours] = [short(outputRoot), short(trace.endState.outputRoot)];
  return `claim ${short(claim.id)} on ${range} is false: output ${theirs}, ours is ${ours}`;
}

/** What a move does. */
export function decision(game: Game.Game, trace: GrowingTrace, move: Move): string {
  const { config } = game;
  const { parent, startState, endState } = trace;
  switch (move.kind) {
    case "propose": {
      const range = blockRange(trace, 1n, endState.number - startState.number);
      return `claims ${range} on ${short(parent)} with ${formatEther(config.claimBond)} ETH`;
    }
    case "bisect":
      return `opens ${placeOf(game, trace, move.position)} (height ${move.position.height})`;
    case "refine": {
      const bond = formatEther(config.refinementBond);
      return `opens the steps of ${place(trace, move.leaf)} with ${bond} ETH`;
    }
    case "prove": {
      const name = stepName(move.index, move.witness);
      return `proves step ${move.index} of ${place(trace, move.blockLeaf)}: ${name}`;
    }
    case "update":
      return `updates the timer of ${placeOf(game, trace, move.position)}`;
    case "confirm":
      return `confirms the claim up to block ${endState.number} on ${short(parent)}`;
    case "settleRefinement":
      return `takes back the bond of the steps of block ${startState.number + 1n + BigInt(move.index)}`;
    case "rewardBlocks":
    case "rewardSteps":
      return `has the winning moves paid for the claim on ${short(parent)}`;
    case "withdraw":
      return "withdraws its credit";
  }
}

/** What is locked. */
export function stake({ claims, refinements, locked }: Bonds): string {
  return `locked: ${formatEther(locked)} ETH (claims: ${claims}, level-1 trees: ${refinements})`;
}

/** That a credit is left where it is. */
export function waitingCredit(credit: bigint): string {
  return `leaves its credit of ${formatEther(credit)} ETH until that is more than the gas to withdraw it`;
}

function placeOf(game: Game.Game, trace: GrowingTrace, position: Position): string {
  if (position.level === 0) return place(trace, position);
  const first = position.index * 2 ** position.height;
  const last = first + 2 ** position.height - 1;
  const leaf = refinedLeaf(game, position.origin);
  const steps = first === last ? `step ${first}` : `steps ${first} to ${last}`;
  return leaf === undefined ? steps : `${steps} of ${place(trace, leaf)}`;
}

function place(trace: GrowingTrace, { height, index }: Position): string {
  const [first, size] = [BigInt(index) * 2n ** BigInt(height), 2n ** BigInt(height)];
  return blockRange(trace, first + 1n, first + size);
}

// The level-0 leaf under which the level-1 trees of this origin stand.
function refinedLeaf({ config, tree }: Game.Game, origin: Uint8Array): Position | undefined {
  const cohort = Bisection.cohortId(Bisection.root(1, config.stepHeight, origin));
  const [root] = DisputeTree.cohortOf(tree, cohort).members;
  const leaf = root === undefined ? undefined : tree.refines.get(Hex.key(root));
  return leaf === undefined ? undefined : DisputeTree.requireNode(tree, leaf).position;
}

// The blocks at these places of a claim, counted from 1.
function blockRange({ startState, endState }: GrowingTrace, first: bigint, last: bigint): string {
  const [from, to] = [startState.number + first, startState.number + last];
  if (from > endState.number) return `the padding after block ${endState.number}`;
  const end = to < endState.number ? to : endState.number;
  return from === end ? `block ${from}` : `blocks ${from} to ${end}`;
}
