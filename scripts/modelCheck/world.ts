// What one model check plays on: a toy chain, its true story, and the false stories that the adversary can tell.
import type { Oracles } from "../../src/dispute/disputeGame.ts";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Game from "../../src/dispute/game.ts";
import * as RunTrace from "../../src/dispute/runTrace.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import { ACCUMULATOR, GENESIS, toyStep, toyTrace, type Lie } from "../../test/dispute/toyTrace.ts";

export type Shape = {
  readonly blockHeight: number;
  readonly stepHeight: number;
  // Ticks for which L1 keeps the honest party out, in all.
  readonly censorship: number;
};

/**
 * How much of the adversary is played. Every: any move by any story, the true one too, legal or not, and the honest answer
 * anywhere among them. Liars: the answer comes first in a tick, which leaves what follows unanswered for longest, and the
 * adversary makes no true moves beside the true claim, since those only answer it. Essential: nor does it move after a lie,
 * where nodes count as standing alone for ever. Alone: every move, and nobody answers.
 */
export type Scope = "every" | "liars" | "essential" | "alone";

export type World = Shape & {
  readonly name: string;
  readonly config: Game.Config;
  readonly oracles: Oracles;
  readonly truth: ClaimTrace;
  readonly lies: readonly ClaimTrace[];
  readonly scope: Scope;
  // Less than this is all that a false claim's clock may show while an honest party answers: the least safe timeout.
  readonly limit: bigint;
};

/**
 * A false story: where it first differs, whether its teller keeps a second tree of steps for the same block, and whether
 * another claim follows it.
 */
export type Story = Lie & { readonly twoFaced?: boolean; readonly chained?: boolean };

// Odd, so that a half is rounded; the order of payments decides whether the pot of one liar pays for a proof.
const CLAIM_BOND = 20_000_001n;
const REFINEMENT_BOND = 9_400_001n;

const UNREACHED = 2n ** 36n;

/** One L1 block, the unit of all clocks here, and the time in which the honest party answers. */
export const TICK = 1n;

/** The nodes on a path from a claim to a step: the proof's number of answers. */
export function pathNodes({ blockHeight, stepHeight }: Shape): number {
  return blockHeight + 1 + stepHeight + 1;
}

/** The proof's bound: how long a false clock can run, and how far the true one can be behind, in ticks. */
export function bound(shape: Shape): number {
  return shape.censorship + pathNodes(shape);
}

/** A world of this shape in which the adversary has these stories, and clocks that run without end. */
export function create(
  shape: Shape,
  stories: readonly Story[],
  scope: Scope,
  limit = BigInt(bound(shape) + 1),
): World {
  const { blockHeight, stepHeight } = shape;
  const steps = 2 ** stepHeight - 1;
  const endBlock = 2n ** BigInt(blockHeight);
  const config = {
    blockHeight,
    stepHeight,
    timeout: UNREACHED,
    claimBond: CLAIM_BOND,
    refinementBond: REFINEMENT_BOND,
  };
  const oracles: Oracles = {
    step: (end, index, state, witness) => toyStep(steps, end, index, state, witness),
    // Twice the range: a claim on a claim has blocks too.
    blockCount: () => 2n * endBlock,
    accumulator: () => ACCUMULATOR,
  };
  const parent = Game.genesisId(config, GENESIS);
  const range = { blockHeight, stepHeight, steps, parent, startState: GENESIS, endBlock };
  const lies = stories.flatMap((story) => {
    const told = toyTrace(range, story);
    if (story.twoFaced === true) return [told, retold(told, story.leaf)];
    return story.chained === true ? [told, chained(config, told)] : [told];
  });
  const name = stories.map(nameOf).join(", ");
  const truth = toyTrace(range);
  return { ...shape, name, config, oracles, truth, lies, scope, limit };
}

/** Every place of a lie in trees of this shape, and every lie that is taken back in the same block. */
export function places({ blockHeight, stepHeight }: Shape): Story[] {
  const leaves = Array.from({ length: 2 ** blockHeight }, (_, leaf) => leaf);
  const steps = Array.from({ length: 2 ** stepHeight }, (_, step) => step);
  return leaves.flatMap((leaf) =>
    steps.flatMap((step): Story[] => {
      const lie = { leaf, step };
      return step + 1 < steps.length ? [lie, { ...lie, healed: true }] : [lie];
    }),
  );
}

/** Every choice of this many stories, in which equal places get different lies. */
export function choices(stories: readonly Story[], count: number): Story[][] {
  if (count === 0) return [[]];
  return stories.flatMap((story, index) =>
    choices(stories.slice(index), count - 1).map((rest) => [{ ...story, salt: count }, ...rest]),
  );
}

function retold(trace: ClaimTrace, leaf: number): ClaimTrace {
  const steps = trace.steps(leaf);
  const last = steps.length - 1;
  const story = RunTrace.fromRuns(Math.log2(steps.length), [
    { from: 0, state: new Uint8Array(32).fill(5) },
    { from: last, state: steps.hashAt(last) },
  ]);
  return {
    ...trace,
    steps: (index) =>
      index === leaf ? { ...story, prove: (step) => steps.prove(step) } : trace.steps(index),
  };
}

// What a machine would go on with from the last state of a false story.
function chained(config: Game.Config, trace: ClaimTrace): ClaimTrace {
  const { blockHeight, stepHeight } = config;
  const cohort = Bisection.cohortId(Game.claimPosition(config, trace.parent));
  const parent = Bisection.nodeId(cohort, trace.blocks.subtree(blockHeight, 0));
  const endBlock = trace.endState.number + 1n;
  const startState = trace.endState;
  return toyTrace({ blockHeight, stepHeight, steps: 1, parent, startState, endBlock });
}

function nameOf({ leaf, step, healed, twoFaced, chained: followed }: Story): string {
  const marks = { healed, "two-faced": twoFaced, followed };
  const told = Object.entries(marks).filter(([, holds]) => holds === true);
  return [`${leaf}.${step}`, ...told.map(([mark]) => mark)].join(" ");
}
