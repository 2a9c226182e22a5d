// Commitments: H(tag, a, b, …) = keccak256 of the tag and then each field, one 32-byte word apiece. In
// Solidity this is keccak256(abi.encode(TAG, a, b, …)).
import { assert } from "./assert.ts";
import * as Bytes from "./bytes.ts";
import { keccak256 } from "./keccak.ts";

/** What a commitment takes: an integer, a flag, an address of 20 bytes or a word of 32 bytes. */
export type Field = bigint | number | boolean | Uint8Array;

const WORD = 32;
const MOST_FIELDS = 63;
// Each commitment is written here and hashed: getting memory for each would take longer.
const page = new Uint8Array(WORD * (1 + MOST_FIELDS));
const pageView = new DataView(page.buffer);

/** The word that keeps commitments to `tribunal.<name>` apart from all others. */
export function tag(name: string): Uint8Array {
  return keccak256(new TextEncoder().encode(`tribunal.${name}`));
}

/** The commitment to fields under a tag, in the order given; throws IntegerTooLargeError for one beyond a word. */
export function commit(tag: Uint8Array, ...fields: readonly Field[]): Uint8Array {
  const size = WORD * (1 + fields.length);
  assert(size <= page.length, "a commitment has no more fields than its page has room for");
  const words = page.subarray(0, size);
  words.fill(0);
  words.set(tag);
  fields.forEach((field, index) => writeField(words, WORD * (1 + index), field));
  return keccak256(words);
}

function writeField(words: Uint8Array, position: number, field: Field): void {
  if (field instanceof Uint8Array) {
    assert(field.length === WORD || field.length === 20, "a field is a word or an address");
    words.set(field, position + WORD - field.length);
  } else if (typeof field === "bigint") {
    if (!Bytes.isWord(field)) throw new Bytes.IntegerTooLargeError(field, WORD);
    Bytes.writeWord(pageView, position, field);
  } else {
    words.set(Bytes.fromNumber(Number(field), 8), position + WORD - 8);
  }
}
