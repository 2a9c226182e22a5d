// What `npm run stage-check` can be told.
import * as Options from "../devnet/options.ts";

export type StageOptions = {
  /** Whether the contracts are compiled anew, which takes most of the time. */
  readonly recompile: boolean;
};

export const USAGE = "npm run stage-check -- [--no-recompile]";

/** Reads the command line; throws UsageError with one clear line. */
export function parse(words: readonly string[]): StageOptions {
  const unknown = words.find((word) => word !== "--no-recompile");
  if (unknown !== undefined) throw new Options.UsageError(`unknown flag ${unknown}`, USAGE);
  return { recompile: words.length === 0 };
}
