// I2, I3, I9, I10 and I11 over random episodes. TRIBUNAL_FUZZ_STEPS sets how many steps are taken, a hundred thousand for
// the long mode; TRIBUNAL_FUZZ_SEED repeats one episode.
import * as SeededRandom from "../machine/seededRandom.ts";
import * as Episode from "./clientEpisode.ts";
import * as GameEpisode from "./clientGameEpisode.ts";

const STEPS_PER_EPISODE = 300;
const STEPS = Number(process.env["TRIBUNAL_FUZZ_STEPS"] ?? 6_000);
const SEED = process.env["TRIBUNAL_FUZZ_SEED"];

describe("client fuzz", () => {
  for (const hasHub of [false, true]) {
    it(`${hasHub ? "two parties and a hub" : "two parties"} sign one state a version, lose nothing, and come to rest`, function () {
      this.timeout(0);
      for (const seed of seedsFor(STEPS / 2)) episode(seed, hasHub);
    });
  }
});

describe("client fuzz of games", () => {
  it("two players sign one state a version, and nobody who moves in time loses by the other's silence", function () {
    this.timeout(0);
    for (const seed of seedsFor(STEPS / 2)) gameEpisode(seed);
  });
});

function seedsFor(steps: number): number[] {
  if (SEED !== undefined) return [Number(SEED)];
  return Array.from({ length: Math.ceil(steps / STEPS_PER_EPISODE) }, (_, i) => i + 1);
}

function gameEpisode(seed: number): void {
  const random = SeededRandom.fromSeed(seed);
  let step = 0;
  try {
    const one = Episode.begin(random, false);
    for (; step < STEPS_PER_EPISODE; step++) GameEpisode.step(one);
    if (random.oneIn(3)) GameEpisode.endInPeace(one);
    else GameEpisode.endInDesertion(one);
  } catch (error) {
    console.log(`      seed ${seed} of games, after ${step} steps`);
    throw error;
  }
}

function episode(seed: number, hasHub: boolean): void {
  const random = SeededRandom.fromSeed(seed);
  let step = 0;
  try {
    const one = Episode.begin(random, hasHub);
    for (; step < STEPS_PER_EPISODE; step++) Episode.step(one);
    if (random.oneIn(2)) Episode.endInPeace(one);
    else Episode.endInDesertion(one);
  } catch (error) {
    console.log(`      seed ${seed}, after ${step} steps`);
    throw error;
  }
}
