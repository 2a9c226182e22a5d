// What `npm start` can be told.
export type Demo = "rollup" | "channels";

export type StartOptions = {
  /** The story to play; undefined plays none and stays up. */
  readonly demo: Demo | undefined;
  readonly l1Port: number;
  readonly l2Port: number;
  /** Folder of the databases; undefined leaves it to the caller, or keeps them in memory. */
  readonly data: string | undefined;
  /** File to which the deployment is written, for other nodes of the chain. */
  readonly deployment: string | undefined;
};

export const DEFAULTS: StartOptions = {
  demo: undefined,
  l1Port: 8545,
  l2Port: 9545,
  data: undefined,
  deployment: undefined,
};

export const USAGE =
  "npm start -- [--demo [channels]] [--l1-port N] [--l2-port N] [--data FOLDER] [--deployment FILE]";

/** Reads the command line; throws UsageError with one clear line. */
export function parse(words: readonly string[]): StartOptions {
  let options = DEFAULTS;
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--demo") options = { ...options, demo: story(rest) };
    else if (word === "--l1-port") options = { ...options, l1Port: port(word, rest.shift()) };
    else if (word === "--l2-port") options = { ...options, l2Port: port(word, rest.shift()) };
    else if (word === "--data") options = { ...options, data: value(word, rest.shift()) };
    else if (word === "--deployment")
      options = { ...options, deployment: value(word, rest.shift()) };
    else throw new UsageError(`unknown flag ${word}`, USAGE);
  }
  return options;
}

/** Which story: the word behind the flag, if there is one. */
function story(rest: string[]): Demo {
  const [named] = rest;
  if (named === undefined || named.startsWith("--")) return "rollup";
  rest.shift();
  if (named === "channels" || named === "rollup") return named;
  throw new UsageError(`--demo: expected rollup or channels, got ${named}`, USAGE);
}

/** The value given for a flag. */
export function value(flag: string, given: string | undefined, usage = USAGE): string {
  if (given === undefined || given === "" || given.startsWith("--")) {
    throw new UsageError(`${flag} needs a value`, usage);
  }
  return given;
}

/** The port given for a flag. */
export function port(flag: string, given: string | undefined, usage = USAGE): number {
  const number = value(flag, given, usage);
  if (!/^\d{1,5}$/.test(number) || Number(number) > 65_535) {
    throw new UsageError(`${flag}: expected a port from 0 to 65535, got ${given}`, usage);
  }
  return Number(number);
}

/** What Node's own reader of command lines has to say, as a UsageError; any other error as it is. */
export function usageErrorOf(error: unknown, usage: string): unknown {
  if (!(error instanceof TypeError && "code" in error)) return error;
  return String(error.code).startsWith("ERR_PARSE_ARGS")
    ? new UsageError(error.message, usage)
    : error;
}

export class UsageError extends Error {
  override readonly name = "Options.UsageError";
  constructor(reason: string, usage: string) {
    super(`${reason}; usage: ${usage}`);
  }
}
