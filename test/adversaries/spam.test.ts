// Ten thousand nodes that rival each other and not the truth: no work that an honest party does off chain may grow with
// them. Work is counted, not timed: each look at a node or cohort of the game, and at a node of its own trace.
import { expect } from "chai";
import { createPublicClient, custom } from "viem";
import { hardhat } from "viem/chains";
import * as Game from "../../src/dispute/game.ts";
import { nextMoves, proposal, waitsAlone } from "../../src/dispute/nextMoves.ts";
import { settlements, unsettledTrees } from "../../src/dispute/settlements.ts";
import { spoils } from "../../src/dispute/spoils.ts";
import type { ClaimTrace, StepTrace, Trace } from "../../src/dispute/trace.ts";
import * as Bonds from "../../src/watcher/bonds.ts";
import * as GameSync from "../../src/watcher/gameSync.ts";
import { play } from "../dispute/match.ts";
import { rivalClaims } from "../dispute/stages.ts";
import * as Bout from "./bout.ts";
import { silentAfter } from "./liar.ts";
import * as Ring from "./ring.ts";
import { claimId } from "./strategy.ts";
import { SPAMMER, spamClaims, spamTrees } from "./spammer.ts";

const { PRODUCTION, LATENCY } = Ring;
const LAST_BLOCK = 20n;
const STEPS = 20;
const LIE = { leaf: 7, step: 5 };
const SPAM = 10_000;
// Bonds that ten thousand nodes cost: each tree has two new nodes at each height.
const CLAIMS = Math.ceil(SPAM / (2 * (PRODUCTION.blockHeight - 1)));
const TREES = Math.ceil(SPAM / (2 * (PRODUCTION.stepHeight - 1)));

type Stage = { readonly game: Game.Game; readonly truth: ClaimTrace };

/** A game of production's size as the honest party has it after so many moves of a liar, and spam as if from its start. */
async function stage(
  moves: number,
  spam: (game: Game.Game, truth: ClaimTrace) => void,
): Promise<Stage> {
  const ring = Ring.modelRing(PRODUCTION, STEPS);
  const genesis = Ring.genesisOf(ring);
  const truth = ring.trace(genesis, LAST_BLOCK);
  const lie = ring.trace(genesis, LAST_BLOCK, LIE);
  const liar = silentAfter(moves);
  await ring.make(proposal(truth), Bout.HONEST);
  for (let made = -1; made !== 0;) {
    const [clock, game] = [{ now: 0n, nextTurn: 0n }, ring.game()];
    const turns = [...liar(game, lie, clock).map((move) => [move, 1] as const)];
    for (const [move, player] of turns) await ring.make(move, player);
    const answers = nextMoves(ring.game(), truth).filter(({ kind }) => kind !== "confirm");
    for (const move of answers) await ring.make(move, Bout.HONEST);
    made = turns.length + answers.length;
    ring.pass(LATENCY);
  }
  spam(ring.game(), truth);
  return { game: ring.game(), truth };
}

/** How often something looks at the game's nodes and cohorts, and at the nodes of the trace. */
function looks(
  { game, truth }: Stage,
  work: (game: Game.Game, truth: ClaimTrace) => unknown,
): number {
  let count = 0;
  const counted = <Value>(map: Map<string, Value>): Map<string, Value> => {
    const copy = new Map(map);
    const proxy = new Proxy(copy, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          const isWhole = name !== "get" && name !== "has" && name !== "set";
          count += isWhole ? target.size : 1;
          return Reflect.apply(member, target, args) as unknown;
        };
      },
    });
    return proxy;
  };
  const countedTrace = <T extends Trace>(trace: T): T => ({
    ...trace,
    subtree: (height: number, index: number) => {
      count += 1;
      return trace.subtree(height, index);
    },
  });
  const steps = (leaf: number): StepTrace => countedTrace(truth.steps(leaf));
  const { nodes, cohorts, refines } = game.tree;
  const tree = {
    ...game.tree,
    nodes: counted(nodes),
    cohorts: counted(cohorts),
    refines: counted(refines),
  };
  work(
    { ...game, tree, claims: counted(game.claims) },
    { ...truth, blocks: countedTrace(truth.blocks), steps },
  );
  return count;
}

type Spam = {
  /** After how many moves of the liar, who then falls silent. */
  readonly after: number;
  readonly add: (count: number) => (game: Game.Game, truth: ClaimTrace) => void;
};

const claims: Spam = {
  after: 0,
  add: (count) => (game, truth) => spamClaims(game, truth, count),
};
const trees: Spam = {
  // It has claimed, opened 16 heights of blocks, and then the steps of one.
  after: 18,
  add: (count) => (game, truth) => spamTrees(game, truth, LIE.leaf, count),
};

