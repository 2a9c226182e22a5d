// Disputes brought to where a test starts: an honest party (player 0) and a liar (player 1) on small trees.
import { proposal } from "../../src/dispute/nextMoves.ts";
import { CLAIM_BOND, SMALL, deployArena } from "./arena.ts";
import type { Arena } from "./arena.ts";
import { advance } from "./match.ts";
import type { Party } from "./match.ts";
import type { Lie } from "./toyTrace.ts";

export type Stage = { readonly arena: Arena; readonly honest: Party; readonly liar: Party };

/** The lie of these stages: the third step of the second of four blocks. */
export const LIE: Lie = { leaf: 1, step: 2 };
export const END_BLOCK = 4n;

/** Nothing is claimed. */
export async function noClaims(claimBond = CLAIM_BOND): Promise<Stage> {
  const arena = await deployArena(SMALL, claimBond);
  const honest = { player: 0, trace: arena.trace(arena.genesis, END_BLOCK) };
  const liar = { player: 1, trace: arena.trace(arena.genesis, END_BLOCK, LIE) };
  return { arena, honest, liar };
}

/** The honest claim stands alone. */
export async function honestClaim(claimBond = CLAIM_BOND): Promise<Stage> {
  const stage = await noClaims(claimBond);
  await stage.arena.make(proposal(stage.honest.trace), stage.honest.player);
  return stage;
}

/** The honest claim, and a second later the false one. */
export async function rivalClaims(claimBond = CLAIM_BOND): Promise<Stage> {
  const stage = await honestClaim(claimBond);
  await stage.arena.make(proposal(stage.liar.trace), stage.liar.player);
  return stage;
}

/** Both sides have bisected down to the disputed block. */
export async function rivalBlocks(): Promise<Stage> {
  const stage = await rivalClaims();
  await advance(stage.arena, [stage.honest, stage.liar], ["bisect"]);
  return stage;
}

/** Both sides have refined the disputed block. */
export async function rivalRefinements(): Promise<Stage> {
  const stage = await rivalBlocks();
  for (const party of [stage.honest, stage.liar]) await advance(stage.arena, [party], ["refine"]);
  return stage;
}

/** Both sides have bisected down to the disputed step. */
export async function rivalSteps(): Promise<Stage> {
  const stage = await rivalBlocks();
  await advance(stage.arena, [stage.honest, stage.liar], ["bisect", "refine"]);
  return stage;
}
