import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Clock from "../../src/dispute/clock.ts";
import * as DisputeGame from "../../src/dispute/disputeGame.ts";
import type { Oracles } from "../../src/dispute/disputeGame.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { MoveRejected } from "../../src/dispute/moveRejected.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import * as Raise from "../../src/dispute/raise.ts";
import * as RunTrace from "../../src/dispute/runTrace.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { ACCUMULATOR, GENESIS, toyStep, toyTrace } from "./toyTrace.ts";
import type { Lie } from "./toyTrace.ts";

// Time runs in ticks. In every tick the adversary makes any moves of its traces, in any order and number, and then the
// honest party makes all of its own. Every such play is visited.
const BONDS = { claimBond: 3n, refinementBond: 1n };
const HONEST = { sender: new Uint8Array(20).fill(1), baseFee: 0n };
const ADVERSARY = { sender: new Uint8Array(20).fill(2), baseFee: 0n };

type Universe = {
  readonly config: Game.Config;
  readonly oracles: Oracles;
  readonly honest: ClaimTrace;
  readonly lies: readonly ClaimTrace[];
  // By this time the honest claim has to be confirmed.
  readonly bound: bigint;
};

type Verdict = { readonly plays: number; readonly states: number; readonly violation?: string };

function universe(
  blockHeight: number,
  stepHeight: number,
  timeout: bigint,
  lies: readonly Lie[],
): Universe {
  const steps = 2 ** stepHeight - 1;
  const endBlock = 2n ** BigInt(blockHeight);
  const config = { blockHeight, stepHeight, timeout, ...BONDS };
  const oracles = {
    step: (end: bigint, index: number, state: Uint8Array, witness: Uint8Array) =>
      toyStep(steps, end, index, state, witness),
    blockCount: () => endBlock,
    accumulator: () => ACCUMULATOR,
  };
  const parent = Game.genesisId(config, GENESIS);
  const range = { blockHeight, stepHeight, steps, parent, startState: GENESIS, endBlock };
  const told = lies.map((lie) => toyTrace(range, lie));
  // The first liar also keeps a second story of the same false block, with another first step.
  const [first] = told;
  const twoFaced = first === undefined ? [] : [retold(first, lies[0]?.leaf ?? 0)];
  return {
    config,
    oracles,
    honest: toyTrace(range),
    lies: [...told, ...twoFaced],
    bound: 2n * timeout + BigInt(blockHeight + stepHeight) + 3n,
  };
}

function retold(trace: ClaimTrace, leaf: number): ClaimTrace {
  const steps = trace.steps(leaf);
  const story = RunTrace.fromRuns(Math.log2(steps.length), [
    { from: 0, state: new Uint8Array(32).fill(5) },
    { from: steps.length - 1, state: steps.hashAt(steps.length - 1) },
  ]);
  return {
    ...trace,
    steps: (index) =>
      index === leaf ? { ...story, prove: (step) => steps.prove(step) } : trace.steps(index),
  };
}

/** Visits every play and reports the first state in which the rules fail the honest party. */
function check(world: Universe): Verdict {
  const start = Game.create(world.config, GENESIS, 1n);
  const seen = new Set<string>();
  const open: Game.Game[] = [start];
  let plays = 0;
  for (let game = open.pop(); game !== undefined; game = open.pop()) {
    const violation = violationOf(world, game);
    if (violation !== undefined) return { plays, states: seen.size, violation };
    if (isConfirmed(game, world.honest)) {
      plays += 1;
      continue;
    }
    for (const next of [tick(world, game), ...adversaryMoves(world, game)]) {
      const key = keyOf(next);
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(next);
    }
  }
  return { plays, states: seen.size };
}

// The honest party proposes in the first tick, so that the adversary's clocks have the longest start.
function tick(world: Universe, game: Game.Game): Game.Game {
  let next = game;
  const first = DisputeTree.cohortOf(game.tree, cohortOf(world)).members.length === 0;
  const plan = first ? [proposal(world.honest)] : nextMoves(game, world.honest);
  for (const move of plan) {
    next = DisputeGame.apply(next, move, { ...HONEST, value: bond(move) }, world.oracles);
  }
  return Game.at(next, next.now + 1n);
}

// Timer updates and confirmations are left out: no true timer of a false claim may reach the timeout, recorded or not.
function adversaryMoves(world: Universe, game: Game.Game): Game.Game[] {
  return world.lies.flatMap((lie) => {
    const claimed = game.tree.nodes.has(claimId(world, lie));
    const plan = claimed ? nextMoves(game, lie) : [proposal(lie)];
    return plan
      .filter(({ kind }) => kind === "propose" || kind === "bisect" || kind === "refine")
      .flatMap((move) => {
        const next = attempt(world, game, move);
        return next === undefined ? [] : [next];
      });
  });
}

