// npm run simulate: plays disputes of production size on the rules, from 1 to 256 rivals, and writes docs/simulation.md with
// its curves. Everything follows from the seed.
import { mkdir, writeFile } from "node:fs/promises";
import { curve } from "./simulation/curve.ts";
import { page, SERIES } from "./simulation/page.ts";
import { simulate, type Outcome } from "./simulation/simulate.ts";
import { STRATEGIES } from "./simulation/strategy.ts";

const DEFAULT_SEED = 1;
const BAD_USAGE = 2;
const RIVALS = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const FOLDER = "docs/simulation";

process.exitCode = await main(process.argv.slice(2));

async function main(values: readonly string[]): Promise<number> {
  const seed = seedOf(values);
  if (seed === undefined) {
    console.error("simulate: --seed: expected a whole number");
    return BAD_USAGE;
  }
  const outcomes: Outcome[] = [];
  for (const strategy of STRATEGIES) {
    for (const rivals of RIVALS) {
      outcomes.push(simulate(strategy, rivals, seed));
      console.log(`${strategy.name}: ${rivals} rivals`);
    }
  }
  await mkdir(FOLDER, { recursive: true });
  for (const series of SERIES) {
    await writeFile(`${FOLDER}/${series.file}.svg`, curve(series, outcomes));
  }
  await writeFile("docs/simulation.md", page(outcomes, seed));
  return 0;
}

function seedOf(values: readonly string[]): number | undefined {
  if (values.length === 0) return DEFAULT_SEED;
  const text = values.join("=").replace("--seed=", "");
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
