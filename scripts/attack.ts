// npm run attack: tampered witnesses before the provers, states that were never run, and other engines beside the machine.
// Without a count it makes the campaigns of docs/soundness.md, and writes there what they found out.
import { existsSync } from "node:fs";
import * as SeededRandom from "../test/machine/seededRandom.ts";
import * as AttackOptions from "./attack/attackOptions.ts";
import { chains } from "./attack/chains.ts";
import * as Differential from "./attack/differential.ts";
import * as Mutations from "./attack/mutations.ts";
import * as Report from "./attack/report.ts";
import * as States from "./attack/states.ts";
import { STRUCTURED } from "./attack/structured.ts";
import { KINDS, type Kinds } from "./attack/tampering.ts";
import * as TrueSteps from "./attack/trueSteps.ts";
import { inOneLine } from "./devnet/inOneLine.ts";
import { UsageError } from "./devnet/options.ts";

const VECTOR_FILES = 60;
const SHOWN = 10;

async function main(): Promise<number> {
  const options = AttackOptions.parse(process.argv.slice(2));
  let found = 0;
  if (options.mutations > 0) found += await mutate(options, "mutations", KINDS);
  if (options.structured > 0) found += await mutate(options, "structured", STRUCTURED);
  if (options.states > 0) found += await makeStates(options);
  if (options.differential > 0) found += await compare(options);
  console.log(found === 0 ? "nothing found" : `${found} found`);
  return found === 0 ? 0 : 1;
}

async function mutate(
  options: AttackOptions.AttackOptions,
  section: "mutations" | "structured",
  kinds: Kinds,
): Promise<number> {
  const { families, fixtures, seed } = options;
  const mutations = options[section];
  const collection = new TrueSteps.Collection();
  const known = chains(seed);
  for (const run of TrueSteps.sceneRuns()) collection.add(run);
  for (const [name, chain] of known)
    for (const run of TrueSteps.blockRuns(name, chain)) collection.add(run);
  if (existsSync(fixtures)) {
    const random = SeededRandom.fromSeed(seed);
    for (const run of TrueSteps.vectorRuns(fixtures, random, VECTOR_FILES)) collection.add(run);
  }
  const steps = collection.steps();
  const progress = console.log;
  const request = { mutations, kinds, seed, steps, chains: known, families, progress };
  const tally = await Mutations.run(request);
  const text = Report.ofMutations(tally, kinds);
  return publish(options, section, text, tally.holes.map(Report.ofHole));
}

async function makeStates(options: AttackOptions.AttackOptions): Promise<number> {
  const { states, seed } = options;
  const tally = await States.run({ states, seed, chains: chains(seed), progress: console.log });
  return publish(options, "states", Report.ofStates(tally), tally.failures);
}

async function compare(options: AttackOptions.AttackOptions): Promise<number> {
  const { differential, seed } = options;
  const tally = await Differential.run({ transactions: differential, seed, progress: console.log });
  return publish(options, "differential", Report.ofDifferential(tally), tally.divergences);
}

/** Prints what was found out, and writes it down unless it is of a part, or something is to be mended first. */
function publish(
  { isWhole, seed }: AttackOptions.AttackOptions,
  section: Report.Section,
  text: string,
  bad: readonly string[],
): number {
  console.log(text);
  for (const one of bad.slice(0, SHOWN)) console.log(one);
  if (isWhole && bad.length === 0) Report.write(section, seed, text);
  return bad.length;
}

main().then(
  // Hardhat's network keeps a process alive that has nothing left to do.
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(inOneLine(error));
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
