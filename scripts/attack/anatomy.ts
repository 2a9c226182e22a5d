// What a witness consists of: byte strings, trie nodes in their ways, words, the stack, the parts of the state.
import { commit, tag } from "../../src/primitives/commitment.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Rlp from "../../src/primitives/rlp.ts";
import { bytesOf, type Field, type TrueStep } from "./recording.ts";

/** A byte string and the three bytes of its length before it. */
export type Text = { readonly length: Field; readonly content: Field };

/** The nodes of a path through a trie, the root first. */
export type Way = { readonly root: string; readonly nodes: readonly Text[] };

/** The opened items of the running frame's stack. */
export type StackPart = {
  readonly count: Field;
  readonly items: readonly Field[];
  readonly rest: Field;
};

export type Anatomy = {
  readonly texts: readonly Text[];
  readonly nodes: readonly Text[];
  readonly ways: readonly Way[];
  /** Fields of 32 bytes that follow one another. */
  readonly wordPairs: readonly (readonly [Field, Field])[];
  readonly words: readonly Field[];
  readonly integers: readonly Field[];
  readonly stack: StackPart | undefined;
  /** The opened chunks of code: 32 bytes and one. */
  readonly chunks: readonly Field[];
};

const WORD = 32;
const LENGTH_BYTES = 3;
const EXECUTE = 0;
const PHASE_OFFSET = 1;
const STATE_FIELDS = 7;
const FRAME_FIELDS = 20;
const CHUNK_FIELDS = 13;
const INTEGER_SIZES = [1, 2, 4, 8, 20, 32];

const known = new WeakMap<TrueStep, Anatomy>();

/** The anatomy of a step's witness. */
export function anatomyOf(step: TrueStep): Anatomy {
  const found = known.get(step);
  if (found !== undefined) return found;
  const { witness, fields } = step;
  const texts = textsOf(witness, fields);
  const nodes = texts.filter(({ content }) => isNode(bytesOf(witness, content)));
  const anatomy = {
    texts,
    nodes,
    ways: waysOf(witness, nodes),
    wordPairs: fields.flatMap((field, i) => {
      const next = fields[i + 1];
      return field.size === WORD && next?.size === WORD ? [[field, next] as const] : [];
    }),
    words: fields.filter(({ size }) => size === WORD),
    integers: fields.filter(({ size }) => INTEGER_SIZES.includes(size)),
    stack: stackOf(step),
    chunks: fields.filter((field, i) => field.size === WORD && fields[i + 1]?.size === 1),
  };
  known.set(step, anatomy);
  return anatomy;
}

/** Whether bytes are the RLP of two or of seventeen items. */
export function isNode(bytes: Uint8Array): boolean {
  const items = itemsOf(bytes);
  return items !== undefined && (items.length === 2 || items.length === 17);
}

/** The items of a list that fills the bytes, if they are one. */
export function itemsOf(bytes: Uint8Array): readonly Rlp.Item[] | undefined {
  if (bytes.length === 0 || (bytes[0] ?? 0) < 0xc0) return undefined;
  try {
    return Rlp.decodeList(bytes);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** A part of the state as it stands in a witness: its fields, and the hash that commits to them. */
export type Part = { readonly tag: Uint8Array; readonly fields: readonly Field[] };

const PARTS: readonly (readonly [name: string, sizes: readonly number[]])[] = [
  ["world", [32, 32, 32, 32, 32, 32, 8]],
  ["frame", [32, 2, 1, 1, 20, 20, 32, 32, 4, 4, 8, 32, 2, 32, 4, 32, 32, 8, 8, 32]],
];

/** The opened parts of the state whose fields may hold roots of tries. */
export function partsOf({ witness, fields }: TrueStep): Part[] {
  const parts: Part[] = [];
  for (const [name, sizes] of PARTS) {
    for (let start = 0; start + sizes.length <= fields.length; start++) {
      const candidate = fields.slice(start, start + sizes.length);
      if (candidate.some(({ size }, i) => size !== sizes[i])) continue;
      const part = { tag: tag(name), fields: candidate };
      if (holds(witness, partHash(witness, part))) parts.push(part);
    }
  }
  return parts;
}

/** The commitment to a part as its fields stand now. */
export function partHash(witness: Uint8Array, { tag: own, fields }: Part): Uint8Array {
  return commit(own, ...fields.map((field) => Bytes.toBigInt(bytesOf(witness, field))));
}

/** The commitment to the machine that a witness begins with. */
export function stateHash(witness: Uint8Array, fields: readonly Field[]): Hex.Hex {
  const machine = { tag: tag("machine"), fields: fields.slice(1, STATE_FIELDS) };
  return Hex.fromBytes(partHash(witness, machine));
}

/** Where bytes stand in others, from the front. */
export function placesOf(bytes: Uint8Array, sought: Uint8Array): number[] {
  const places: number[] = [];
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = haystack.indexOf(sought); at >= 0; at = haystack.indexOf(sought, at + 1))
    places.push(at);
  return places;
}

function holds(witness: Uint8Array, word: Uint8Array): boolean {
  return placesOf(witness, word).length > 0;
}

function textsOf(witness: Uint8Array, fields: readonly Field[]): Text[] {
  return fields.flatMap((length, i) => {
    const content = fields[i + 1];
    if (length.size !== LENGTH_BYTES || content === undefined) return [];
    const isLength = Bytes.toNumber(bytesOf(witness, length)) === content.size;
    return isLength ? [{ length, content }] : [];
  });
}

// A node belongs to the way of the one before it if that one has its hash.
function waysOf(witness: Uint8Array, nodes: readonly Text[]): Way[] {
  const ways: { root: string; nodes: Text[] }[] = [];
  for (const node of nodes) {
    const bytes = bytesOf(witness, node.content);
    const hash = keccak256(bytes);
    const last = ways.at(-1);
    const above = last?.nodes.at(-1);
    if (last !== undefined && above !== undefined && holds(bytesOf(witness, above.content), hash))
      last.nodes.push(node);
    else ways.push({ root: Hex.key(hash), nodes: [node] });
  }
  return ways;
}

function stackOf({ witness, fields }: TrueStep): StackPart | undefined {
  if (witness[PHASE_OFFSET] !== EXECUTE || fields[1]?.size !== 1) return undefined;
  const first = STATE_FIELDS + FRAME_FIELDS;
  const start = fields[first]?.size === 1 ? first : first + CHUNK_FIELDS;
  const count = fields[start];
  if (count?.size !== 1) return undefined;
  const items = fields.slice(start + 1, start + 1 + (witness[count.offset] ?? 0));
  const rest = fields[start + 1 + items.length];
  return rest === undefined ? undefined : { count, items, rest };
}
