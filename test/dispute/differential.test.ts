import { expect } from "chai";
import fc from "fast-check";
import * as Clock from "../../src/dispute/clock.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import type * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import { settlements } from "../../src/dispute/settlements.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { SMALL, TIMEOUT, deployArena } from "./arena.ts";
import type { Arena } from "./arena.ts";
import { randomMove, randomSpoils } from "./randomMove.ts";
import type { Draw } from "./randomMove.ts";
import type { Lie } from "./toyTrace.ts";

const SEED = 20_261_122;
const GAMES = 8;
const MOVES = 240;
const SPOILS = 60;
const PLAYERS = 3;
const ORDERS = 4;
const PAYMENTS = 24;
// So little that claims do not pay for all moves: what is paid depends on the order.
const SMALL_CLAIM_BOND = 10n ** 16n;

const LIES: readonly (Lie | undefined)[] = [
  undefined,
  { leaf: 0, step: 0 },
  { leaf: 0, step: 0, salt: 1 },
  { leaf: 1, step: 2 },
  { leaf: 1, step: 2, healed: true },
  { leaf: 2, step: SMALL.steps },
  { leaf: 3, step: 7 },
];

function drawFrom(stream: IterableIterator<number>): Draw {
  return (below) => Number(stream.next().value) % below;
}

async function expectSameState(arena: Arena): Promise<void> {
  const { tree, credit, claims, pots } = arena.model();
  for (const node of tree.nodes.values()) {
    const actual = await arena.contract.nodeOf(node.id);
    expect(actual.createdAt).to.equal(node.createdAt);
    expect(actual.timer).to.equal(node.timer);
    expect(actual.flags).to.equal(node.flags);
    const isClaim = claims.has(Hex.key(node.id));
    if (!isClaim) expect(actual.mover.toLowerCase()).to.equal(Hex.fromBytes(node.mover));
    const cohort = tree.cohorts.get(Hex.key(node.cohort));
    const actualCohort = await arena.contract.cohortOf(node.cohort);
    expect(actualCohort.count).to.equal(cohort?.members.length);
    expect(actualCohort.secondAt).to.equal(cohort?.secondAt);
    // Nothing can stand beside the genesis claim, so the contract never marks its cohort.
    const isGenesis = Hex.key(node.id) === Hex.key(arena.genesis.id);
    expect(actualCohort.confirmedAt).to.equal(isGenesis ? 0n : cohort?.confirmedAt);
    expect(actualCohort.baseFee).to.equal(cohort?.baseFee);
    const refined = tree.refines.get(Hex.key(node.id)) ?? new Uint8Array(32);
    expect(await arena.contract.refines(node.id)).to.equal(Hex.fromBytes(refined));
  }
  for (const { id } of claims.values()) {
    expect(await arena.contract.pot(id)).to.equal(pots.get(Hex.key(id)) ?? 0n);
  }
  expect(await arena.ethers.provider.getBalance(arena.address)).to.equal(owedBy(arena.model()));
  for (const signer of arena.signers.slice(0, PLAYERS)) {
    const owed = credit.get(Hex.key(Hex.toBytes(signer.address))) ?? 0n;
    expect(await arena.contract.credit(signer)).to.equal(owed);
  }
}

// Bonds that are out, credits and pots.
function owedBy({ config, tree, credit, pots }: Game.Game): bigint {
  const bonds = [...tree.nodes.values()].map((node) => {
    if (DisputeTree.cohortOf(tree, node.cohort).confirmedAt !== 0n) return 0n;
    if (Clock.has(node, Clock.CLAIM)) return config.claimBond;
    return tree.refines.has(Hex.key(node.id)) ? config.refinementBond : 0n;
  });
  return [...bonds, ...credit.values(), ...pots.values()].reduce((sum, amount) => sum + amount, 0n);
}

