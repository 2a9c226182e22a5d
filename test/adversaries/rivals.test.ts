// Many rivals at once: claims, trees of steps, and claims on claims.
import { expect } from "chai";
import * as Game from "../../src/dispute/game.ts";
import { settlements } from "../../src/dispute/settlements.ts";
import { spoils } from "../../src/dispute/spoils.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { SMALL, deployArena } from "../dispute/arena.ts";
import type { Lie } from "../dispute/toyTrace.ts";
import * as Bout from "./bout.ts";
import { frenemy, intruder } from "./frenemy.ts";
import { liar } from "./liar.ts";
import * as Ring from "./ring.ts";
import { claimId } from "./strategy.ts";
import { sybils } from "./sybil.ts";

const { PRODUCTION, LATENCY, ANSWERS } = Ring;
const STEPS = 100;
const LAST_BLOCK = 200n;

/** Lies in different blocks, as far as there are any, and in different steps. */
function distinct(count: number, blocks: number, steps: number): Lie[] {
  return Array.from({ length: count }, (_, face) => ({
    leaf: face % blocks,
    step: (7 * face) % steps,
    salt: face,
  }));
}

/** Lies in the same step. */
function equal(count: number): Lie[] {
  return Array.from({ length: count }, (_, salt) => ({ leaf: 2, step: 1, salt }));
}

/** Takes back what the honest party put up, and what it won; gives what it can withdraw. */
async function collected(ring: Ring.Ring, truth: ClaimTrace, account: Uint8Array): Promise<bigint> {
  for (;;) {
    const owed = settlements(ring.game(), truth, account);
    const moves = owed.length > 0 ? owed : spoils(ring.game(), truth);
    if (moves.length === 0) return ring.game().credit.get(Hex.key(account)) ?? 0n;
    for (const move of moves) expect(await ring.make(move, Bout.HONEST)).to.equal(undefined);
  }
}

describe("rival claims", () => {
  for (const count of [1, 2, 16]) {
    for (const [where, lies] of [
      ["in different steps", distinct(count, 4, SMALL.steps + 1)],
      ["in one step", equal(count)],
    ] as const) {
      it(`lose on chain, ${count} of them with lies told ${where}`, async () => {
        const arena = await deployArena(SMALL);
        const ring = Ring.chainRing(arena);
        const truth = ring.trace(arena.genesis, 4n);
        const adversaries = sybils(lies.map((lie) => ring.trace(arena.genesis, 4n, lie)));
        const { won } = await Bout.play(ring, { truth, adversaries, latency: 5n });
        expect(won).to.equal("truth");
        const account = Hex.toBytes(arena.signers[Bout.HONEST]?.address ?? expect.fail("a player"));
        const staked = ring.staked.get(Bout.HONEST) ?? 0n;
        arena.wait(arena.config.timeout);
        expect(await collected(ring, truth, account)).to.be.at.least(staked);
      });
    }
  }

  it("lose in the model, 256 of them, in the time that one takes", async () => {
    // Smaller trees, and the times and bonds of production.
    const [config, steps, lastBlock] = [{ ...PRODUCTION, blockHeight: 5, stepHeight: 2 }, 2, 30n];
    const seconds: bigint[] = [];
    for (const count of [1, 256]) {
      const ring = Ring.modelRing(config, steps);
      const genesis = Ring.genesisOf(ring);
      const truth = ring.trace(genesis, lastBlock);
      const lies = distinct(count, Number(lastBlock), steps);
      const adversaries = sybils(lies.map((lie) => ring.trace(genesis, lastBlock, lie)));
      const ending = await Bout.play(ring, { truth, adversaries, latency: LATENCY });
      expect(ending.won).to.equal("truth");
      expect(ending.rejected).to.deep.equal([]);
      seconds.push(ending.seconds);
    }
    const [one = 0n, many = 0n] = seconds;
    expect(many).to.be.at.most(one + 2n * LATENCY);
    expect(many).to.be.at.most(config.timeout + ANSWERS * LATENCY);
  }).timeout(240_000);
});

