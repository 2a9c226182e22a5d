// npm run attack -- --mutations N [--family NAME] [--fixtures DIR] [--seed N]: tampered witnesses before the provers.
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import * as Family from "../src/machine/family.ts";
import * as SeededRandom from "../test/machine/seededRandom.ts";
import { chains } from "./attack/chains.ts";
import * as Mutations from "./attack/mutations.ts";
import * as Report from "./attack/report.ts";
import { familyName } from "./attack/trial.ts";
import * as TrueSteps from "./attack/trueSteps.ts";

const DEFAULT_SEED = "2026";
const VECTOR_FILES = 60;
const SHOWN_HOLES = 10;

const { values } = parseArgs({
  options: {
    mutations: { type: "string", default: "0" },
    family: { type: "string" },
    fixtures: { type: "string", default: "../shared/ethereum-tests/GeneralStateTests" },
    seed: { type: "string", default: DEFAULT_SEED },
  },
});
const seed = numberOf("seed", values.seed);
const mutations = numberOf("mutations", values.mutations);
const allFamilies = Array.from({ length: Family.BLOCK + 1 }, (_, family) => family);
const families = allFamilies.filter(
  (family) => values.family === undefined || familyName(family) === values.family,
);
if (families.length === 0)
  throw new RangeError(`expected a family of ${allFamilies.map(familyName).join(", ")}`);
if (mutations === 0) throw new RangeError("expected --mutations N");

let failures = 0;
if (mutations > 0) failures += await mutate();
console.log(failures === 0 ? "nothing found" : `${failures} found`);
// Hardhat's network keeps a process alive that has nothing left to do.
process.exit(failures === 0 ? 0 : 1);

async function mutate(): Promise<number> {
  const collection = new TrueSteps.Collection();
  const known = chains(seed);
  for (const run of TrueSteps.sceneRuns()) collection.add(run);
  for (const [name, chain] of known)
    for (const run of TrueSteps.blockRuns(name, chain)) collection.add(run);
  if (existsSync(values.fixtures)) {
    const random = SeededRandom.fromSeed(seed);
    for (const run of TrueSteps.vectorRuns(values.fixtures, random, VECTOR_FILES))
      collection.add(run);
  }
  const tally = await Mutations.run({
    mutations,
    seed,
    steps: collection.steps(),
    chains: known,
    families,
    progress: console.log,
  });
  const text = Report.ofMutations(tally);
  console.log(text);
  for (const hole of tally.holes.slice(0, SHOWN_HOLES)) console.log(Report.ofHole(hole));
  if (values.family === undefined && tally.holes.length === 0)
    Report.write("mutations", seed, text);
  return tally.holes.length;
}

function numberOf(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new RangeError(`expected --${name} N, got ${text}`);
  return Number(text);
}