async function playAtRandom(draw: Draw): Promise<Map<string, number>> {
  const arena = await deployArena(SMALL);
  const blocks = BigInt(draw(4) + 1);
  const outcomes = new Map<string, number>();
  const traces: ClaimTrace[] = LIES.filter(() => draw(2) === 0)
    .concat([undefined, LIES[3]])
    .map((lie) => arena.trace(arena.genesis, blocks, lie));
  const accounts = arena.signers.slice(0, PLAYERS).map(({ address }) => Hex.toBytes(address));
  async function make(move: Move): Promise<void> {
    const outcome = await arena.make(move, draw(PLAYERS));
    const label = `${move.kind} ${outcome.kind === "made" ? "made" : outcome.reason}`;
    outcomes.set(label, (outcomes.get(label) ?? 0) + 1);
  }
  // What a party has to do at once, and a stranger's move among it, which may undo all of it.
  async function makeTogether(): Promise<void> {
    const due = nextMoves(
      arena.model(),
      traces[draw(traces.length)] ?? arena.trace(arena.genesis, blocks),
    );
    const drawn = randomMove(arena.model(), traces, accounts, draw);
    const moves = [...due.slice(0, 1 + draw(3)), drawn].filter(
      ({ kind }) => kind !== "propose" && kind !== "refine" && kind !== "withdraw",
    );
    const outcome = await arena.makeTogether(moves, draw(PLAYERS));
    const label = `multicall ${outcome.kind === "made" ? "made" : outcome.reason}`;
    outcomes.set(label, (outcomes.get(label) ?? 0) + 1);
  }
  for (let i = 0; i < MOVES; i++) {
    if (i % 40 === 20) {
      const claims = [...arena.model().claims.values()];
      const parent = claims[draw(claims.length)] ?? arena.genesis;
      traces.push(arena.trace(parent, parent.endState.number + 2n, LIES[draw(2)]));
    }
    if (draw(10) === 0) await makeTogether();
    else await make(randomMove(arena.model(), traces, accounts, draw));
    if (draw(12) === 0) arena.wait(BigInt(draw(Number(TIMEOUT / 3n))));
  }
  await expectSameState(arena);

  // What follows once the clocks have run out: confirmations, bonds, and the spoils.
  for (let round = 0; round < 4; round++) {
    arena.wait(TIMEOUT);
    for (const trace of traces) {
      const owed = accounts.flatMap((account) => settlements(arena.model(), trace, account));
      for (const move of [...nextMoves(arena.model(), trace), ...owed]) await make(move);
    }
  }
  for (let i = 0; i < SPOILS; i++) await make(randomSpoils(arena.model(), traces, draw));
  await expectSameState(arena);
  return outcomes;
}

/** A dispute of the truth with three liars, in which nobody has a move left and every timer is recorded. */
async function playedOut(): Promise<{ arena: Arena; traces: readonly ClaimTrace[] }> {
  const arena = await deployArena(SMALL, SMALL_CLAIM_BOND);
  const lies = [undefined, LIES[3], { leaf: 1, step: 4, salt: 1 }, LIES[6]];
  const traces = lies.map((lie) => arena.trace(arena.genesis, 4n, lie));
  for (const trace of traces) await arena.make(proposal(trace));
  for (let isOver = false; !isOver;) {
    isOver = true;
    for (const [player, trace] of traces.entries()) {
      for (const move of nextMoves(arena.model(), trace)) {
        // A liar tries to prove its step too.
        const { kind } = await arena.make(move, player % PLAYERS);
        if (kind === "made") isOver = false;
      }
    }
  }
  arena.wait(TIMEOUT);
  for (const move of updatesOf(arena.model())) {
    expect((await arena.make(move)).kind).to.equal("made");
  }
  return { arena, traces };
}