describe("claims that share half of their tree", () => {
  it("are opened once there: one honest answer serves against all of them", async () => {
    const moves: number[] = [];
    for (const count of [1, 8]) {
      const ring = Ring.modelRing(PRODUCTION, STEPS);
      const genesis = Ring.genesisOf(ring);
      const truth = ring.trace(genesis, LAST_BLOCK);
      // All of them agree up to the lie, and tell another one at the same step.
      const lies = Array.from({ length: count }, (_, salt) => ({ leaf: 150, step: 50, salt }));
      const adversaries = sybils(lies.map((lie) => ring.trace(genesis, LAST_BLOCK, lie)));
      const ending = await Bout.play(ring, { truth, adversaries, latency: LATENCY });
      expect(ending.won).to.equal("truth");
      moves.push(ending.honestMoves);
      const roots = Game.children(ring.game(), genesis.id);
      expect(roots).to.have.length(count + 1);
    }
    expect(moves[1]).to.equal(moves[0]);
  });
});

describe("frenemies under one disputed block", () => {
  const friends: Record<string, Lie> = {
    "agree up to the last step": { leaf: 77, step: STEPS - 1, healed: true },
    "disagree from the first step": { leaf: 77, step: 0, healed: true },
    "agree on all but one step in the middle": { leaf: 77, step: 40, healed: true },
  };

  it("cost the honest party nothing: its bonds come back, and their own do not", async () => {
    const ring = Ring.modelRing(PRODUCTION, STEPS);
    const genesis = Ring.genesisOf(ring);
    const truth = ring.trace(genesis, LAST_BLOCK);
    const lie = ring.trace(genesis, LAST_BLOCK, { leaf: 77, step: 33 });
    const traces = Object.values(friends).map((friend) => ring.trace(genesis, LAST_BLOCK, friend));
    const adversaries = [
      { player: 1, trace: lie, strategy: liar },
      ...traces.map((trace, face) => ({
        player: 2 + face,
        trace,
        strategy: face === 0 ? frenemy(0) : face === 1 ? frenemy(10) : intruder,
      })),
    ];
    const ending = await Bout.play(ring, { truth, adversaries, latency: LATENCY });
    expect(ending.won).to.equal("truth");
    expect(ending.seconds).to.be.at.most(PRODUCTION.timeout + ANSWERS * LATENCY);
    ring.pass(PRODUCTION.timeout);
    const { game } = ring;
    const staked = ring.staked.get(Bout.HONEST) ?? 0n;
    expect(staked).to.equal(PRODUCTION.claimBond + PRODUCTION.refinementBond);
    const credit = await collected(ring, truth, Ring.accountOf(Bout.HONEST));
    expect(credit).to.be.at.least(staked);
    for (const { player } of adversaries) {
      const owner = Hex.key(Ring.accountOf(player));
      expect(ring.staked.get(player)).to.be.at.least(PRODUCTION.refinementBond);
      const paid = game().credit.get(owner) ?? 0n;
      // A frenemy is paid for the true moves that it made before it stopped, which is less than any bond.
      expect(paid).to.be.lessThan(PRODUCTION.refinementBond / 4n);
    }
  });
});

describe("a chain of disputed claims", () => {
  it("is won at every link at once, and confirmed in its order", async () => {
    const arena = await deployArena(SMALL);
    const ring = Ring.chainRing(arena);
    const links: { truth: ClaimTrace; lie: ClaimTrace }[] = [];
    let parent: Pick<Game.Claim, "id" | "endState"> = arena.genesis;
    for (const endBlock of [4n, 8n, 12n]) {
      const truth = ring.trace(parent, endBlock);
      links.push({ truth, lie: ring.trace(parent, endBlock, { leaf: 1, step: 2 }) });
      parent = { id: claimId(arena.config, truth), endState: truth.endState };
    }
    const confirmed: number[] = [];
    const isConfirmed = (trace: ClaimTrace) =>
      Game.isConfirmed(ring.game(), claimId(arena.config, trace));
    for (let turn = 0; confirmed.length < links.length && turn < 100; turn++) {
      let quiet = true;
      const turns = links.flatMap(({ truth, lie }) => [
        { player: 1, moves: () => liar(ring.game(), lie, { now: 0n, nextTurn: 0n }) },
        { player: Bout.HONEST, moves: () => Bout.planOf(ring.game(), truth) },
      ]);
      for (const { player, moves } of turns) {
        for (const move of moves()) {
          const reason = await ring.make(move, player);
          quiet &&= reason !== undefined;
          if (player === Bout.HONEST) expect(reason).to.equal(undefined);
        }
      }
      for (const [link, { truth }] of links.entries()) {
        if (isConfirmed(truth) && !confirmed.includes(link)) confirmed.push(link);
      }
      ring.pass(quiet ? arena.config.timeout / 4n : 5n);
    }
    expect(confirmed).to.deep.equal([0, 1, 2]);
    expect(links.some(({ lie }) => isConfirmed(lie))).to.equal(false);
  });
});
