// Claims that nobody disputes: one block each, with an output that the caller makes up.
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Propose } from "../../src/dispute/move.ts";
import { proposal } from "../../src/dispute/nextMoves.ts";
import * as RunTrace from "../../src/dispute/runTrace.ts";
import * as Genesis from "../../src/machine/genesis.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import { noSource } from "../../test/harness/noSource.ts";
import { toyTrace } from "../../test/dispute/toyTrace.ts";
import { FULL } from "../../test/dispute/arena.ts";
import type { DeployedRollup } from "../deployment/deploy.ts";

export type Claim = {
  readonly config: Game.Config;
  readonly id: Uint8Array;
  readonly endState: BlockDone.BlockDone;
};

/** The claim that a deployment starts from. */
export function genesis({ parameters, genesis: accounts }: DeployedRollup): Claim {
  const { timeout, claimBond, refinementBond } = parameters;
  const { blockHeight, stepHeight } = FULL;
  const config = { blockHeight, stepHeight, timeout, claimBond, refinementBond };
  const endState = Genesis.create(accounts, noSource);
  return { config, id: Game.genesisId(config, endState), endState };
}

/** The claim of one more block, in a batch of its own, with this output, and the move that makes it. */
export function after(
  parent: Claim,
  outputRoot: Uint8Array,
  accumulator: Uint8Array,
): Claim & { readonly move: Propose } {
  const { config, endState: startState } = parent;
  const endState = { ...startState, number: startState.number + 1n, outputRoot };
  const blocks = RunTrace.fromBlocks(config.blockHeight, [BlockDone.hash(endState)]);
  const range = { ...FULL, parent: parent.id, startState, endBlock: endState.number };
  const toy = toyTrace(range);
  const posted = { batch: endState.number, accumulator };
  const fields = { parent: parent.id, startState, endState, ...posted, blocks };
  const move = proposal({ ...toy, ...fields });
  const cohort = Bisection.cohortId(Game.claimPosition(config, parent.id));
  return { config, endState, id: Bisection.nodeId(cohort, move.root), move };
}
