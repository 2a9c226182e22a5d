// Commitments: H(tag, a, b, …) = keccak256 of the tag and then each field, one 32-byte word apiece. In
// Solidity this is keccak256(abi.encode(TAG, a, b, …)).
import { assert } from "./assert.ts";
import * as Bytes from "./bytes.ts";
import { keccak256 } from "./keccak.ts";

/** What a commitment takes: an integer, a flag, an address of 20 bytes or a word of 32 bytes. */
export type Field = bigint | number | boolean | Uint8Array;

const WORD = 32;

/** The word that keeps commitments to `tribunal.<name>` apart from all others. */
export function tag(name: string): Uint8Array {
  return keccak256(new TextEncoder().encode(`tribunal.${name}`));
}

/** The commitment to fields under a tag, in the order given. */
export function commit(tag: Uint8Array, ...fields: readonly Field[]): Uint8Array {
  const words = new Uint8Array(WORD * (1 + fields.length));
  words.set(tag);
  fields.forEach((field, index) => writeField(words, WORD * (1 + index), field));
  return keccak256(words);
}

function writeField(words: Uint8Array, position: number, field: Field): void {
  if (field instanceof Uint8Array) {
    assert(field.length === WORD || field.length === 20, "a field is a word or an address");
    words.set(field, position + WORD - field.length);
  } else if (typeof field === "bigint") {
    words.set(Bytes.fromBigInt(field, WORD), position);
  } else {
    words.set(Bytes.fromNumber(Number(field), 8), position + WORD - 8);
  }
}
