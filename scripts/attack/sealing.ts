// A lie told consistently: a trie node is replaced, and every hash above it follows, up to the state itself.
import * as TrieNode from "../../src/merkle/trieNode.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import { anatomyOf, partHash, partsOf, placesOf, stateHash, type Text } from "./anatomy.ts";
import { bytesOf, type TrueStep } from "./recording.ts";
import { claimOf, type Claim } from "./trial.ts";

const KEY_NIBBLES = 64;
const LENGTH_BYTES = 3;
const DONE_NUMBER_BYTES = 8;

/** Hashes that took the place of others. */
type Replaced = Map<string, Uint8Array>;

/** The step's claim with another node in the place of one; undefined if the state does not depend on it. */
export function sealed(step: TrueStep, node: Text, other: Uint8Array): Claim | undefined {
  const { witness, fields } = step;
  if (fields[1]?.size === DONE_NUMBER_BYTES) return undefined;
  const original = bytesOf(witness, node.content);
  const isOriginal = ({ content }: Text): boolean =>
    Bytes.equals(bytesOf(witness, content), original);
  const { texts } = anatomyOf(step);
  const parts = partsOf(step);

  const replaced: Replaced = new Map([[Hex.key(keccak256(original)), keccak256(other)]]);
  let follows = witness;
  for (let isStable = false; !isStable;) {
    follows = Bytes.concat(...fields.map((field) => replace(bytesOf(witness, field), replaced)));
    isStable = true;
    for (const text of texts) {
      if (isOriginal(text)) continue;
      const before = keccak256(bytesOf(witness, text.content));
      if (note(replaced, before, keccak256(bytesOf(follows, text.content)))) isStable = false;
    }
    for (const part of parts) {
      const before = partHash(witness, part);
      if (note(replaced, before, partHash(follows, part))) isStable = false;
    }
  }

  // A node that leads to the old one stands before it; any other takes its place, wherever it is.
  const leadsOn = placesOf(other, keccak256(original)).length > 0;
  const shown = leadsOn ? Bytes.concat(other, lengthOf(original), original) : other;
  const lengths = new Set(texts.filter(isOriginal).map(({ length }) => length));
  const contents = new Set(texts.filter(isOriginal).map(({ content }) => content));
  const told = fields.map((field) => {
    if (lengths.has(field)) return lengthOf(other);
    return contents.has(field) ? shown : bytesOf(follows, field);
  });
  const state = stateHash(follows, fields);
  return state === step.before
    ? undefined
    : { ...claimOf(step), state, witness: Bytes.concat(...told) };
}

/** Whether some trie of 32-byte keys holds such a node. */
export function isWellFormed(node: Uint8Array): boolean {
  for (let depth = 0; depth < KEY_NIBBLES; depth++) if (parses(node, depth)) return true;
  return false;
}

function parses(node: Uint8Array, depth: number): boolean {
  try {
    TrieNode.parse(node, depth, 0);
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

function replace(bytes: Uint8Array, replaced: Replaced): Uint8Array {
  const copy = bytes.slice();
  for (const [from, to] of replaced)
    for (const place of placesOf(bytes, Buffer.from(from, "latin1"))) copy.set(to, place);
  return copy;
}

/** Notes a hash that changed; false if that was known. */
function note(replaced: Replaced, before: Uint8Array, after: Uint8Array): boolean {
  if (Bytes.equals(before, after)) return false;
  const known = replaced.get(Hex.key(before));
  if (known !== undefined && Bytes.equals(known, after)) return false;
  replaced.set(Hex.key(before), after);
  return true;
}

function lengthOf(bytes: Uint8Array): Uint8Array {
  return Bytes.fromNumber(bytes.length, LENGTH_BYTES);
}
