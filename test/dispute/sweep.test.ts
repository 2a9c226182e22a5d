// The plays by numbers against the plays by the rules, and each way of seeing less of them against seeing all.
import { expect } from "chai";
import * as Atlas from "../../scripts/modelCheck/atlas.ts";
import * as Board from "../../scripts/modelCheck/board.ts";
import { countedSince, lagsOf } from "../../scripts/modelCheck/lag.ts";
import * as Paths from "../../scripts/modelCheck/paths.ts";
import * as Plans from "../../scripts/modelCheck/plans.ts";
import type * as Play from "../../scripts/modelCheck/play.ts";
import * as Search from "../../scripts/modelCheck/search.ts";
import * as Sweep from "../../scripts/modelCheck/sweep.ts";
import * as World from "../../scripts/modelCheck/world.ts";
import type { Shape, Story } from "../../scripts/modelCheck/world.ts";
import * as Clock from "../../src/dispute/clock.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import * as Hex from "../../src/primitives/hex.ts";

const TINY: Shape = { blockHeight: 1, stepHeight: 1, censorship: 0 };
const CENSORED: Shape = { ...TINY, censorship: 2 };
const LAST: Story = { leaf: 1, step: 1 };

/** A state of the rules as the board tells it. */
function told(
  board: Board.Board,
  atlas: Atlas.Atlas,
  { game, censorship }: Play.State,
): Uint8Array {
  const size = board.ids.length;
  const state = new Uint8Array(2 * size + 1);
  const lags = lagsOf(atlas, game);
  const since = game.tree.nodes.get(atlas.truthRoot)?.createdAt ?? game.now;
  board.ids.forEach((id, at) => {
    const node = game.tree.nodes.get(id);
    if (node === undefined) return;
    const trees = node.refinements.map((tree) => Atlas.at(atlas, Hex.key(tree.id)));
    const isRefined = trees.some(({ verdict }) => verdict === "true") && board.isTrue[at] === true;
    const isDone = node.children !== undefined || node.timer === Clock.FOREVER || isRefined;
    state[at] = isDone ? Sweep.DONE : Sweep.PRESENT;
    const cohort = DisputeTree.cohortOf(game.tree, node.cohort);
    const alone = Clock.unrivaled(node, cohort, game.now);
    const time = board.isTrue[at] === true ? countedSince(game, node, since) : alone;
    state[size + at] = lags.get(id) ?? Number(time);
  });
  state[2 * size] = censorship;
  return state;
}

function nothing(board: Board.Board, { censorship }: Shape): Uint8Array {
  const state = new Uint8Array(2 * board.ids.length + 1);
  state[2 * board.ids.length] = censorship;
  return state;
}

function sweepAll(shape: Shape, rivals: number) {
  const planOf = Plans.plansOf(shape);
  const found = { falseTimer: 0, lag: 0 };
  for (const stories of World.choices(World.places(shape), rivals)) {
    const { falseTimer, lag } = Sweep.explore(
      Board.create(planOf(stories)),
      Paths.limitsOf(shape, undefined),
    );
    found.falseTimer = Math.max(found.falseTimer, falseTimer);
    found.lag = Math.max(found.lag, lag);
  }
  return found;
}

function checkPaths(shape: Shape, rivals: number, falseTimer?: bigint): Paths.Found {
  const choices = World.choices(World.places(shape), rivals);
  const search = Paths.check(shape, choices, Paths.limitsOf(shape, falseTimer));
  for (;;) {
    const { done, value } = search.next();
    if (done === true) return value;
  }
}

describe("every play by numbers", function () {
  this.timeout(60_000);

  for (const [title, shape, choices] of [
    ["one lie", TINY, World.choices(World.places(TINY), 1)],
    ["one lie, and censorship", CENSORED, [[LAST], [{ leaf: 0, step: 0, healed: true }]]],
    ["two lies of one place", TINY, [World.choices([LAST], 2)[0] ?? []]],
    [
      "a friend of the truth",
      TINY,
      [
        [
          { ...LAST, salt: 1 },
          { leaf: 1, step: 0, healed: true, salt: 2 },
        ],
      ],
    ],
  ] as const) {
    it(`meets the states that the rules meet: ${title}`, () => {
      for (const stories of choices) {
        const world = World.create(shape, stories, "essential");
        const atlas = Atlas.create(world);
        const board = Board.create(Plans.plansOf(shape)(stories));
        const byRules = new Set<string>();
        const rules = Search.explore(world, (state) =>
          byRules.add(Sweep.keyOf(board, told(board, atlas, state))),
        );
        const byNumbers = new Set<string>();
        const limits = Paths.limitsOf(shape, undefined);
        const numbers = Sweep.explore(board, limits, (state) =>
          byNumbers.add(Sweep.keyOf(board, state)),
        );
        expect(rules.violation).to.equal(undefined);
        // The rules show what follows on nothing; the numbers show that too.
        byRules.add(Sweep.keyOf(board, nothing(board, shape)));
        expect([...byNumbers].sort()).to.deep.equal([...byRules].sort());
        expect(numbers.lag).to.equal(rules.lag);
        expect(numbers.falseTimer).to.equal(rules.falseTimer);
      }
    });
  }

  it("finds on the ways down, each once, what it finds on whole boards", () => {
    for (const [blockHeight, stepHeight, censorship, rivals] of [
      [1, 1, 0, 2],
      [1, 1, 1, 2],
      [2, 1, 0, 2],
      [2, 2, 2, 1],
    ] as const) {
      const shape = { blockHeight, stepHeight, censorship };
      const { sum, violation } = checkPaths(shape, rivals);
      expect(violation).to.equal(undefined);
      const { falseTimer, lag } = sum;
      expect({ falseTimer, lag }).to.deep.equal(sweepAll(shape, rivals));
    }
  });

  it("keeps both bounds on trees of height 3 with one liar, censored or not", () => {
    for (const censorship of [0, 3]) {
      const shape = { blockHeight: 3, stepHeight: 3, censorship };
      const { sum, violation } = checkPaths(shape, 1);
      expect(violation).to.equal(undefined);
      expect(sum.falseTimer).to.be.greaterThan(censorship);
    }
  });

  it("lets a false claim win where the timeout is what its clock can show", () => {
    const shape = { blockHeight: 2, stepHeight: 1, censorship: 1 };
    const { sum } = checkPaths(shape, 2);
    const short = checkPaths(shape, 2, BigInt(sum.falseTimer));
    expect(short.violation).to.equal("a false claim has run out its clock");
    expect(checkPaths(shape, 2, BigInt(sum.falseTimer + 1)).violation).to.equal(undefined);
  });
});
