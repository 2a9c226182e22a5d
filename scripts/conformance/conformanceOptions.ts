// What `npm run conformance` can be told.
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import * as Options from "../devnet/options.ts";

export const FORKS = ["Cancun", "Prague", "Osaka"] as const;

export type ConformanceOptions = {
  /** The folder that holds `ethereum-tests` and `precompile-vectors`. */
  readonly fixtures: string;
  readonly fork: (typeof FORKS)[number];
  /** What the path of a vector file must contain. */
  readonly filter: string;
  /** Which of how many parts of the files to take, the first being 1. */
  readonly shard: number;
  readonly shards: number;
  /** Whether steps of the state tests are proven in Solidity too. */
  readonly isOnChain: boolean;
  /** Besides the first of each kind every Nth step; 0 for no others. */
  readonly every: number;
  readonly allSteps: boolean;
  /** A report to go on with. */
  readonly resume: string | undefined;
};

export const USAGE =
  "npm run conformance -- [--fixtures FOLDER] [--fork Cancun|Prague|Osaka] [--filter TEXT] [--shard I/N] [--onchain [--every N | --steps all] [--resume FILE]]";

const DEFAULT_FIXTURES = "../shared";
const DEFAULT_EVERY = "1000";

/** Reads the command line; throws UsageError with one clear line. */
export function parse(words: readonly string[]): ConformanceOptions {
  const values = read(words);
  const { fixtures = DEFAULT_FIXTURES, every = DEFAULT_EVERY, steps, filter = "" } = values;
  const fork = FORKS.find((name) => name === (values.fork ?? "Cancun"));
  require(fork !== undefined, `--fork: expected one of ${FORKS.join(", ")}, got ${values.fork}`);
  require(existsSync(
    fixtures,
  ), `--fixtures: no folder ${fixtures}; docs/conformance.md says where vectors come from`);
  require(steps === undefined || steps === "all", `--steps: expected all, got ${steps}`);
  require(/^\d{1,9}$/.test(every), `--every: expected a whole number, 0 for none, got ${every}`);
  const [, shard = 0, shards = 0] = (/^(\d+)\/(\d+)$/.exec(values.shard ?? "1/1") ?? []).map(
    Number,
  );
  require(shard >= 1 &&
    shard <= shards, `--shard: expected I/N with 1 <= I <= N, got ${values.shard}`);
  return {
    ...{ fixtures, fork, filter, shard, shards, every: Number(every) },
    isOnChain: values.onchain === true,
    allSteps: steps === "all",
    resume: values.resume,
  };
}

function read(words: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        fixtures: { type: "string" },
        fork: { type: "string" },
        filter: { type: "string" },
        shard: { type: "string" },
        onchain: { type: "boolean" },
        every: { type: "string" },
        steps: { type: "string" },
        resume: { type: "string" },
      },
    });
    return values;
  } catch (error) {
    throw Options.usageErrorOf(error, USAGE);
  }
}

function require(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new Options.UsageError(reason, USAGE);
}
