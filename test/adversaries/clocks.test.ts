// Adversaries who play with time: the numbers of production, on the rules alone, unless a test says that it is on chain.
import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import * as Game from "../../src/dispute/game.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { SMALL, TIMEOUT, deployArena, expectRejected } from "../dispute/arena.ts";
import { advance } from "../dispute/match.ts";
import * as Bout from "./bout.ts";
import { cachePoker, everyUpdate } from "./cachePoker.ts";
import * as Censor from "./censor.ts";
import { frontRunner } from "./frontRunner.ts";
import { liar, silentAfter } from "./liar.ts";
import * as Ring from "./ring.ts";
import { staller } from "./staller.ts";
import { claimId } from "./strategy.ts";
import type { Strategy } from "./strategy.ts";

const { PRODUCTION, LATENCY, CENSORSHIP_BUDGET, ANSWERS } = Ring;
const STEPS = 100;
const LAST_BLOCK = 200n;
const LIE = { leaf: 77, step: 33 };

/** A ring of production's size, the truth and a lie. */
function stage() {
  const ring = Ring.modelRing(PRODUCTION, STEPS);
  const genesis = Ring.genesisOf(ring);
  const truth = ring.trace(genesis, LAST_BLOCK);
  const lie = ring.trace(genesis, LAST_BLOCK, LIE);
  return { ring, truth, lie };
}

/** A bout of one liar against the truth. */
function bout(strategy: Strategy, censor?: Bout.Bout["censor"]) {
  const { ring, truth, lie } = stage();
  const adversaries = [{ player: 1, trace: lie, strategy }];
  const terms = { truth, adversaries, latency: LATENCY };
  return Bout.play(ring, censor === undefined ? terms : { ...terms, censor });
}

describe("a staller", () => {
  it("holds the truth up for no more than a timeout and the latency of each answer", async () => {
    const ending = await bout(staller);
    expect(ending.won).to.equal("truth");
    expect(ending.seconds).to.be.greaterThan(PRODUCTION.timeout);
    expect(ending.seconds).to.be.at.most(PRODUCTION.timeout + ANSWERS * LATENCY);
  });

  it("gains nothing from stalling on chain, at any of its answers", async () => {
    const arena = await deployArena(SMALL);
    const ring = Ring.chainRing(arena);
    const truth = ring.trace(arena.genesis, 4n);
    const lie = ring.trace(arena.genesis, 4n, { leaf: 1, step: 2 });
    const adversaries = [{ player: 1, trace: lie, strategy: staller }];
    const latency = 100n;
    const ending = await Bout.play(ring, { truth, adversaries, latency });
    expect(ending.won).to.equal("truth");
    const heights = BigInt(SMALL.blockHeight + SMALL.stepHeight + 3);
    expect(ending.seconds).to.be.within(Number(TIMEOUT), Number(TIMEOUT + 2n * heights * latency));
  });
});

describe("a censor", () => {
  const within: Record<string, [Strategy, Censor.Censor]> = {
    "at the start": [liar, Censor.atTheStart],
    "at the end": [liar, Censor.from(1_000_000n + PRODUCTION.timeout - 2n * LATENCY)],
    "spread over the answers": [liar, Censor.spread(20)],
    "on timer updates alone": [liar, Censor.onlyUpdates],
    "against answers to a staller": [staller, Censor.atTheStart],
  };
  const bound = PRODUCTION.timeout + CENSORSHIP_BUDGET + ANSWERS * LATENCY;
  for (const [when, [strategy, keepsOut]] of Object.entries(within)) {
    it(`with all of its budget spent ${when} holds the truth up within the proven bound`, async () => {
      const ending = await bout(strategy, { keepsOut, budget: CENSORSHIP_BUDGET });
      expect(ending.won).to.equal("truth");
      expect(ending.censored).to.be.greaterThan((9n * CENSORSHIP_BUDGET) / 10n);
      expect(ending.seconds).to.be.at.most(bound);
    });
  }

  it("over its budget by what the parameters set aside confirms a lie: nothing is promised there", async () => {
    const ending = await bout(liar, { keepsOut: Censor.atTheStart, budget: PRODUCTION.timeout });
    expect(ending.won).to.equal("lie");
    expect(ending.seconds).to.be.within(
      Number(PRODUCTION.timeout),
      Number(PRODUCTION.timeout + 2n * LATENCY),
    );
  });

  it("cannot confirm a lie with everything up to the last answer before a timeout", async () => {
    const budget = PRODUCTION.timeout - ANSWERS * LATENCY;
    const ending = await bout(staller, { keepsOut: Censor.atTheStart, budget });
    expect(ending.won).to.equal("truth");
  });
});

