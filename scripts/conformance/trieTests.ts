// The official trie tests: entries written in order, judged by root; and neighbours in the order of keys.
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import type { Verdict } from "./verdict.ts";

type Entry = readonly [string, string | null];

export type TrieTest =
  | { readonly in: readonly Entry[] | Readonly<Record<string, string>>; readonly root: string }
  | {
      readonly in: readonly string[];
      readonly tests: readonly (readonly [key: string, previous: string, next: string])[];
    };

/** The verdicts on one test; in secure tests the keys are hashed. */
export function judge(test: TrieTest, isSecure: boolean): Verdict[] {
  if ("tests" in test) return test.tests.map((neighbours) => judgeNeighbours(test.in, neighbours));
  const entries: readonly Entry[] = isList(test.in) ? test.in : Object.entries(test.in);
  let trie = PatriciaTrie.empty;
  for (const [key, value] of entries) {
    const bytes = isSecure ? keccak256(toBytes(key)) : toBytes(key);
    trie =
      value === null || value === ""
        ? PatriciaTrie.remove(trie, bytes)
        : PatriciaTrie.put(trie, bytes, toBytes(value));
  }
  const root = Hex.fromBytes(PatriciaTrie.root(trie));
  const failure = root === test.root ? null : `expected ${test.root}, got ${root}`;
  return [{ name: "root", failure }];
}

function judgeNeighbours(
  keys: readonly string[],
  [key, previous, next]: readonly [string, string, string],
): Verdict {
  let trie = PatriciaTrie.empty;
  for (const each of keys) trie = PatriciaTrie.put(trie, toBytes(each), toBytes(each));
  const inOrder = [...PatriciaTrie.entries(trie)].map(([each]) => each);
  const before = inOrder.findLast((each) => Bytes.compare(each, toBytes(key)) < 0);
  const after = inOrder.find((each) => Bytes.compare(each, toBytes(key)) > 0);
  const found = `${toText(before)} < ${key} < ${toText(after)}`;
  const wanted = `${previous} < ${key} < ${next}`;
  return { name: key, failure: found === wanted ? null : `expected ${wanted}, got ${found}` };
}

function isList(entries: TrieTest["in"]): entries is readonly Entry[] {
  return Array.isArray(entries);
}

// The vectors write bytes as hex after 0x and as plain text otherwise.
function toBytes(text: string): Uint8Array {
  return text.startsWith("0x") ? Hex.toBytes(text) : new TextEncoder().encode(text);
}

function toText(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "" : new TextDecoder().decode(bytes);
}
