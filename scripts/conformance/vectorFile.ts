// A file of official vectors: its folder tells what it holds.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type * as Fork from "../../src/machine/fork.ts";
import * as PrecompileVectors from "./precompileVectors.ts";
import * as RlpTests from "./rlpTests.ts";
import * as StateTests from "./stateTests.ts";
import * as TransactionTests from "./transactionTests.ts";
import * as TrieTests from "./trieTests.ts";
import type { Verdict } from "./verdict.ts";

/** Every vector file below a directory, in the order of their paths. */
export function list(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) => path.resolve(entry.parentPath, entry.name))
    .filter((file) => kindOf(file) !== undefined)
    .sort();
}

/** The verdicts on all cases of a file, one by one. */
export function* judge(file: string, fork: Fork.Fork): Generator<Verdict> {
  switch (kindOf(file)) {
    case "GeneralStateTests":
      yield* judgeEach<StateTests.StateTest>(file, (test) => StateTests.judge(test, fork));
      break;
    case "TransactionTests":
      yield* judgeEach<TransactionTests.TransactionTest>(file, (test) =>
        TransactionTests.judge(test, fork),
      );
      break;
    case "TrieTests":
      yield* judgeEach<TrieTests.TrieTest>(file, (test) =>
        TrieTests.judge(test, /secure/i.test(path.basename(file))),
      );
      break;
    case "RLPTests":
      yield* judgeEach<RlpTests.RlpTest>(file, RlpTests.judge);
      break;
    case "precompile-vectors": {
      const vectors: readonly PrecompileVectors.PrecompileVector[] = read(file);
      yield* PrecompileVectors.judge(path.basename(file, ".json"), vectors);
      break;
    }
    case undefined:
      break;
  }
}

/** Every state test of a file with its name, none if the file holds other vectors. */
export function* stateCasesOf(
  file: string,
  fork: Fork.Fork,
): Generator<{ readonly name: string; readonly test: StateTests.StateCase }> {
  if (kindOf(file) !== "GeneralStateTests") return;
  const tests: Readonly<Record<string, StateTests.StateTest>> = read(file);
  for (const [name, cases] of Object.entries(tests))
    for (const test of StateTests.casesOf(cases, fork))
      yield { name: `${name} ${test.name}`, test };
}

const kinds = [
  "GeneralStateTests",
  "TransactionTests",
  "TrieTests",
  "RLPTests",
  "precompile-vectors",
] as const;

function kindOf(file: string): (typeof kinds)[number] | undefined {
  const folders = file.split(path.sep);
  return kinds.find((kind) => folders.includes(kind));
}

function* judgeEach<T>(
  file: string,
  judgeTest: (test: T) => Iterable<Verdict>,
): Generator<Verdict> {
  const tests: Readonly<Record<string, T>> = read(file);
  for (const [name, test] of Object.entries(tests))
    for (const verdict of judgeTest(test))
      yield { name: `${name} ${verdict.name}`, failure: verdict.failure };
}

function read<T>(file: string): T {
  const content: T = JSON.parse(readFileSync(file, "utf8"));
  return content;
}
