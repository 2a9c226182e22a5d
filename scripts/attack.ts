// npm run attack -- [--mutations N [--family NAME] [--fixtures DIR]] [--states N] [--differential N] [--seed N]
// Attacks the step: tampered witnesses before the provers, states that were never run, and other engines beside the
// machine. What a whole campaign finds out it writes to docs/soundness.md.
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import * as Family from "../src/machine/family.ts";
import * as SeededRandom from "../test/machine/seededRandom.ts";
import { chains } from "./attack/chains.ts";
import * as Differential from "./attack/differential.ts";
import * as Mutations from "./attack/mutations.ts";
import * as Report from "./attack/report.ts";
import * as States from "./attack/states.ts";
import { familyName } from "./attack/trial.ts";
import * as TrueSteps from "./attack/trueSteps.ts";

const DEFAULT_SEED = "2026";
const VECTOR_FILES = 60;
const SHOWN = 10;

const { values } = parseArgs({
  options: {
    mutations: { type: "string", default: "0" },
    family: { type: "string" },
    fixtures: { type: "string", default: "../shared/ethereum-tests/GeneralStateTests" },
    states: { type: "string", default: "0" },
    differential: { type: "string", default: "0" },
    seed: { type: "string", default: DEFAULT_SEED },
  },
});
const seed = numberOf("seed", values.seed);
const mutations = numberOf("mutations", values.mutations);
const states = numberOf("states", values.states);
const transactions = numberOf("differential", values.differential);
const allFamilies = Array.from({ length: Family.BLOCK + 1 }, (_, family) => family);
const families = allFamilies.filter(
  (family) => values.family === undefined || familyName(family) === values.family,
);
if (families.length === 0)
  throw new RangeError(`expected a family of ${allFamilies.map(familyName).join(", ")}`);
if (mutations + states + transactions === 0)
  throw new RangeError("expected --mutations N, --states N or --differential N");

let found = 0;
if (mutations > 0) found += await mutate();
if (states > 0) found += await makeStates();
if (transactions > 0) found += await compare();
console.log(found === 0 ? "nothing found" : `${found} found`);
// Hardhat's network keeps a process alive that has nothing left to do.
process.exit(found === 0 ? 0 : 1);

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
  const steps = collection.steps();
  const progress = console.log;
  const tally = await Mutations.run({ mutations, seed, steps, chains: known, families, progress });
  const text = Report.ofMutations(tally);
  const isWhole = values.family === undefined;
  return publish(isWhole ? "mutations" : null, text, tally.holes.map(Report.ofHole));
}

async function makeStates(): Promise<number> {
  const tally = await States.run({ states, seed, chains: chains(seed), progress: console.log });
  return publish("states", Report.ofStates(tally), tally.failures);
}

async function compare(): Promise<number> {
  const tally = await Differential.run({ transactions, seed, progress: console.log });
  return publish("differential", Report.ofDifferential(tally), tally.divergences);
}

/** Prints what was found out, and writes it down unless it is of a part, or something is to be mended first. */
function publish(section: Report.Section | null, text: string, bad: readonly string[]): number {
  console.log(text);
  for (const one of bad.slice(0, SHOWN)) console.log(one);
  if (section !== null && bad.length === 0) Report.write(section, seed, text);
  return bad.length;
}

function numberOf(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new RangeError(`expected --${name} N, got ${text}`);
  return Number(text);
}
