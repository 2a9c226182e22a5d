// One dispute of production size, played on the rules themselves: an honest party against so many liars.
import * as Bisection from "../../src/dispute/bisection.ts";
import * as Clock from "../../src/dispute/clock.ts";
import * as DisputeGame from "../../src/dispute/disputeGame.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { MoveRejected } from "../../src/dispute/moveRejected.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import * as Raise from "../../src/dispute/raise.ts";
import { settlements } from "../../src/dispute/settlements.ts";
import { spoils } from "../../src/dispute/spoils.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { ACCUMULATOR, GENESIS, type Lie, toyStep, toyTrace } from "../../test/dispute/toyTrace.ts";
import { gasOf, STEP_GAS, TYPICAL_STEP_GAS } from "./moveGas.ts";
import { nextMove } from "./liar.ts";
import { BLOCKS, STEPS, type Strategy } from "./strategy.ts";

export type Outcome = {
  readonly strategy: string;
  readonly rivals: number;
  // From the first claim to the confirmation of the true one, in seconds.
  readonly delay: bigint;
  // The honest party's gas until then, and for collecting what is owed to it afterwards.
  readonly gas: bigint;
  readonly collectingGas: bigint;
  readonly transactions: number;
  // In wei: what the liars put up and lose, what the honest party had locked at most, and what it gained in all.
  readonly liarBonds: bigint;
  readonly lockedCapital: bigint;
  readonly honestGain: bigint;
  // The same where each step it proved took typical gas instead of the most that fits L1.
  readonly typicalGain: bigint;
};

export const TIMEOUT = 604_800n;
export const LATENCY = 1_092n;
export const CENSORSHIP = 507_612n;
export const BASE_FEE = 50_000_000_000n;
const ETHER = 10n ** 18n;
const CONFIG: Game.Config = {
  blockHeight: 16,
  stepHeight: 26,
  timeout: TIMEOUT,
  claimBond: 4n * ETHER,
  refinementBond: (21n * ETHER) / 10n,
};
const HONEST = new Uint8Array(20).fill(1);
const LIAR = new Uint8Array(20).fill(2);
const STRANGER = new Uint8Array(20).fill(3);
const ORACLES: DisputeGame.Oracles = {
  step: (end, index, state, witness) => toyStep(STEPS, end, index, state, witness),
  blockCount: () => BigInt(BLOCKS),
  accumulator: () => ACCUMULATOR,
};
const PAYING: readonly Move["kind"][] = [
  ...(["confirm", "settleRefinement", "rewardBlocks", "rewardSteps"] as const),
];
const MOST_ROUNDS = 1_000;

/** Plays one strategy with so many liars. */
export function simulate(strategy: Strategy, rivals: number, seed: number): Outcome {
  const draw = generator(seed * 1_000 + rivals);
  const parent = Game.genesisId(CONFIG, GENESIS);
  const range = { ...CONFIG, steps: STEPS, parent, startState: GENESIS, endBlock: BigInt(BLOCKS) };
  const truth = toyTrace(range);
  const lies = Array.from({ length: rivals }, (_, liar): Liar => {
    const lie = strategy.lie(liar, draw);
    return { lie, trace: toyTrace(range, lie) };
  });
  const dispute = new Dispute(truth, lies);
  dispute.claim();
  if (strategy.censors) dispute.wait(CENSORSHIP);
  for (let round = 0; !dispute.isConfirmed(); round++) {
    assert(round < MOST_ROUNDS, "a dispute ends within its bound");
    dispute.wait(LATENCY);
    const raced = dispute.race(strategy.races);
    const answered = dispute.answer() || raced;
    const stirred = round < strategy.answers && dispute.stir();
    if (!answered && !stirred) dispute.wait(dispute.missing());
  }
  return { strategy: strategy.name, rivals, ...dispute.collect() };
}

type Liar = { readonly lie: Lie; readonly trace: ClaimTrace };

class Dispute {
  readonly #truth: ClaimTrace;
  readonly #lies: readonly Liar[];
  #game: Game.Game;
  #gas = 0n;
  #transactions = 0;
  #locked = 0n;
  #mostLocked = 0n;
  #liarBonds = 0n;
  #proofs = 0n;
  #paid = 0;

  constructor(truth: ClaimTrace, lies: readonly Liar[]) {
    this.#truth = truth;
    this.#lies = lies;
    this.#game = Game.create(CONFIG, GENESIS, 1n);
  }