describe("a liar whose rival comes late", () => {
  /** The lie has been alone for so long when the truth is claimed, on chain; what becomes of its confirmation then. */
  async function claimedLate(late: bigint) {
    const arena = await deployArena(SMALL);
    const ring = Ring.chainRing(arena);
    const truth = ring.trace(arena.genesis, 4n);
    const lie = ring.trace(arena.genesis, 4n, { leaf: 1, step: 2 });
    await arena.make(proposal(lie), 1);
    arena.wait(late - 1n);
    await arena.make(proposal(truth));
    const root = lie.blocks.subtree(SMALL.blockHeight, 0);
    const confirmed = await arena.make(
      { kind: "confirm", parent: arena.genesis.id, root, openings: [] },
      1,
    );
    return { arena, ring, truth, lie, confirmed };
  }

  it("is not confirmed where the truth is claimed at T - 1", async () => {
    const { arena, lie, confirmed } = await claimedLate(TIMEOUT - 1n);
    const id = claimId(arena.config, lie);
    expectRejected(confirmed, "TimerTooShort", [id, TIMEOUT, TIMEOUT - 1n]);
  });

  for (const [by, late] of [
    ["T", TIMEOUT],
    ["T + 1", TIMEOUT + 1n],
  ] as const) {
    it(`is confirmed where the truth is claimed at ${by}`, async () => {
      const { ring, lie, confirmed } = await claimedLate(late);
      expect(confirmed.kind).to.equal("made");
      expect(isConfirmed(ring.game(), lie)).to.equal(true);
    });
  }

  it("needs one more unanswered second where the truth is claimed at T - 1: T has to leave time for answers", async () => {
    const { ring, truth, lie } = await claimedLate(TIMEOUT - 1n);
    const adversaries = [{ player: 1, trace: lie, strategy: liar }];
    expect((await Bout.play(ring, { truth, adversaries, latency: 5n })).won).to.equal("lie");
  });

  it("loses where the truth is claimed a timeout less all answers after it", async () => {
    const { ring, truth, lie } = stage();
    await ring.make(proposal(lie), 1);
    ring.pass(PRODUCTION.timeout - ANSWERS * LATENCY);
    const adversaries = [{ player: 1, trace: lie, strategy: liar }];
    expect((await Bout.play(ring, { truth, adversaries, latency: LATENCY })).won).to.equal("truth");
  });
});

describe("a false claim whose left half nobody disputes", () => {
  it("is not confirmed by the time of that half, however long, once its right half is disproved", async () => {
    const arena = await deployArena(SMALL);
    const truth = arena.trace(arena.genesis, 4n);
    const lie = arena.trace(arena.genesis, 4n, { leaf: 3, step: 2 });
    await arena.make(proposal(lie), 1);
    await arena.make(proposal(truth));
    await advance(
      arena,
      [
        { player: 0, trace: truth },
        { player: 1, trace: lie },
      ],
      ["bisect", "refine"],
    );
    const proof = nextMoves(arena.model(), truth).find(({ kind }) => kind === "prove");
    await arena.make(proof ?? expect.fail("the disputed step is reached"));
    arena.wait(5n * TIMEOUT);
    // Often enough for every timer to arrive at the top, in whatever order they come.
    for (let round = 0; round < 3; round++) {
      for (const move of everyUpdate(arena.model())) await arena.make(move, 1);
    }

    const left = arena.model().tree.nodes.get(Hex.key(leftHalf(arena.model(), lie)));
    const cohort = DisputeTree.cohortOf(arena.model().tree, left?.cohort ?? new Uint8Array(32));
    expect(cohort.members).to.have.length(1);
    expect(left?.createdAt ?? arena.now()).to.be.lessThan(arena.now() - 4n * TIMEOUT);
    const { parent, root } = proposal(lie);
    const confirmed = await arena.make({ kind: "confirm", parent, root, openings: [] }, 1);
    expect(confirmed).to.have.property("reason", "TimerTooShort");
    const won = await arena.make(
      { kind: "confirm", parent, root: proposal(truth).root, openings: [] },
      1,
    );
    expect(won.kind).to.equal("made");
  });
});

