// What `npm run attack` can be told.
import { parseArgs } from "node:util";
import * as Family from "../../src/machine/family.ts";
import * as Options from "../devnet/options.ts";
import { familyName } from "./trial.ts";

export type AttackOptions = {
  /** Whether these are the campaigns of docs/soundness.md, which then is written anew. */
  readonly isWhole: boolean;
  /** How many of each campaign to make. */
  readonly mutations: number;
  readonly structured: number;
  readonly states: number;
  readonly differential: number;
  /** The families whose witnesses are tampered with. */
  readonly families: readonly number[];
  /** Folder of official state tests, more steps to tamper with; one that is absent gives none. */
  readonly fixtures: string;
  readonly seed: number;
};

const ALL_FAMILIES = Array.from({ length: Family.BLOCK + 1 }, (_, family) => family);
const DEFAULT_FIXTURES = "../shared/ethereum-tests/GeneralStateTests";
const DEFAULT_SEED = 2026;
/** What docs/soundness.md counts. */
const WHOLE = {
  isWhole: true,
  mutations: 100_000,
  structured: 60_000,
  states: 12_000,
  differential: 30_000,
};

export const USAGE =
  "npm run attack -- [--mutations N] [--structured N] [--family NAME] [--fixtures FOLDER] [--states N] [--differential N] [--seed N]";

/** Reads the command line, which asks for everything if it names no campaign; throws UsageError with one clear line. */
export function parse(words: readonly string[]): AttackOptions {
  const { family, fixtures, seed, ...counts } = read(words);
  const made = campaigns(counts);
  return {
    ...made,
    isWhole: made.isWhole && family === undefined,
    families: family === undefined ? ALL_FAMILIES : [familyOf(family)],
    fixtures: fixtures ?? DEFAULT_FIXTURES,
    seed: seed === undefined ? DEFAULT_SEED : number("--seed", seed),
  };
}

type Counts = {
  readonly mutations?: string;
  readonly structured?: string;
  readonly states?: string;
  readonly differential?: string;
};

function campaigns(counts: Counts) {
  if (Object.values(counts).every((count) => count === undefined)) return WHOLE;
  const made = {
    mutations: number("--mutations", counts.mutations ?? "0"),
    structured: number("--structured", counts.structured ?? "0"),
    states: number("--states", counts.states ?? "0"),
    differential: number("--differential", counts.differential ?? "0"),
  };
  if (Object.values(made).some((count) => count > 0)) return { isWhole: false, ...made };
  throw new Options.UsageError("there is nothing to make of 0", USAGE);
}

function read(words: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        mutations: { type: "string" },
        structured: { type: "string" },
        family: { type: "string" },
        fixtures: { type: "string" },
        states: { type: "string" },
        differential: { type: "string" },
        seed: { type: "string" },
      },
    });
    return values;
  } catch (error) {
    throw Options.usageErrorOf(error, USAGE);
  }
}

function familyOf(name: string): number {
  const family = ALL_FAMILIES.find((one) => familyName(one) === name);
  if (family !== undefined) return family;
  const names = ALL_FAMILIES.map(familyName).join(", ");
  throw new Options.UsageError(`--family: expected one of ${names}, got ${name}`, USAGE);
}

function number(flag: string, given: string): number {
  if (/^\d{1,9}$/.test(given)) return Number(given);
  throw new Options.UsageError(`${flag}: expected a whole number, got ${given}`, USAGE);
}
