// Which claims are true. A true claim follows a true claim and has every block as this node derived it; so there is at
// most one on each parent, and they form a chain.
import * as Bisection from "../dispute/bisection.ts";
import * as Game from "../dispute/game.ts";
import type { GrowingTrace, StepTrace } from "../dispute/trace.ts";
import { assert } from "../primitives/assert.ts";
import * as Hex from "../primitives/hex.ts";
import * as BlockDone from "../protocol/blockDone.ts";
import * as ClaimTraces from "./claimTrace.ts";

/** The true claim on a parent, kept with the history that it was computed from. */
type Verdict = { readonly mark: string; readonly trueChild: string };

type Remembered = { readonly mark: string; readonly trace: GrowingTrace };

export type Judge = {
  readonly source: ClaimTraces.Source;
  /** The steps of the block after a number; undefined while they are not known yet. */
  readonly stepsAfter: (number: bigint) => StepTrace | undefined;
  readonly verdicts: Map<string, Verdict>;
  readonly traces: Map<string, Remembered>;
};

const REMEMBERED_TRACES = 4;

/** A judge who has seen nothing yet. */
export function create(source: ClaimTraces.Source, stepsAfter: Judge["stepsAfter"]): Judge {
  return { source, stepsAfter, verdicts: new Map(), traces: new Map() };
}

/** The claim that every true claim follows; throws ForeignGameError if it is not about this chain. */
export function genesisClaim(judge: Judge, game: Game.Game): Game.Claim {
  const [genesis] = game.claims.values();
  assert(genesis !== undefined, "a game has a genesis claim");
  requireGenesis(judge, genesis);
  return genesis;
}

/** A true claim and all true claims that follow it, oldest first. */
export function trueClaims(judge: Judge, game: Game.Game, from: Game.Claim): Game.Claim[] {
  const chain = [from];
  for (let newest: Game.Claim | undefined = from; newest !== undefined;) {
    newest = trueChild(judge, game, newest);
    if (newest !== undefined) chain.push(newest);
  }
  return chain;
}

/** The true trace of the claims on a parent, which all end at the same block. */
export function traceOn(judge: Judge, range: ClaimTraces.Range): GrowingTrace | undefined {
  const { source, traces } = judge;
  const mark = ClaimTraces.mark(source, range.endBlock);
  if (mark === undefined) return undefined;
  const key = `${Hex.key(range.parent.id)}:${range.endBlock}`;
  const known = traces.get(key);
  if (known?.mark === mark) return known.trace;

  const trace = ClaimTraces.createWith(source, range, judge.stepsAfter);
  assert(trace !== undefined, "a block with a mark stands on L1");
  traces.delete(key);
  const [oldest] = traces.keys();
  if (traces.size >= REMEMBERED_TRACES && oldest !== undefined) traces.delete(oldest);
  traces.set(key, { mark, trace });
  return trace;
}

function trueChild(judge: Judge, game: Game.Game, parent: Game.Claim): Game.Claim | undefined {
  const [first] = Game.children(game, parent.id);
  if (first === undefined) return undefined;
  const key = Hex.key(parent.id);
  const known = judge.verdicts.get(key);
  const claim = known === undefined ? undefined : game.claims.get(known.trueChild);
  // What is confirmed is older than any reorganisation.
  if (claim !== undefined && Game.isConfirmed(game, claim.id)) return claim;

  const endBlock = first.endState.number;
  const mark = ClaimTraces.mark(judge.source, endBlock);
  if (mark === undefined) return undefined;
  if (known?.mark === mark) return claim;
  const trace = traceOn(judge, { parent, endBlock });
  if (trace === undefined) return undefined;
  const verdict = { mark, trueChild: Hex.key(claimId(game.config, trace)) };
  judge.verdicts.set(key, verdict);
  return game.claims.get(verdict.trueChild);
}

/** The id of the claim that a trace makes. */
export function claimId(config: Game.Config, { parent, blocks }: GrowingTrace): Uint8Array {
  const cohort = Bisection.cohortId(Game.claimPosition(config, parent));
  return Bisection.nodeId(cohort, blocks.subtree(config.blockHeight, 0));
}

function requireGenesis({ source }: Judge, { endState }: Game.Claim): void {
  const own = ClaimTraces.doneAt(source, endState.number);
  const expected = own === undefined ? "nothing" : Hex.fromBytes(BlockDone.hash(own));
  const actual = Hex.fromBytes(BlockDone.hash(endState));
  if (actual !== expected) throw new ForeignGameError(expected, actual);
}

export class ForeignGameError extends Error {
  override readonly name = "Judge.ForeignGameError";
  readonly expected: string;
  readonly actual: string;
  constructor(expected: string, actual: string) {
    super(`the game is about another chain: expected genesis ${expected}, got ${actual}`);
    this.expected = expected;
    this.actual = actual;
  }
}
