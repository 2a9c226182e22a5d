import { expect } from "chai";
import * as Bisection from "../../src/dispute/bisection.ts";
import type * as Game from "../../src/dispute/game.ts";
import type { Bisect, Move, Refine, Update } from "../../src/dispute/move.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Plan from "../../src/watcher/plan.ts";

const CONFIG: Game.Config = {
  ...{ blockHeight: 2, stepHeight: 1, timeout: 300n },
  ...{ claimBond: 5n, refinementBond: 2n },
};
const PLACE = { config: CONFIG, game: "0x00000000000000000000000000000000000000aa" } as const;
const WORD = new Uint8Array(32);

/** The root of a dispute. */
const rootOf = (claim: bigint) => Bisection.root(0, 2, Bytes.fromBigInt(claim, 32));

function bisect(position: Bisection.Position): Bisect {
  return { kind: "bisect", position, left: WORD, right: WORD };
}

/** The moves of one dispute: its blocks are opened, the steps of the first are, and one of them is. */
function dispute(claim: bigint): readonly [Bisect, Bisect, Refine, Bisect] {
  const root = rootOf(claim);
  const half = Bisection.leftChild(root);
  const leaf = Bisection.leftChild(half);
  const pre = { state: WORD, prefix: WORD, spine: [] };
  const steps = Bisection.root(1, 1, Bisection.originOf(Bisection.cohortId(leaf), WORD));
  const refine: Refine = {
    ...{ kind: "refine", leaf, leafHash: WORD, pre, root: WORD, siblings: [] },
  };
  return [bisect(root), bisect(half), refine, bisect(steps)];
}

function update(claim: bigint): Update {
  return { kind: "update", position: rootOf(claim), nodeHash: WORD, openings: [] };
}

const opening = { left: WORD, right: WORD };

/** The moves of all that may go, transaction by transaction, until nothing is left. */
function flights(plan: Plan.Plan): (readonly Move[])[][] {
  const all: (readonly Move[])[][] = [];
  for (let ready = Plan.ready(plan); ready.length > 0; ready = Plan.ready(plan)) {
    all.push(ready.map(({ moves }) => moves));
    for (const step of ready) Plan.drop(plan, step);
  }
  return all;
}

const alike = () => 0n;

describe("a plan", () => {
  it("lets what two disputes do go together, and what needs a move wait for it", () => {
    const [a, b] = [dispute(1n), dispute(2n)];
    expect(flights(Plan.create(PLACE, [...a, ...b], alike))).to.deep.equal([
      [[a[0], a[1], b[0], b[1]]],
      [[a[2]], [b[2]]],
      [[a[3], b[3]]],
    ]);
  });

  it("lets what needs nothing of it go beside what others wait for", () => {
    const [, , refined, opened] = dispute(1n);
    const withdraw: Move = { kind: "withdraw", to: new Uint8Array(20) };
    const plan = Plan.create(PLACE, [refined, opened, bisect(rootOf(2n)), withdraw], alike);
    expect(flights(plan)).to.deep.equal([
      [[bisect(rootOf(2n))], [refined], [withdraw]],
      [[opened]],
    ]);
  });

  it("names the most urgent first, and those alike in the order in which they were given", () => {
    const refines = [1n, 2n, 3n, 4n].map((claim) => dispute(claim)[2]);
    const urgencies = new Map<Move, bigint>(
      refines.map((move, i) => [move, [5n, 9n, 5n, 7n][i] ?? 0n]),
    );
    const plan = Plan.create(PLACE, refines, (move) => urgencies.get(move) ?? 0n);
    expect(
      Plan.ready(plan).map(({ moves: [move] }) => refines.findIndex((r) => r === move)),
    ).to.deep.equal([1, 3, 0, 2]);
  });

  it("lets a confirmation wait for the updates before it, and for no others", () => {
    const openings = Array.from({ length: 200 }, () => opening);
    const confirm = (parent: Uint8Array): Move => ({
      kind: "confirm",
      parent,
      root: WORD,
      openings,
    });
    const big = (claim: bigint): Move => ({ ...update(claim), openings });
    const [first, second] = [Bytes.fromBigInt(1n, 32), Bytes.fromBigInt(2n, 32)];
    const moves = [big(1n), big(2n), confirm(first), confirm(second)];
    expect(flights(Plan.create(PLACE, moves, alike))).to.deep.equal([
      [[moves[0]], [moves[3]]],
      [[moves[1]]],
      [[moves[2]]],
    ]);
  });

  it("halves a transaction that was refused: the second half, and what waited for it, wait on", () => {
    const root = rootOf(1n);
    const half = Bisection.leftChild(root);
    const other = rootOf(2n);
    const [, , refined] = dispute(1n);
    const plan = Plan.create(PLACE, [bisect(root), bisect(half), bisect(other), refined], alike);
    const [whole] = Plan.ready(plan);
    if (whole === undefined) expect.fail("something can be sent");
    Plan.halve(plan, whole);
    expect(flights(plan)).to.deep.equal([
      [[bisect(root), bisect(half)]],
      [[bisect(other)]],
      [[refined]],
    ]);
  });
});
