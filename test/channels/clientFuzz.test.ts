// I2, I3, I9, I10 and I11 over random episodes. TRIBUNAL_FUZZ_STEPS sets how many steps are taken, a hundred thousand for
// the long mode; TRIBUNAL_FUZZ_SEED repeats one episode.
import * as SeededRandom from "../machine/seededRandom.ts";
import * as Episode from "./clientEpisode.ts";
import * as GameEpisode from "./clientGameEpisode.ts";
import * as HostileHubEpisode from "./hostileHubEpisode.ts";
import * as HostilePayeeEpisode from "./hostilePayeeEpisode.ts";
import * as HostilePayerEpisode from "./hostilePayerEpisode.ts";
import * as HostilePlayerEpisode from "./hostilePlayerEpisode.ts";
import * as VirtualEpisode from "./clientVirtualEpisode.ts";
import * as Weather from "./clientWeather.ts";
import * as World from "./clientWorld.ts";

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

describe("client fuzz of virtual channels", () => {
  it("the hub never loses, users have what they signed, and locks come to rest", function () {
    this.timeout(0);
    for (const seed of seedsFor(STEPS / 2)) {
      repeatable(`seed ${seed} of virtual channels`, (count) => {
        const random = SeededRandom.fromSeed(seed);
        const life = VirtualEpisode.begin(random);
        for (; count.steps < STEPS_PER_EPISODE; count.steps++) VirtualEpisode.step(life);
        if (random.oneIn(3)) VirtualEpisode.endInPeace(life);
        else VirtualEpisode.endAgainst(life);
      });
    }
  });
});

describe("client fuzz of hostile peers", () => {
  it("a hub whose peers all conspire pays by no lock more than it is paid by locks of that name, and gets out", function () {
    this.timeout(0);
    for (const seed of seedsFor(STEPS)) siege(seed, "a hub", HostileHubEpisode);
  });

  it("a payee whose hub and payer conspire gets all that it was told it was paid", function () {
    this.timeout(0);
    for (const seed of seedsFor(STEPS / 2)) siege(seed, "a payee", HostilePayeeEpisode);
  });

  it("a payer whose hub and payee conspire pays for nothing that failed, and no more than it agreed to", function () {
    this.timeout(0);
    for (const seed of seedsFor(STEPS / 2)) siege(seed, "a payer", HostilePayerEpisode);
  });

  it("a player whose opponent cheats loses no stake by time, and none but by the last stone", function () {
    this.timeout(0);
    for (const seed of seedsFor(STEPS / 2)) siege(seed, "a player", HostilePlayerEpisode);
  });
});

describe("client fuzz of hostile peers in bad weather", () => {
  it("a hub loses nothing where blocks go away, nodes are late, calls are kept out and clocks lag", function () {
    this.timeout(0);
    for (const seed of seedsFor(STEPS / 4)) siege(seed, "a hub", inStorm(HostileHubEpisode));
  });

  it("a payee gets all that it was told it was paid", function () {
    this.timeout(0);
    for (const seed of seedsFor(STEPS / 4)) siege(seed, "a payee", inStorm(HostilePayeeEpisode));
  });

  it("a payer pays for nothing that failed", function () {
    this.timeout(0);
    for (const seed of seedsFor(STEPS / 4)) siege(seed, "a payer", inStorm(HostilePayerEpisode));
  });

  it("a player loses no stake by time", function () {
    this.timeout(0);
    for (const seed of seedsFor(STEPS / 4)) siege(seed, "a player", inStorm(HostilePlayerEpisode));
  });
});

type Siege<Life> = {
  readonly begin: (random: SeededRandom.Random) => Life;
  readonly step: (life: Life) => void;
  readonly end: (life: Life) => void;
};

/** The same, on chains that are worse. */
function inStorm<Life extends { readonly world: World.World }>(calm: Siege<Life>): Siege<Life> {
  const begin = (random: SeededRandom.Random) => {
    const life = calm.begin(random);
    for (const chain of World.chainsOf(life.world)) Weather.worsen(chain, random);
    return life;
  };
  return { ...calm, begin };
}

function siege<Life>(seed: number, who: string, { begin, step, end }: Siege<Life>): void {
  repeatable(`seed ${seed} of ${who} among hostile peers`, (count) => {
    const life = begin(SeededRandom.fromSeed(seed));
    for (; count.steps < STEPS_PER_EPISODE; count.steps++) step(life);
    end(life);
  });
}

/** Prints what repeats an episode that fails. */
function repeatable(name: string, run: (count: { steps: number }) => void): void {
  const count = { steps: 0 };
  try {
    run(count);
  } catch (error) {
    console.log(`      ${name}, after ${count.steps} steps`);
    throw error;
  }
}

function seedsFor(steps: number): number[] {
  if (SEED !== undefined) return [Number(SEED)];
  return Array.from({ length: Math.ceil(steps / STEPS_PER_EPISODE) }, (_, i) => i + 1);
}

function gameEpisode(seed: number): void {
  repeatable(`seed ${seed} of games`, (count) => {
    const random = SeededRandom.fromSeed(seed);
    const one = Episode.begin(random, false);
    for (; count.steps < STEPS_PER_EPISODE; count.steps++) GameEpisode.step(one);
    if (random.oneIn(3)) GameEpisode.endInPeace(one);
    else GameEpisode.endInDesertion(one);
  });
}

function episode(seed: number, hasHub: boolean): void {
  repeatable(`seed ${seed}`, (count) => {
    const random = SeededRandom.fromSeed(seed);
    const one = Episode.begin(random, hasHub);
    for (; count.steps < STEPS_PER_EPISODE; count.steps++) Episode.step(one);
    if (random.oneIn(2)) Episode.endInPeace(one);
    else Episode.endInDesertion(one);
  });
}
