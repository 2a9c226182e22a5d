// Which Solidity file stands for which TypeScript file: Foo.sol and foo.ts, FooBar.sol and fooBar.ts, same folder.
import { codeOf, sourceFiles } from "./sourceTree.ts";

/** The folders whose rules exist in both languages. */
export const TWIN_FOLDERS = ["merkle", "protocol", "machine", "dispute", "channels"] as const;

export type Pair = {
  readonly name: string;
  readonly solidity: string;
  readonly typescript: string;
};

/** The common name of a Solidity file with libraries, structs or free functions; a shell has no twin. */
export function solidityRules(): Map<string, string> {
  const rules = new Map<string, string>();
  for (const folder of TWIN_FOLDERS) {
    for (const path of sourceFiles(`contracts/${folder}`, ".sol")) {
      if (isShell(path)) continue;
      const [, directory = "", first = "", rest = ""] =
        /^contracts\/(.*\/)(.)(.*)\.sol$/.exec(path) ?? [];
      rules.set(`${directory}${first.toLowerCase()}${rest}`, path);
    }
  }
  return rules;
}

/** The common name of each TypeScript file in the mirrored folders. */
export function typescriptRules(): Map<string, string> {
  const paths = TWIN_FOLDERS.flatMap((folder) => sourceFiles(`src/${folder}`, ".ts"));
  return new Map(paths.map((path) => [path.slice("src/".length, -".ts".length), path]));
}

/** The names that stand on both sides. */
export function pairs(): Pair[] {
  const typescript = typescriptRules();
  return [...solidityRules()].flatMap(([name, solidity]) => {
    const twin = typescript.get(name);
    return twin === undefined ? [] : [{ name, solidity, typescript: twin }];
  });
}

/** The functions a Solidity file offers to others. */
export function solidityFunctions(path: string): Set<string> {
  const found = codeOf(path).matchAll(/\bfunction\s+(\w+)\s*\([^)]*\)([^{;]*)[{;]/g);
  return namesOf([...found].filter(([, , modifiers = ""]) => !/\bprivate\b/.test(modifiers)));
}

/** The functions a TypeScript module exports. */
export function typescriptFunctions(path: string): Set<string> {
  return namesOf([...codeOf(path).matchAll(/^export (?:async )?function\*?\s+(\w+)/gm)]);
}

// Solidity marks a name that would shadow or be a keyword with a trailing underscore.
function namesOf(matches: readonly RegExpMatchArray[]): Set<string> {
  return new Set(matches.map(([, name = ""]) => name.replace(/_$/, "")));
}

function isShell(path: string): boolean {
  return /^\s*(abstract\s+)?(contract|interface)\s+\w+/m.test(codeOf(path));
}
