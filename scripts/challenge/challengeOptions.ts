// What `npm run challenge` can be told.
import * as Options from "../devnet/options.ts";
import * as Lies from "./lies.ts";

export type ChallengeOptions = {
  readonly rivals: number;
  readonly strategy: Lies.Strategy;
  readonly json: boolean;
};

const MOST_RIVALS = 32;
const DEFAULTS: ChallengeOptions = { rivals: 3, strategy: "opcode", json: false };

export const USAGE = `npm run challenge -- [--rivals 1..${MOST_RIVALS}] [--strategy ${Lies.STRATEGIES.join("|")}] [--json]`;

/** Reads the command line; throws UsageError with one clear line. */
export function parse(words: readonly string[]): ChallengeOptions {
  let options = DEFAULTS;
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--json") options = { ...options, json: true };
    else if (word === "--rivals") options = { ...options, rivals: rivals(rest.shift()) };
    else if (word === "--strategy") options = { ...options, strategy: strategy(rest.shift()) };
    else throw new Options.UsageError(`unknown flag ${word}`, USAGE);
  }
  return options;
}

function rivals(given: string | undefined): number {
  const text = Options.value("--rivals", given, USAGE);
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > MOST_RIVALS) {
    const reason = `--rivals: expected a number from 1 to ${MOST_RIVALS}, got ${given}`;
    throw new Options.UsageError(reason, USAGE);
  }
  return number;
}

function strategy(given: string | undefined): Lies.Strategy {
  const name = Options.value("--strategy", given, USAGE);
  const known = Lies.STRATEGIES.find((one) => one === name);
  if (known === undefined) throw new Options.UsageError(`--strategy: no strategy ${name}`, USAGE);
  return known;
}
