// Rule 5: rivals' clocks by numbers, held to the rules.
import { expect } from "chai";
import * as Atlas from "../../scripts/modelCheck/atlas.ts";
import type { Place } from "../../scripts/modelCheck/atlas.ts";
import * as Candidates from "../../scripts/modelCheck/candidates.ts";
import * as Partings from "../../scripts/modelCheck/partings.ts";
import * as Play from "../../scripts/modelCheck/play.ts";
import * as Properties from "../../scripts/modelCheck/properties.ts";
import * as RivalTimes from "../../scripts/modelCheck/rivalTimes.ts";
import * as World from "../../scripts/modelCheck/world.ts";
import type { Shape, Story } from "../../scripts/modelCheck/world.ts";
import * as Clock from "../../src/dispute/clock.ts";
import * as DisputeTree from "../../src/dispute/disputeTree.ts";
import type { Game } from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { proposal } from "../../src/dispute/nextMoves.ts";
import * as Opening from "../../src/dispute/opening.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import { assert } from "../../src/primitives/assert.ts";

const TINY: Shape = { blockHeight: 1, stepHeight: 1, censorship: 0 };
const FIRST: Story = { leaf: 0, step: 0 };
const LAST: Story = { leaf: 1, step: 1 };

/** A way down of an atlas: the places of each of its cohorts, the two that part first. */
type Found = {
  readonly cohorts: readonly (readonly Place[])[];
  readonly parting: Partings.Parting;
};

function waysOf(atlas: Atlas.Atlas): Found[] {
  return [...Map.groupBy(atlas.places, ({ cohort }) => cohort).values()].flatMap((members) =>
    members.flatMap((one, index) =>
      members.slice(index + 1).flatMap((other) => {
        const others = members.filter((place) => place !== one && place !== other);
        return waysFrom(atlas, [[one, other, ...others]]);
      }),
    ),
  );
}

function waysFrom(atlas: Atlas.Atlas, cohorts: readonly (readonly Place[])[]): Found[] {
  const nodes = cohorts.at(-1) ?? [];
  const [one, other] = nodes;
  const pairs = one === undefined || other === undefined ? [] : pairsBelow(atlas, one, other);
  if (pairs.length === 0) return [{ cohorts, parting: partingOf(cohorts) }];
  return pairs.flatMap(([left, right]) => {
    const rest = nodes
      .flatMap((place) => belowOf(atlas, place))
      .filter((place) => place.cohort === left.cohort && place !== left && place !== right);
    return waysFrom(atlas, [...cohorts, [left, right, ...new Set(rest)]]);
  });
}

// The rivals below two rivals: the halves in which they differ first, or a tree of each.
function pairsBelow(atlas: Atlas.Atlas, one: Place, other: Place): (readonly [Place, Place])[] {
  const pairs = belowOf(atlas, one).flatMap((left) =>
    belowOf(atlas, other).map((right) => [left, right] as const),
  );
  return pairs.filter(([left, right]) => left !== right && left.cohort === right.cohort);
}

function belowOf(atlas: Atlas.Atlas, { children, trees }: Place): Place[] {
  return [...children, ...trees].map((id) => Atlas.at(atlas, id));
}

function partingOf(cohorts: readonly (readonly Place[])[]): Partings.Parting {
  const leads = cohorts.slice(0, -1).map((nodes, depth) =>
    nodes.map(({ children, trees }) => {
      const next = (cohorts[depth + 1] ?? []).map(({ id }) => id);
      return [...children, ...trees]
        .map((id) => next.indexOf(id))
        .filter((lead) => lead >= 0)
        .sort();
    }),
  );
  const blocks = cohorts.findIndex(([place]) => (place?.trees.size ?? 0) > 0);
  const sizes = cohorts.map(({ length }) => length);
  return { sizes, leads, blocks: blocks === -1 ? undefined : blocks };
}

/** A state of the rules as the numbers tell it. */
function told({ cohorts, parting }: Found, game: Game): RivalTimes.State {
  const way = RivalTimes.layOut(parting);
  const state = new Uint8Array(way.size + 2);
  cohorts.flat().forEach(({ id }, at) => {
    if (game.tree.nodes.has(id)) state[at] = RivalTimes.PRESENT;
  });
  const lasted = Number(game.now - bornAt(cohorts[0] ?? [], game));
  const own = (cohorts[0] ?? []).reduce((sum, place) => sum + aloneFor(place, game), 0);
  const most = RivalTimes.MOST_SPARE;
  state[way.size] = Math.min(lasted - timeOf(cohorts, game), most);
  state[way.size + 1] = Math.min(lasted - own, most);
  return RivalTimes.settle(way, state);
}

function bornAt(places: readonly Place[], game: Game): bigint {
  return places.reduce((least, { id }) => {
    const at = game.tree.nodes.get(id)?.createdAt ?? game.now;
    return at < least ? at : least;
  }, game.now);
}

// What the two that part have counted on their way.
function timeOf(cohorts: Found["cohorts"], game: Game): number {
  return cohorts
    .flatMap((places) => places.slice(0, 2))
    .reduce((sum, place) => sum + aloneFor(place, game), 0);
}

function aloneFor({ id }: Place, game: Game): number {
  const node = game.tree.nodes.get(id);
  if (node === undefined) return 0;
  return Number(Clock.unrivaled(node, DisputeTree.cohortOf(game.tree, node.cohort), game.now));
}

