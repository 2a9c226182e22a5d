// Adversaries drawn at random, and random moves, against one honest party: what must hold after every turn, and in the end.
import { expect } from "chai";
import fc from "fast-check";
import { SMALL, deployArena } from "../dispute/arena.ts";
import { randomMove } from "../dispute/randomMove.ts";
import type { Draw } from "../dispute/randomMove.ts";
import type { Lie } from "../dispute/toyTrace.ts";
import * as Hex from "../../src/primitives/hex.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import * as Bout from "./bout.ts";
import { cachePoker } from "./cachePoker.ts";
import { frenemy, intruder } from "./frenemy.ts";
import { frontRunner } from "./frontRunner.ts";
import { liabilities, violations } from "./invariants.ts";
import { liar, silentAfter } from "./liar.ts";
import * as Ring from "./ring.ts";
import { selfDisputer } from "./selfDisputer.ts";
import { staller } from "./staller.ts";
import { claimId } from "./strategy.ts";
import type { Strategy } from "./strategy.ts";

const SEED = 20_261_129;
const MODEL_GAMES = 25;
const CHAIN_GAMES = 2;
const MOST_ADVERSARIES = 4;
const LATENCY = 10n;
const LAST_BLOCK = 4n;
// Each node on a path, an answer to confirm, and the turns in which the honest party sees what is new.
const ANSWERS = BigInt(SMALL.blockHeight + 1 + SMALL.stepHeight + 1 + 1);

const LIES: readonly Lie[] = [
  { leaf: 0, step: 0 },
  { leaf: 0, step: 0, salt: 1 },
  { leaf: 1, step: 2 },
  { leaf: 1, step: 2, healed: true },
  { leaf: 1, step: 3, healed: true },
  { leaf: 2, step: SMALL.steps },
  { leaf: 3, step: 2 ** SMALL.stepHeight - 1 },
];

function strategies(
  truth: ClaimTrace,
  told: readonly ClaimTrace[],
  draw: Draw,
): readonly Strategy[] {
  const accounts = [1, 2, 3].map(Ring.accountOf);
  // Anything that any trace, the true one too, could ask for, and now and then what none may.
  const random: Strategy = (game) =>
    Array.from({ length: draw(4) }, () => randomMove(game, [truth, ...told], accounts, draw));
  return [
    ...[liar, silentAfter(draw(9)), frenemy(draw(3)), intruder, staller, cachePoker],
    ...[frontRunner(truth, draw(12)), selfDisputer(truth), random, random],
  ];
}

/** One game to its end, and what went wrong on the way. */
async function play(
  ring: Ring.Ring,
  draw: Draw,
  check?: () => Promise<void>,
): Promise<Bout.Ending> {
  const genesis = Ring.genesisOf(ring);
  const truth = ring.trace(genesis, LAST_BLOCK);
  const told = LIES.map((lie) => ring.trace(genesis, LAST_BLOCK, lie));
  const adversaries = Array.from({ length: 1 + draw(MOST_ADVERSARIES) }, (_, index) => {
    const all = strategies(truth, told, draw);
    const [trace, strategy] = [told[draw(told.length)], all[draw(all.length)]];
    if (trace === undefined || strategy === undefined) throw new RangeError("nothing to draw");
    return { player: 1 + index, trace, strategy };
  });
  const trueClaims = new Set([genesis.id, claimId(ring.game().config, truth)].map(Hex.key));
  const watch = async () => {
    expect(violations(ring.game(), trueClaims)).to.deep.equal([]);
    await check?.();
  };
  return Bout.play(ring, { truth, adversaries, latency: LATENCY, watch });
}

function drawFrom(stream: IterableIterator<number>): Draw {
  return (below) => Number(stream.next().value) % below;
}

describe(`adversaries drawn at random (seed ${SEED})`, () => {
  it(`confirm no lie and hold nothing up beyond the bound in the model, in ${MODEL_GAMES} games`, async function () {
    this.timeout(240_000);
    const config = {
      ...Ring.PRODUCTION,
      blockHeight: SMALL.blockHeight,
      stepHeight: SMALL.stepHeight,
      timeout: 1_000n,
    };
    let longest = 0n;
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (stream) => {
        const ring = Ring.modelRing(config, SMALL.steps);
        const ending = await play(ring, drawFrom(stream));
        expect(ending.won).to.equal("truth");
        expect(ending.seconds).to.be.at.most(config.timeout + ANSWERS * LATENCY);
        if (ending.seconds > longest) longest = ending.seconds;
      }),
      { seed: SEED, numRuns: MODEL_GAMES, endOnFailure: true },
    );
    // The games are worth playing: some truths were held up.
    expect(longest).to.be.greaterThan(config.timeout + 3n * LATENCY);
  });

  it(`do the same to the contract, which holds what it owes after every turn, in ${CHAIN_GAMES} games`, async function () {
    this.timeout(240_000);
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (stream) => {
        const arena = await deployArena(SMALL);
        const check = async () => {
          const held = await arena.ethers.provider.getBalance(arena.address);
          expect(held).to.equal(liabilities(arena.model()));
        };
        const ending = await play(Ring.chainRing(arena), drawFrom(stream), check);
        expect(ending.won).to.equal("truth");
      }),
      { seed: SEED, numRuns: CHAIN_GAMES, endOnFailure: true },
    );
  });
});