// Updates of all that is opened, children before parents.
function updatesOf({ tree }: Game.Game): Move[] {
  const nodes = [...tree.nodes.values()].sort(
    (one, other) => one.position.height - other.position.height,
  );
  const opened = (level: number): Move[] =>
    nodes.flatMap(({ position, hash: nodeHash, children }): Move[] => {
      if (children === undefined || position.level !== level) return [];
      return [{ kind: "update", position, nodeHash, openings: [children] }];
    });
  const leaves = nodes.flatMap(({ position, hash: nodeHash, refinements }) =>
    refinements.map(({ id, startState: left }): Move => {
      const { hash: right } = DisputeTree.requireNode(tree, id);
      return { kind: "update", position, nodeHash, openings: [{ left, right }] };
    }),
  );
  return [...opened(1), ...leaves, ...opened(0)];
}

// A decision, a collection or a withdrawal; a decision opens nothing, a part or all.
function randomPayment(arena: Arena, traces: readonly ClaimTrace[], draw: Draw): Move {
  const [truth] = traces;
  const model = arena.model();
  const account = Hex.toBytes(arena.signers[draw(PLAYERS)]?.address ?? "");
  const due =
    truth === undefined ? [] : [...nextMoves(model, truth), ...settlements(model, truth, account)];
  const decisions = due.flatMap((move) =>
    move.kind === "confirm" || move.kind === "settleRefinement" ? [move] : [],
  );
  const decision = decisions[draw(decisions.length)];
  if (decision !== undefined && draw(3) === 0) {
    const { openings } = decision;
    return { ...decision, openings: openings.slice(0, draw(openings.length + 1)) };
  }
  if (draw(6) === 0) return { kind: "withdraw", to: account };
  return randomSpoils(model, traces.slice(0, 1), draw);
}

describe("the contract and the model", () => {
  it(`agree on ${GAMES} games of ${MOVES} random moves (seed ${SEED})`, async function () {
    this.timeout(120_000);
    const outcomes = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (stream) => {
        for (const [label, count] of await playAtRandom(drawFrom(stream))) {
          outcomes.set(label, (outcomes.get(label) ?? 0) + count);
        }
      }),
      { seed: SEED, numRuns: GAMES, endOnFailure: true },
    );
    // The games are worth comparing: every kind of move was made, and most reasons to reject one occurred.
    const made = [...outcomes.keys()].filter((label) => label.endsWith(" made"));
    expect(made).to.have.length(11);
    expect(outcomes.size).to.be.greaterThan(35);
  });

  it(`agree on ${ORDERS} orders of payment after a dispute with three liars (seed ${SEED})`, async function () {
    this.timeout(120_000);
    const { arena, traces } = await playedOut();
    const end = arena.model();
    const paid = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (stream) => {
        const draw = drawFrom(stream);
        const snapshot = await arena.provider.request({ method: "evm_snapshot", params: [] });
        for (let i = 0; i < PAYMENTS; i++) {
          const { credit } = arena.model();
          const move = randomPayment(arena, traces, draw);
          await arena.make(move, draw(PLAYERS));
          const hasPaid = [...arena.model().credit].some(
            ([key, sum]) => sum > (credit.get(key) ?? 0n),
          );
          if (hasPaid) paid.set(move.kind, (paid.get(move.kind) ?? 0) + 1);
        }
        await expectSameState(arena);
        await arena.provider.request({ method: "evm_revert", params: [snapshot] });
        arena.rewind(end);
      }),
      { seed: SEED, numRuns: ORDERS, endOnFailure: true },
    );
    console.log(`      ${[...paid].map(([kind, count]) => `${count} ${kind}`).join(", ")}`);
    expect(paid.get("confirm")).to.equal(ORDERS);
    expect(paid.get("settleRefinement")).to.be.greaterThan(ORDERS);
    expect(paid.get("rewardBlocks")).to.be.greaterThan(0);
    expect(paid.get("rewardSteps")).to.be.greaterThan(0);
  });

  it("agree on the proposal of every lie", async () => {
    const arena = await deployArena(SMALL);
    for (const lie of LIES) {
      const move = proposal(arena.trace(arena.genesis, 4n, lie));
      await arena.make(move);
    }
    await expectSameState(arena);
  });
});
