// What `npm run mutate` can be told.
import { parseArgs } from "node:util";
import * as Family from "../../src/machine/family.ts";
import * as Options from "../devnet/options.ts";

export type MutateOptions = {
  /** The contracts to mutate, by what stands before "Prover" in their names. */
  readonly contracts: readonly string[];
  /** Mutants of each. */
  readonly count: number;
  readonly seed: number;
};

/** The router, then the prover of each family at the family's number and one more. */
export const CONTRACTS: readonly string[] = ["OneStep", ...Family.NAMES];
const DEFAULT_COUNT = 150;
const DEFAULT_SEED = 2026;

export const USAGE = "npm run mutate -- [--contract NAME] [--count N] [--seed N]";

/** Reads the command line; throws UsageError with one clear line. */
export function parse(words: readonly string[]): MutateOptions {
  const { contract, count, seed } = read(words);
  if (contract !== undefined && !CONTRACTS.includes(contract)) {
    const names = CONTRACTS.join(", ");
    throw new Options.UsageError(`--contract: expected one of ${names}, got ${contract}`, USAGE);
  }
  return {
    contracts: contract === undefined ? CONTRACTS : [contract],
    count: count === undefined ? DEFAULT_COUNT : number("--count", count),
    seed: seed === undefined ? DEFAULT_SEED : number("--seed", seed),
  };
}

function read(words: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        contract: { type: "string" },
        count: { type: "string" },
        seed: { type: "string" },
      },
    });
    return values;
  } catch (error) {
    throw Options.usageErrorOf(error, USAGE);
  }
}

function number(flag: string, given: string): number {
  if (/^\d{1,9}$/.test(given)) return Number(given);
  throw new Options.UsageError(`${flag}: expected a whole number, got ${given}`, USAGE);
}
