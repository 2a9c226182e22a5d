import { expect } from "chai";
import * as Proofs from "../../scripts/modelCheck/proofs.ts";
import * as Search from "../../scripts/modelCheck/search.ts";
import * as Spoils from "../../scripts/modelCheck/spoils.ts";
import * as World from "../../scripts/modelCheck/world.ts";
import type { Scope, Shape, Story } from "../../scripts/modelCheck/world.ts";

type Sum = { worlds: number; states: number; transitions: number; falseTimer: number; lag: number };

const TINY: Shape = { blockHeight: 1, stepHeight: 1, censorship: 0 };
const FIRST = { leaf: 0, step: 0 };
const SECOND = { leaf: 1, step: 0 };
const LAST = { leaf: 1, step: 1 };

function checkAll(shape: Shape, choices: readonly (readonly Story[])[], scope: Scope): Sum {
  const sum: Sum = { worlds: 0, states: 0, transitions: 0, falseTimer: 0, lag: 0 };
  for (const stories of choices) {
    const world = World.create(shape, stories, scope);
    const result = Search.explore(world);
    expect(result.violation, world.name).to.equal(undefined);
    sum.worlds += 1;
    sum.states += result.states;
    sum.transitions += result.transitions;
    sum.falseTimer = Math.max(sum.falseTimer, result.falseTimer);
    sum.lag = Math.max(sum.lag, result.lag);
  }
  console.log(
    `      ${sum.worlds} worlds, ${sum.states} states, ${sum.transitions} transitions; ` +
      `false clock ${sum.falseTimer}, lag ${sum.lag}, bound ${World.bound(shape)}`,
  );
  return sum;
}

function salted(...stories: readonly Story[]): Story[] {
  return stories.map((story, index) => ({ ...story, salt: index + 1 }));
}

describe("every play on small trees", function () {
  this.timeout(120_000);

  it("keeps every rule where anyone makes any move, legal or not, at any time: one lie", () => {
    const sum = checkAll(TINY, [[SECOND], [LAST]], "every");
    // The bound of the proof is reached: the truth is behind by one answer for each node of a path.
    expect(sum.lag).to.equal(World.bound(TINY));
  });

  it("keeps no false clock running beyond the bound: one lie at every place of larger trees", () => {
    for (const [blockHeight, stepHeight] of [
      [2, 1],
      [1, 2],
      [2, 2],
    ] as const) {
      const shape = { blockHeight, stepHeight, censorship: 0 };
      const sum = checkAll(shape, World.choices(World.places(shape), 1), "liars");
      expect(sum.falseTimer).to.be.greaterThan(1);
    }
  });

  it("counts censored time once", () => {
    const shape = { ...TINY, censorship: 2 };
    const sum = checkAll(shape, [[LAST], [SECOND]], "liars");
    expect(sum.falseTimer).to.be.lessThanOrEqual(World.bound(shape));
    expect(sum.falseTimer).to.be.greaterThan(2);
  });

  it("holds against two liars, friends of the truth and two-faced ones", () => {
    checkAll(
      TINY,
      [
        salted(SECOND, LAST),
        salted(LAST, LAST),
        salted({ ...FIRST, healed: true }, LAST),
        salted({ ...LAST, twoFaced: true }),
      ],
      "liars",
    );
  });

  it("holds against three liars", () => {
    checkAll(TINY, [salted(LAST, LAST, LAST)], "essential");
  });

  it("keeps one winner in a cohort, and timers true, where nobody answers", () => {
    const world = World.create(TINY, [LAST], "alone", 2n);
    const { violation, states } = Search.explore(world);
    expect(violation).to.equal(undefined);
    expect(states).to.be.greaterThan(1000);
  });

  it("proves one leaf of a cohort at most, whatever three liars claim at heights 2,2", () => {
    const { sum, violation } = Proofs.check({ blockHeight: 2, stepHeight: 2, censorship: 0 }, 3);
    expect(violation).to.equal(undefined);
    // Every leaf of the truth is proven, and in every other history the one that follows.
    expect(sum.leaves).to.be.greaterThan(sum.proven);
    expect(sum.proven).to.be.greaterThan(16);
  });

  it("owes what it holds after every order of payments", () => {
    const world = World.create(TINY, [FIRST], "liars");
    const { ends } = Search.explore(world);
    expect(ends.size).to.be.greaterThan(1);
    const orders = [...ends.values()].map((end) => Spoils.explore(world, end));
    expect(orders.map(({ violation }) => violation)).to.deep.equal(orders.map(() => undefined));
    expect(Math.max(...orders.map(({ states }) => states))).to.be.greaterThan(100);
  });

  it("lets a false claim win where the timeout is what its clock can show", () => {
    const shape = { ...TINY, censorship: 1 };
    const { falseTimer } = Search.explore(World.create(shape, [LAST], "liars"));
    const short = World.create(shape, [LAST], "liars", BigInt(falseTimer));
    expect(Search.explore(short).violation).to.equal("a false claim has run out its clock");
    const enough = World.create(shape, [LAST], "liars", BigInt(falseTimer + 1));
    expect(Search.explore(enough).violation).to.equal(undefined);
  });
});