function attempt(world: Universe, game: Game.Game, move: Move): Game.Game | undefined {
  try {
    const call = { ...ADVERSARY, value: bond(move) };
    return DisputeGame.apply(game, move, call, world.oracles);
  } catch (error) {
    if (error instanceof MoveRejected) return undefined;
    throw error;
  }
}

function violationOf(world: Universe, game: Game.Game): string | undefined {
  const { timeout } = world.config;
  const honestId = claimId(world, world.honest);
  for (const claim of Game.children(game, world.honest.parent)) {
    if (Hex.key(claim.id) === honestId) continue;
    if (Game.isConfirmed(game, claim.id)) return "a false claim is confirmed";
    const timer = Raise.trueTimer(game, DisputeTree.requireNode(game.tree, claim.id));
    if (timer >= timeout) return "a false claim has run out its clock";
  }
  if (game.now > world.bound && !isConfirmed(game, world.honest)) return "the truth is late";
  for (const cohort of game.tree.cohorts.values()) {
    const nodes = cohort.members.map((id) => DisputeTree.requireNode(game.tree, id));
    const proven = nodes.filter(({ timer }) => timer === Clock.FOREVER);
    if (proven.length > 1) return "two leaves of a cohort are proven";
    const alone = nodes.reduce((sum, node) => sum + Clock.unrivaled(node, cohort, game.now), 0n);
    const oldest = nodes[0]?.createdAt ?? game.now;
    if (alone > game.now - oldest) return "rivals were alone for longer than they existed";
  }
  return undefined;
}

function keyOf(game: Game.Game): string {
  const nodes = [...game.tree.nodes.values()].map((node) => {
    const bisected = node.children === undefined ? "" : "b";
    const proven = node.timer === Clock.FOREVER ? "p" : "";
    return `${Hex.key(node.id)}${node.createdAt}${bisected}${proven}`;
  });
  return `${game.now}${nodes.sort().join("")}`;
}

function isConfirmed(game: Game.Game, trace: ClaimTrace): boolean {
  return Game.children(game, trace.parent).some(
    ({ id, root }) =>
      Game.isConfirmed(game, id) &&
      Hex.key(root) === Hex.key(trace.blocks.subtree(game.config.blockHeight, 0)),
  );
}

function claimId(world: Universe, trace: ClaimTrace): string {
  const root = trace.blocks.subtree(world.config.blockHeight, 0);
  return Hex.key(Bisection.nodeId(cohortOf(world), root));
}

function cohortOf(world: Universe): Uint8Array {
  return Bisection.cohortId(Game.claimPosition(world.config, world.honest.parent));
}

function bond(move: Move): bigint {
  if (move.kind === "propose") return BONDS.claimBond;
  return move.kind === "refine" ? BONDS.refinementBond : 0n;
}

const FIRST_STEP: Lie = { leaf: 0, step: 0 };
const LAST_STEP: Lie = { leaf: 1, step: 1 };

describe("every play on small trees", () => {
  const won = [
    { blockHeight: 1, stepHeight: 1, timeout: 5n, lies: [FIRST_STEP] },
    { blockHeight: 1, stepHeight: 2, timeout: 4n, lies: [FIRST_STEP] },
    { blockHeight: 2, stepHeight: 1, timeout: 4n, lies: [FIRST_STEP] },
    { blockHeight: 1, stepHeight: 1, timeout: 2n, lies: [FIRST_STEP, LAST_STEP] },
    {
      blockHeight: 1,
      stepHeight: 1,
      timeout: 2n,
      lies: [{ ...FIRST_STEP, healed: true }, LAST_STEP],
    },
  ];
  for (const { blockHeight, stepHeight, timeout, lies } of won) {
    const shape = `2^${blockHeight} blocks of 2^${stepHeight} steps, ${lies.length} false traces`;
    it(`the truth alone is confirmed, in time: ${shape}, a timeout of ${timeout} ticks`, function () {
      this.timeout(60_000);
      const verdict = check(universe(blockHeight, stepHeight, timeout, lies));
      expect(verdict.violation).to.equal(undefined);
      expect(verdict.plays).to.be.greaterThan(30);
    });
  }

  it("a false claim wins where the timeout leaves no time to answer", () => {
    const verdict = check(universe(1, 1, 1n, [FIRST_STEP]));
    expect(verdict.violation).to.equal("a false claim has run out its clock");
  });
});
