// What npm run model-check is asked for.
import type { Scope, Shape } from "./world.ts";

export type Options = {
  readonly shape: Shape;
  readonly rivals: number;
  // Paths: the two bounds alone, by numbers, on each way down the truth. Rivals: what rivals' clocks sum to, by numbers, on each
  // way down which two can part. Proofs: what can be proven, whatever is played. Payments: what decisions and collections move.
  readonly scope: Scope | "paths" | "rivals" | "proofs" | "payments";
  // Instead of the proof's bound: what a false clock may not reach.
  readonly limit: bigint | undefined;
  readonly isJson: boolean;
};

const SCOPES = [
  "every",
  "liars",
  "essential",
  "alone",
  "paths",
  "rivals",
  "proofs",
  "payments",
] as const;
const MOST_HEIGHT = 3;
const MOST_RIVALS = 3;
const MOST_CENSORSHIP = 20;
const MOST_LIMIT = 1000;

/** Reads the command line; throws BadOptionError. */
export function parse(values: readonly string[]): Options {
  const given = new Map<string, string>();
  const rest = values.flatMap((value) => value.split("="));
  let isJson = false;
  while (rest.length > 0) {
    const flag = rest.shift() ?? "";
    if (flag === "--json") isJson = true;
    else given.set(flag, rest.shift() ?? "");
  }
  const heights = (given.get("--heights") ?? "1,1").split(",");
  if (heights.length !== 2) throw new BadOptionError("--heights", "two heights, as in 2,1");
  const [blockHeight, stepHeight] = heights.map((text) =>
    wholeNumber("--heights", text, 1, MOST_HEIGHT),
  );
  if (blockHeight === undefined || stepHeight === undefined) {
    throw new BadOptionError("--heights", "two heights, as in 2,1");
  }
  const censorship = given.get("--censorship") ?? "0";
  const shape = {
    blockHeight,
    stepHeight,
    censorship: wholeNumber("--censorship", censorship, 0, MOST_CENSORSHIP),
  };
  const rivals = wholeNumber("--rivals", given.get("--rivals") ?? "1", 1, MOST_RIVALS);
  const named = given.get("--scope") ?? "liars";
  const scope = SCOPES.find((name) => name === named);
  if (scope === undefined) throw new BadOptionError("--scope", SCOPES.join(", "));
  const limit = given.get("--limit");
  const timeout = limit === undefined ? undefined : wholeNumber("--limit", limit, 1, MOST_LIMIT);
  return {
    shape,
    rivals,
    scope,
    limit: timeout === undefined ? undefined : BigInt(timeout),
    isJson,
  };
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value < least || value > most) {
    throw new BadOptionError(flag, `a whole number from ${least} to ${most}, got "${text}"`);
  }
  return value;
}

export class BadOptionError extends Error {
  override readonly name = "ModelCheck.BadOptionError";
  readonly flag: string;
  constructor(flag: string, expected: string) {
    super(`${flag}: expected ${expected}`);
    this.flag = flag;
  }
}
