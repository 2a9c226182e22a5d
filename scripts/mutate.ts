// npm run mutate: one mistake at a time in the compiled provers, and whether true steps and refused claims show it.
import * as Family from "../src/machine/family.ts";
import * as SeededRandom from "../test/machine/seededRandom.ts";
import { chains } from "./attack/chains.ts";
import { inOneLine } from "./devnet/inOneLine.ts";
import { UsageError } from "./devnet/options.ts";
import * as Cases from "./mutate/cases.ts";
import * as Entries from "./mutate/entries.ts";
import * as Judge from "./mutate/judge.ts";
import * as MutateOptions from "./mutate/mutateOptions.ts";
import * as Survey from "./mutate/survey.ts";

async function main(): Promise<void> {
  const { contracts, count, seed } = MutateOptions.parse(process.argv.slice(2));
  const known = new Map([...chains(seed), [Entries.NAME, Entries.chain(seed)]]);
  const cases = Cases.all({ seed, chains: known });
  console.log(`${cases.length} cases, seed ${seed}`);
  const sums = { mutants: 0, killed: 0, survived: 0 };
  for (const contract of contracts) {
    const judge = await Judge.Judge.open(known);
    const family =
      contract === "OneStep" ? undefined : Family.NAMES.findIndex((name) => name === contract);
    const random = SeededRandom.fromSeed(seed);
    const tally = await Survey.run({ judge, contract, family, cases, count, random });
    await judge.close();
    for (const line of Survey.linesOf(tally)) console.log(line);
    sums.mutants += tally.mutants;
    sums.killed += tally.killed;
    sums.survived += tally.survivors.length;
  }
  console.log(`${sums.mutants} mutants: ${sums.killed} killed, ${sums.survived} survived`);
}

main().then(
  // Hardhat's network keeps a process alive that has nothing left to do.
  () => process.exit(0),
  (error: unknown) => {
    console.error(inOneLine(error));
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
