// What `npm run node` can be told.
import * as Options from "./options.ts";

export type NodeOptions = {
  readonly l1Url: string;
  readonly deployment: string;
  readonly port: number;
  /** Of the database; undefined keeps it in memory. */
  readonly folder: string | undefined;
};

export const USAGE = "npm run node -- --l1-url URL --deployment FILE [--port N] [--data FOLDER]";

/** Reads the command line; throws UsageError with one clear line. */
export function parse(words: readonly string[]): NodeOptions {
  const given = new Map<string, string>();
  for (let position = 0; position < words.length; position += 2) {
    const flag = words[position] ?? "";
    if (!["--l1-url", "--deployment", "--port", "--data"].includes(flag)) {
      throw new Options.UsageError(`unknown flag ${flag}`, USAGE);
    }
    given.set(flag, Options.value(flag, words[position + 1], USAGE));
  }
  const needed = (flag: string) => Options.value(flag, given.get(flag), USAGE);
  const l1Url = needed("--l1-url");
  if (!URL.canParse(l1Url)) throw new Options.UsageError(`--l1-url: ${l1Url} is no URL`, USAGE);
  return {
    l1Url,
    deployment: needed("--deployment"),
    port: Options.port("--port", given.get("--port") ?? "9546", USAGE),
    folder: given.get("--data"),
  };
}
