import { expect } from "chai";
import fc from "fast-check";
import type { Node } from "../../src/dispute/clock.ts";
import { proposal } from "../../src/dispute/nextMoves.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { SMALL, TIMEOUT, deployArena } from "./arena.ts";
import type { Arena } from "./arena.ts";
import { randomMove } from "./randomMove.ts";
import type { Draw } from "./randomMove.ts";
import type { Lie } from "./toyTrace.ts";

const SEED = 20_261_122;
const GAMES = 8;
const MOVES = 240;
const PLAYERS = 3;

const LIES: readonly (Lie | undefined)[] = [
  undefined,
  { leaf: 0, step: 0 },
  { leaf: 0, step: 0, salt: 1 },
  { leaf: 1, step: 2 },
  { leaf: 1, step: 2, healed: true },
  { leaf: 2, step: SMALL.steps },
  { leaf: 3, step: 7 },
];

// Flag bits of a node, as docs/protocol-dispute.md numbers them.
const [FIRST, BISECTED, CLAIM, CONFIRMED, SETTLED] = [1n, 2n, 4n, 8n, 16n] as const;

function drawFrom(stream: IterableIterator<number>): Draw {
  return (below) => Number(stream.next().value) % below;
}

function flagsOf(arena: Arena, node: Node): bigint {
  const claim = arena.model().claims.get(Hex.key(node.id));
  return (
    (node.first ? FIRST : 0n) |
    (node.children === undefined ? 0n : BISECTED) |
    (claim === undefined ? 0n : CLAIM) |
    (claim?.confirmed === true ? CONFIRMED : 0n) |
    (claim?.settled === true ? SETTLED : 0n)
  );
}

async function expectSameState(arena: Arena): Promise<void> {
  const { tree, credit, claims } = arena.model();
  for (const node of tree.nodes.values()) {
    const actual = await arena.contract.nodeOf(node.id);
    expect(actual.createdAt).to.equal(node.createdAt);
    expect(actual.timer).to.equal(node.timer);
    expect(actual.flags).to.equal(flagsOf(arena, node));
    const isClaim = claims.has(Hex.key(node.id));
    if (!isClaim) expect(actual.mover.toLowerCase()).to.equal(Hex.fromBytes(node.mover));
    const cohort = tree.cohorts.get(Hex.key(node.cohort));
    const actualCohort = await arena.contract.cohortOf(node.cohort);
    expect(actualCohort.count).to.equal(cohort?.members.length);
    expect(actualCohort.secondAt).to.equal(cohort?.secondAt);
  }
  for (const signer of arena.signers.slice(0, PLAYERS)) {
    const owed = credit.get(Hex.key(Hex.toBytes(signer.address))) ?? 0n;
    expect(await arena.contract.credit(signer)).to.equal(owed);
  }
}

async function playAtRandom(draw: Draw): Promise<Map<string, number>> {
  const arena = await deployArena(SMALL);
  const blocks = BigInt(draw(4) + 1);
  const outcomes = new Map<string, number>();
  const traces: ClaimTrace[] = LIES.filter(() => draw(2) === 0)
    .concat([undefined, LIES[3]])
    .map((lie) => arena.trace(arena.genesis, blocks, lie));
  const accounts = arena.signers.slice(0, PLAYERS).map(({ address }) => Hex.toBytes(address));
  for (let i = 0; i < MOVES; i++) {
    if (i % 40 === 20) {
      const claims = [...arena.model().claims.values()];
      const parent = claims[draw(claims.length)] ?? arena.genesis;
      traces.push(arena.trace(parent, parent.endState.number + 2n, LIES[draw(2)]));
    }
    const move = randomMove(arena.model(), traces, accounts, draw);
    const outcome = await arena.make(move, draw(PLAYERS));
    const label = `${move.kind} ${outcome.kind === "made" ? "made" : outcome.reason}`;
    outcomes.set(label, (outcomes.get(label) ?? 0) + 1);
    if (draw(12) === 0) arena.wait(BigInt(draw(Number(TIMEOUT / 3n))));
  }
  await expectSameState(arena);
  return outcomes;
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
    expect(made).to.have.length(10);
    expect(outcomes.size).to.be.greaterThan(30);
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