describe("a cache poker", () => {
  it("raises no false timer on chain, by updates in any order, before and after there are rivals", async () => {
    const arena = await deployArena(SMALL);
    const ring = Ring.chainRing(arena);
    const truth = ring.trace(arena.genesis, 4n);
    const lie = ring.trace(arena.genesis, 4n, { leaf: 1, step: 2 });
    const adversaries = [{ player: 1, trace: lie, strategy: cachePoker }];
    const falseId = claimId(arena.config, lie);
    let highest = 0n;
    const watch = () => {
      const timer = arena.model().tree.nodes.get(Hex.key(falseId))?.timer ?? 0n;
      if (timer > highest) highest = timer;
    };
    const ending = await Bout.play(ring, { truth, adversaries, latency: 500n, watch });
    expect(ending.won).to.equal("truth");
    // It stood alone for a second, and its halves for an answer each.
    expect(highest).to.be.lessThan(TIMEOUT);
  });
});

describe("a front-runner", () => {
  for (const moves of [0, 1, 18, 43, 1_000]) {
    it(`that stops after ${moves} honest moves keeps nothing from the honest party`, async () => {
      const { ring, truth, lie } = stage();
      const adversaries = [{ player: 1, trace: lie, strategy: frontRunner(truth, moves) }];
      const ending = await Bout.play(ring, { truth, adversaries, latency: LATENCY });
      expect(ending.won).to.equal("truth");
      expect(ending.seconds).to.be.at.most(PRODUCTION.timeout + ANSWERS * LATENCY);
      // What was rejected had been made already, and no bond went with it.
      const reasons = new Set(ending.rejected.map((text) => text.split(": ")[1]));
      expect([...reasons].filter((reason) => reason !== "NodeExists")).to.deep.equal([]);
      const { claimBond, refinementBond } = PRODUCTION;
      const trees = [...ring.game().tree.refines.keys()].length;
      const staked = [Bout.HONEST, 1].map((player) => ring.staked.get(player) ?? 0n);
      expect(trees).to.be.at.most(2);
      expect(staked[0]).to.be.at.most(claimBond + refinementBond);
      expect(staked.reduce((sum, bond) => sum + bond)).to.equal(
        2n * claimBond + BigInt(trees) * refinementBond,
      );
    });
  }
});

describe("a liar who falls silent on the trees of production", () => {
  for (const moves of [1, 2, 17, 18, 44]) {
    it(`loses after ${moves} moves, on time`, async () => {
      const ending = await bout(silentAfter(moves));
      expect(ending.won).to.equal("truth");
      expect(ending.seconds).to.be.at.most(PRODUCTION.timeout + ANSWERS * LATENCY);
    });
  }
});

function leftHalf(game: Game.Game, trace: ClaimTrace): Uint8Array {
  const position = Bisection.leftChild(Game.claimPosition(game.config, trace.parent));
  const hash = trace.blocks.subtree(position.height, position.index);
  return Bisection.nodeId(Bisection.cohortId(position), hash);
}

function isConfirmed(game: Game.Game, trace: ClaimTrace): boolean {
  return Game.isConfirmed(game, claimId(game.config, trace));
}
