import { expect } from "chai";
import * as Clock from "../../src/dispute/clock.ts";
import * as Game from "../../src/dispute/game.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import * as Reward from "../../src/dispute/reward.ts";
import { settlements } from "../../src/dispute/settlements.ts";
import * as Hex from "../../src/primitives/hex.ts";
import {
  BASE_FEE,
  CLAIM_BOND,
  FULL,
  REFINEMENT_BOND,
  SMALL,
  TIMEOUT,
  deployArena,
} from "./arena.ts";
import type { Arena } from "./arena.ts";
import { advance, collect, isConfirmed, nextOf, play } from "./match.ts";
import { rivalClaims, rivalSteps } from "./stages.ts";
import { GENESIS } from "./toyTrace.ts";

/** The game as someone sees it who has nothing but the logs. */
async function fromLogs(arena: Arena): Promise<Game.Game> {
  const [birth, ...events] = await arena.logged();
  if (birth === undefined) throw new RangeError("a game logs its genesis claim");
  let game = Game.create(arena.config, GENESIS, birth.time);
  for (const { event, time } of events.slice(1)) game = Game.record(game, [event], time);
  return Game.at(game, arena.now());
}

describe("a dispute known from the chain alone", () => {
  it("has the nodes, cohorts, claims and credits of the one that was watched", async () => {
    const { arena, honest, liar } = await rivalClaims();
    await play(arena, honest, [liar], 1n);
    await collect(arena, honest);
    const seen = await fromLogs(arena);
    const known = arena.model();
    expect(seen.claims).to.deep.equal(known.claims);
    expect(seen.tree.cohorts).to.deep.equal(known.tree.cohorts);
    expect(seen.tree.refines).to.deep.equal(known.tree.refines);
    expect(seen.credit).to.deep.equal(known.credit);
    // Recorded timers are not logged, nor which trees a confirmation counted: the strategy needs neither.
    const logged = ({ tree }: Game.Game) =>
      [...tree.nodes.values()].map((node) => ({
        ...node,
        ...{ timer: 0n, flags: node.flags & ~Clock.COUNTED },
      }));
    expect(logged(seen)).to.deep.equal(logged(known));
  });

  it("is continued by the same moves", async () => {
    const { arena, honest } = await rivalSteps();
    const seen = await fromLogs(arena);
    expect(nextMoves(seen, honest.trace)).to.deep.equal(nextMoves(arena.model(), honest.trace));
    await advance(arena, [honest], ["prove"]);
    arena.wait(TIMEOUT);
    const moves = nextMoves(await fromLogs(arena), honest.trace);
    for (const move of moves) expect((await arena.make(move)).kind).to.equal("made");
    expect(isConfirmed(arena, honest.trace)).to.equal(true);
  });
});

describe("nextMoves", () => {
  it("asks for nothing while nobody disagrees", async () => {
    const arena = await deployArena(SMALL);
    const trace = arena.trace(arena.genesis, 4n);
    expect(nextMoves(arena.model(), trace)).to.have.length(0);
    await arena.make(proposal(trace));
    expect(nextMoves(arena.model(), trace)).to.have.length(0);
  });

  it("asks for nothing that is already done, by whomever", async () => {
    const { arena, honest } = await rivalClaims();
    const [move] = nextMoves(arena.model(), honest.trace);
    if (move === undefined) expect.fail("the liar is to be answered");
    await arena.make(move, 2);
    expect(nextMoves(arena.model(), honest.trace)).to.have.length(0);
  });

  it("claims the truth where only liars have claimed", async () => {
    const arena = await deployArena(SMALL);
    const liar = { player: 1, trace: arena.trace(arena.genesis, 4n, { leaf: 1, step: 1 }) };
    await arena.make(proposal(liar.trace), 1);
    const kinds = nextMoves(arena.model(), arena.trace(arena.genesis, 4n)).map(({ kind }) => kind);
    expect(kinds).to.deep.equal(["propose", "bisect"]);
  });

  it("wins although a liar makes the honest moves first and then stops", async () => {
    const { arena, honest, liar } = await rivalClaims();
    const frontRunner = { player: 2, trace: honest.trace };
    await advance(arena, [frontRunner, liar], ["bisect"]);
    await advance(arena, [frontRunner], ["refine"]);
    await play(arena, honest, [liar], 1n);
    expect(isConfirmed(arena, honest.trace)).to.equal(true);
  });

  it("loses no bond where two honest parties race", async () => {
    const { arena, honest, liar } = await rivalClaims();
    const second = { player: 2, trace: honest.trace };
    for (let turn = 0; turn < 40 && !isConfirmed(arena, honest.trace); turn++) {
      for (const move of nextMoves(arena.model(), liar.trace)) await arena.make(move, 1);
      const plan = nextMoves(arena.model(), honest.trace);
      for (const move of plan) {
        for (const { player } of [honest, second]) await arena.make(move, player);
      }
      arena.wait(plan.length === 0 ? TIMEOUT / 2n : 1n);
    }
    const [first] = arena.signers;
    const account = Hex.toBytes(first?.address ?? expect.fail("a player"));
    for (const move of settlements(arena.model(), honest.trace, account)) await arena.make(move, 2);
    const credits = arena.signers.slice(0, 3).map((owner) => arena.contract.credit(owner));
    const [honestly, falsely, late] = await Promise.all(credits);
    expect(honestly > CLAIM_BOND + REFINEMENT_BOND).to.equal(true);
    expect(falsely).to.equal(0n);
    // The second was first with nothing but the last call.
    expect(late > 0n && late < Reward.MOVE_GAS * 5n * BASE_FEE).to.equal(true);
  });

  it("keeps defending a refinement after confirmation until its bond is back", async () => {
    const { arena, honest, liar } = await rivalSteps();
    const late = { player: 2, trace: arena.trace(arena.genesis, 4n, LATE_LIE) };
    const refinement = nextOf(arena, late, "refine");
    await play(arena, honest, [liar], 1n);
    await arena.make(refinement, late.player);
    await advance(arena, [late], ["bisect"]);
    expect(isConfirmed(arena, honest.trace)).to.equal(true);
    expect(nextMoves(arena.model(), honest.trace).map(({ kind }) => kind)).to.include("bisect");
    await collect(arena, honest);
    expect(nextMoves(arena.model(), honest.trace)).to.have.length(0);
  });

  it("does no work for nodes that rival nothing true", async () => {
    const arena = await deployArena(FULL);
    const honest = arena.trace(arena.genesis, 200n);
    await arena.make(proposal(honest));
    const spam = 8;
    for (let salt = 0; salt < spam; salt++) {
      await arena.make(proposal(arena.trace(arena.genesis, 200n, { leaf: 3, step: 3, salt })), 1);
    }
    expect(nextMoves(arena.model(), honest)).to.have.length(1);
  });
});

const LATE_LIE = { leaf: 1, step: 1, healed: true };