  claim(): void {
    for (const { trace } of this.#lies) this.#lie(proposal(trace));
  }

  wait(seconds: bigint): void {
    this.#game = Game.at(this.#game, this.#game.now + seconds);
  }

  /** A stranger makes the honest party's moves of these kinds before it can; false if there was none. */
  race(kinds: readonly Move["kind"][]): boolean {
    if (kinds.length === 0) return false;
    let made = false;
    for (const move of nextMoves(this.#game, this.#truth)) {
      if (!kinds.includes(move.kind)) break;
      this.#apply(move, STRANGER);
      made = true;
    }
    return made;
  }

  /** Makes all honest moves; false if there was none. */
  answer(): boolean {
    const moves = nextMoves(this.#game, this.#truth);
    for (const move of moves) this.#make(move);
    return moves.length > 0;
  }

  /** Makes one level of the liars' moves; false if none is left. */
  stir(): boolean {
    let stirred = false;
    for (const { lie, trace } of this.#lies) {
      const move = nextMove(this.#game, trace, lie);
      if (move !== undefined && this.#lie(move)) stirred = true;
    }
    return stirred;
  }

  isConfirmed(): boolean {
    return Game.isConfirmed(this.#game, this.#claimId());
  }

  /** The seconds that the truth's clock still lacks. */
  missing(): bigint {
    const claim = DisputeTree.requireNode(this.#game.tree, this.#claimId());
    const timer = Raise.trueTimer(this.#game, claim);
    return timer >= TIMEOUT ? 0n : TIMEOUT - timer;
  }

  collect(): Omit<Outcome, "strategy" | "rivals"> {
    const delay = this.#game.now - 1n;
    const gas = this.#gas;
    this.wait(2n * TIMEOUT);
    // Also for strangers who stood a true tree: only after that its rivals' bonds can be taken.
    for (const account of [HONEST, LIAR, STRANGER]) {
      for (const move of settlements(this.#game, this.#truth, account)) this.#make(move);
    }
    for (let moves = spoils(this.#game, this.#truth); moves.length > 0;) {
      for (const move of moves) this.#make(move);
      moves = spoils(this.#game, this.#truth);
    }
    const credit = this.#game.credit.get(Hex.key(HONEST)) ?? 0n;
    this.#make({ kind: "withdraw", to: HONEST });
    const honestGain = credit - this.#locked - this.#gas * BASE_FEE;
    return {
      delay,
      gas,
      collectingGas: this.#gas - gas,
      transactions: this.#transactions,
      liarBonds: this.#liarBonds,
      lockedCapital: this.#mostLocked,
      honestGain,
      typicalGain: honestGain + this.#proofs * (STEP_GAS - TYPICAL_STEP_GAS) * BASE_FEE,
    };
  }

  #make(move: Move): void {
    const value = bondOf(move);
    const owner = this.#bondOwner(move);
    const credited = this.#creditedBeside(owner);
    this.#apply(move, HONEST);
    this.#gas += gasOf(move, this.#newlyPaid(move), this.#creditedBeside(owner) - credited);
    this.#transactions += 1;
    if (move.kind === "prove") this.#proofs += 1n;
    this.#locked += value;
    if (this.#locked > this.#mostLocked) this.#mostLocked = this.#locked;
  }

  #lie(move: Move): boolean {
    const value = bondOf(move);
    try {
      this.#apply(move, LIAR);
    } catch (error) {
      // Another liar has made the same claim or tree before.
      if (error instanceof MoveRejected && error.reason === "NodeExists") return false;
      throw error;
    }
    this.#liarBonds += value;
    return true;
  }

  #apply(move: Move, sender: Uint8Array): void {
    const call = { sender, value: bondOf(move), baseFee: BASE_FEE };
    DisputeGame.applyInPlace(this.#game, move, call, ORACLES);
  }

  // Others whose credit has begun: the caller's, and that of whose bond returns, are in what the calls were measured to take.
  #creditedBeside(owner: string): number {
    const keys = [LIAR, STRANGER].map(Hex.key).filter((key) => key !== owner);
    return keys.filter((key) => this.#game.credit.has(key)).length;
  }

  #bondOwner(move: Move): string {
    if (move.kind === "confirm") {
      return Hex.key(DisputeTree.requireNode(this.#game.tree, this.#claimId()).mover);
    }
    if (move.kind !== "settleRefinement") return "";
    const { parent, index, siblings, startState, root } = move;
    const prefix = Bisection.prefixOf(index, siblings);
    const leaf = { level: 0, height: 0, index, origin: parent, prefix };
    const cohort = Bisection.cohortId(Game.stepsPosition(CONFIG, leaf, startState));
    const tree = Bisection.nodeId(cohort, root);
    return Hex.key(DisputeTree.requireNode(this.#game.tree, tree).mover);
  }

  // Moves and proofs that this one has paid.
  #newlyPaid({ kind }: Move): number {
    if (!PAYING.includes(kind)) return 0;
    const before = this.#paid;
    this.#paid = 0;
    for (const node of this.#game.tree.nodes.values()) {
      if (Clock.has(node, Clock.REWARDED)) this.#paid++;
      if (Clock.has(node, Clock.PROOF_REWARDED)) this.#paid++;
    }
    return this.#paid - before;
  }

  #claimId(): Uint8Array {
    const cohort = Bisection.cohortId(Game.claimPosition(CONFIG, this.#truth.parent));
    return Bisection.nodeId(cohort, this.#truth.blocks.subtree(CONFIG.blockHeight, 0));
  }
}

function bondOf(move: Move): bigint {
  if (move.kind === "propose") return CONFIG.claimBond;
  return move.kind === "refine" ? CONFIG.refinementBond : 0n;
}

// A linear congruential generator: the same numbers everywhere.
function generator(seed: number): (below: number) => number {
  let state = BigInt(seed);
  return (below) => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % 2n ** 64n;
    return Number((state >> 33n) % BigInt(below));
  };
}