/** Every state of the rules that the numbers tell apart, nothing being proven. */
function visitAll(
  world: World.World,
  atlas: Atlas.Atlas,
  ways: readonly Found[],
  visit: (game: Game) => void,
) {
  const candidates = Candidates.of(world, atlas).filter(({ move }) => move.kind !== "prove");
  const open = [Play.start(world)];
  const seen = new Set<string>();
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    visit(state.game);
    for (const next of Play.successors(world, candidates, state)) {
      const key = ways.map((way) => RivalTimes.keyOf(told(way, next.game))).join();
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(next);
    }
  }
  return seen.size;
}

/** The ways that begin with the same two rivals. */
function byRivals(ways: readonly Found[]): Found[][] {
  const nameOf = ({ cohorts: [top = []] }: Found): string => `${top[0]?.id}${top[1]?.id}`;
  return [...Map.groupBy(ways, nameOf).values()];
}

function expectTimersWithin(rivals: readonly Found[], timer: Properties.Timers, game: Game): void {
  const [one, other] = rivals[0]?.cohorts[0] ?? [];
  assert(one !== undefined && other !== undefined, "two part on every way");
  const most = Math.max(...rivals.map(({ cohorts }) => timeOf(cohorts, game)));
  expect(Number(timer(one) + timer(other))).to.be.at.most(most);
}

function toTheEnd<Sum, Found>(search: Generator<Sum, Found>): Found {
  for (;;) {
    const { done, value } = search.next();
    if (done === true) return value;
  }
}

describe("rivals' clocks by numbers", function () {
  this.timeout(60_000);

  for (const [title, shape, stories] of [
    ["one lie", TINY, [LAST]],
    ["one lie on larger trees", { ...TINY, blockHeight: 2, stepHeight: 2 }, [{ leaf: 2, step: 1 }]],
    ["a second tree under a block", TINY, [{ ...LAST, twoFaced: true }]],
    ["a friend of the truth", TINY, [LAST, { leaf: 1, step: 0, healed: true, salt: 1 }]],
    ["two lies that part from each other", TINY, [FIRST, LAST]],
  ] as const) {
    it(`meets the states that the rules meet, and no timers show more: ${title}`, () => {
      const world = World.create(shape, stories, "alone");
      const atlas = Atlas.create(world);
      const ways = waysOf(atlas);
      const pairs = byRivals(ways);
      const byRules = ways.map(() => new Set<string>());
      const count = visitAll(world, atlas, ways, (game) => {
        const timer = Properties.timersOf(world, atlas, game);
        ways.forEach((way, at) => byRules[at]?.add(RivalTimes.keyOf(told(way, game))));
        pairs.forEach((rivals) => expectTimersWithin(rivals, timer, game));
      });
      console.log(`      ${count} states, ${ways.length} ways`);
      const known = new Set(Partings.all(shape, 4).map(Partings.nameOf));
      ways.forEach(({ cohorts: [top], parting }, at) => {
        expect(known.has(Partings.nameOf(parting)), JSON.stringify(parting)).to.equal(true);
        const byNumbers: string[] = [];
        const { violation } = RivalTimes.explore(parting, (state) =>
          byNumbers.push(RivalTimes.keyOf(state)),
        );
        expect(violation).to.equal(undefined);
        const met = [...(byRules[at] ?? [])];
        // Below the claims the numbers let the first of a cohort come at any time.
        if (top?.[0]?.cohort === atlas.claimCohort) expect(byNumbers).to.have.members(met);
        else expect(byNumbers).to.include.members(met);
      });
    });
  }

  it("keeps rivals' clocks together within the time: heights 3,3, two rivals beside a node", () => {
    const shape = { blockHeight: 3, stepHeight: 3, censorship: 0 };
    const { sum, violation } = toTheEnd(RivalTimes.check(shape, 2));
    expect(violation).to.equal(undefined);
    expect(sum.partings).to.be.greaterThan(100);
  });

  it("lets three rivals' timers sum to more than the time: two of them share a half", () => {
    const world = World.create(
      { blockHeight: 3, stepHeight: 1, censorship: 0 },
      [
        { leaf: 4, step: 0 },
        { leaf: 0, step: 0 },
      ],
      "alone",
    );
    const {
      truth,
      lies: [late, early],
    } = world;
    assert(late !== undefined && early !== undefined, "the world has two liars");
    let state = Play.start(world);
    const make = (move: Move): void => {
      state = Play.make(world, state, move, Play.ADVERSARY);
    };
    const open = ({ blocks, parent }: ClaimTrace, height: number, index: number): void => {
      const position = Opening.positionAt(blocks, 0, height, index, parent);
      const [left, right] = [0, 1].map((half) => blocks.subtree(height - 1, 2 * index + half));
      assert(left !== undefined && right !== undefined, "a node has two halves");
      make({ kind: "bisect", position, left, right });
    };
    for (const story of [truth, late, early]) make(proposal(story));
    for (const story of [truth, late]) open(story, 3, 0);
    open(late, 2, 1);
    state = Play.tick(Play.tick(state));
    open(truth, 2, 1);
    open(truth, 1, 2);
    open(early, 3, 0);
    open(early, 2, 0);
    state = Play.tick(Play.tick(state));

    const atlas = Atlas.create(world);
    const timer = Properties.timersOf(world, atlas, state.game);
    const claims = atlas.places.filter(({ cohort }) => cohort === atlas.claimCohort);
    // Four ticks have passed.
    expect(claims.map(timer)).to.deep.equal([2n, 2n, 2n]);
    expect(bornAt(claims, state.game)).to.equal(state.game.now - 4n);
  });
});