describe("ten thousand nodes of spam", () => {
  for (const [what, spam, count] of [
    ["claims in a history that is false", claims, CLAIMS],
    ["trees of steps under a true block", trees, TREES],
  ] as const) {
    describe(`as ${what}`, () => {
      // Two of them are what it takes for the rest to be irrelevant.
      let few: Stage;
      let many: Stage;
      before(async () => {
        [few, many] = [
          await stage(spam.after, spam.add(2)),
          await stage(spam.after, spam.add(count)),
        ];
        const size = ({ game }: Stage) => game.tree.nodes.size;
        expect(size(many) - size(few)).to.be.at.least(SPAM - 200);
      });

      it("cost the strategy no more looks than the first two did, while it answers", () => {
        expect(nextMoves(many.game, many.truth).map(({ kind }) => kind)).to.deep.equal(
          nextMoves(few.game, few.truth).map(({ kind }) => kind),
        );
        expect(nextMoves(many.game, many.truth)).to.not.have.length(0);
        expect(looks(many, nextMoves)).to.equal(looks(few, nextMoves));
      });

      it("cost it no more when the answers are given and the clock has run", () => {
        const counts = [few, many].map(({ game, truth }) => {
          const answered = answer(game, truth);
          const later = { game: { ...answered, now: answered.now + PRODUCTION.timeout }, truth };
          expect(nextMoves(later.game, truth).at(-1)).to.have.property("kind", "confirm");
          return looks(later, nextMoves);
        });
        expect(counts[1]).to.equal(counts[0]);
      });

      it("cost a party that counts its bonds, or asks for them, no more", () => {
        const account = Ring.accountOf(Bout.HONEST);
        const asks: ((game: Game.Game, truth: ClaimTrace) => unknown)[] = [
          (game) => Bonds.ofAccount(game, account),
          (game, truth) => settlements(game, truth, account),
          (game, truth) => unsettledTrees(game, truth, account),
        ];
        for (const ask of asks) {
          const counts = [few, many].map(({ game, truth }) =>
            looks({ game: confirmed(game), truth }, ask),
          );
          expect(counts[1]).to.equal(counts[0]);
        }
      });
    });
  }
});

describe("a week of hourly claims", () => {
  const HOURLY = 168;
  const DISPUTED = 100;

  it("needs the traces of those alone that are disputed or due, and nothing can be done for the others", async () => {
    const ring = Ring.modelRing({ ...PRODUCTION, blockHeight: 2, stepHeight: 3 }, 4);
    const traces = [ring.trace(Ring.genesisOf(ring), 1n)];
    for (let hour = 0; hour < HOURLY; hour++) {
      const truth = traces[hour];
      if (truth === undefined) throw new RangeError("each hour has a trace");
      expect(await ring.make(proposal(truth), Bout.HONEST)).to.equal(undefined);
      const parent = { id: claimId(ring.game().config, truth), endState: truth.endState };
      if (hour === DISPUTED) {
        const grandparent = traces[hour - 1];
        if (grandparent === undefined) throw new RangeError("not the first hour");
        const before = claimId(ring.game().config, grandparent);
        const range = { id: before, endState: grandparent.endState };
        const lie = ring.trace(range, truth.endState.number, { leaf: 0, step: 2 });
        expect(await ring.make(proposal(lie), 1)).to.equal(undefined);
      }
      traces.push(ring.trace(parent, truth.endState.number + 1n));
    }

    const game = { ...ring.game(), now: ring.game().now + PRODUCTION.timeout };
    const account = Ring.accountOf(Bout.HONEST);
    const open = traces.slice(0, HOURLY).flatMap((trace, hour) => {
      if (!waitsAlone(game, trace.parent, claimId(game.config, trace))) return [hour];
      const moves = [...nextMoves(game, trace), ...settlements(game, trace, account)];
      expect([...moves, ...spoils(game, trace)]).to.deep.equal([]);
      return [];
    });
    expect(open).to.deep.equal([0, DISPUTED]);
  });
});

/** The game once every answer that the strategy gives has been given. */
function answer(game: Game.Game, truth: ClaimTrace): Game.Game {
  const answered = Game.at(game, game.now);
  for (;;) {
    const moves = nextMoves(answered, truth).filter(({ kind }) => kind === "bisect");
    if (moves.length === 0) return answered;
    for (const move of moves) {
      if (move.kind !== "bisect") continue;
      const { position, left, right } = move;
      Game.write(answered, { kind: "Bisected", position, left, right, mover: Ring.accountOf(0) });
    }
  }
}

/** The game as if the true claim, which is the second, had been confirmed. */
function confirmed(game: Game.Game): Game.Game {
  const next = Game.at(game, game.now);
  const claim = [...next.claims.values()].find(({ index }) => index === 1);
  if (claim === undefined) throw new RangeError("the truth is claimed first");
  Game.write(next, { kind: "Confirmed", claim: claim.id, baseFee: 0n });
  return next;
}

describe("a long log", () => {
  it("is read once: a turn asks L1 for what is new, however much was read before", async () => {
    const { arena, honest, liar } = await rivalClaims();
    const asked: { method: string; params: unknown }[] = [];
    const client = createPublicClient({
      chain: hardhat,
      cacheTime: 0,
      transport: custom({
        request: ({ method, params }: { method: string; params: unknown[] }) => {
          asked.push({ method, params });
          return arena.provider.request({ method, params });
        },
      }),
    });
    const state = await GameSync.open(client, arena.address as `0x${string}`, 0n);
    const asksOf = async () => {
      asked.length = 0;
      await GameSync.sync(state);
      return asked.map(({ method }) => method);
    };
    await asksOf();
    const quiet = await asksOf();
    await play(arena, honest, [liar], 1n);
    await asksOf();
    expect(state.read.length).to.be.greaterThan(10);
    const held = state.read.at(0);
    expect(await asksOf()).to.deep.equal(quiet);
    expect(quiet).to.have.length.at.most(4);
    expect(state.read.at(0)).to.equal(held);
    expect(asked.some(({ method }) => method === "eth_getLogs")).to.equal(false);
  });

  it("of a spammer's moves is not what an account's bonds are counted from", async () => {
    const { game } = await stage(claims.after, claims.add(CLAIMS));
    expect(Bonds.ofAccount(game, SPAMMER).claims).to.equal(CLAIMS);
    expect(Bonds.ofAccount(game, Ring.accountOf(0))).to.include({ claims: 1, refinements: 0 });
  });
});
