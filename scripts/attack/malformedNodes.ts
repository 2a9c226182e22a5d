// Encodings that say what a trie node says, or nearly so, and are none.
import * as Bytes from "../../src/primitives/bytes.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Rlp from "../../src/primitives/rlp.ts";
import type { Random } from "../../test/machine/seededRandom.ts";
import { itemsOf } from "./anatomy.ts";

type Malform = (
  items: readonly Rlp.Item[],
  node: Uint8Array,
  random: Random,
) => Uint8Array | undefined;

/** A node that is not canonical, or one with a value in it that is not. */
export type Malformed = {
  readonly node: Uint8Array;
  /** The same leaf with a value that no reader takes; undefined where it is not about the value. */
  readonly unreadable: Uint8Array | undefined;
};

const SHORT_LIST = 0xc0;
const SHORT_STRING = 0x80;
const MAX_SHORT = 55;
/** Two items where one is to be, and none of them a list. */
const UNREADABLE = new Uint8Array(2);

/** The node with something about it that no trie has. */
export function malformed(random: Random, node: Uint8Array): Malformed | undefined {
  const items = itemsOf(node);
  if (items === undefined) return undefined;
  const value = items[1];
  if (items.length === 2 && value instanceof Uint8Array && random.oneIn(3)) {
    const fields = itemsOf(value);
    const made = fields === undefined ? otherInteger(value, random) : otherAccount(fields, random);
    const withValue = (bytes: Uint8Array): Uint8Array =>
      Rlp.encode([items[0] ?? Bytes.EMPTY, bytes]);
    return { node: withValue(made), unreadable: withValue(UNREADABLE) };
  }
  const made = random.pick(WAYS)(items, node, random);
  return made === undefined || Bytes.equals(made, node)
    ? undefined
    : { node: made, unreadable: undefined };
}

const WAYS: readonly Malform[] = [
  // Lengths in more bytes than they need.
  (items) => longList(encodedItems(items), 1 + Math.floor(lengthOf(items) / 256), 0),
  (items) => longList(encodedItems(items), 3, 1),
  (items, _node, random) => withItem(items, random, (item) => longString(Rlp.toBytes(item))),
  // One byte in front of or behind the list, or within it.
  (_items, node) => Bytes.concat(node, Uint8Array.of(SHORT_STRING)),
  (_items, node) => Bytes.concat(node, Uint8Array.of(0)),
  (items) => Rlp.encode([...items, Bytes.EMPTY]),
  (items) => Rlp.encode(items.slice(0, -1)),
  // Children: none more, one more, an embedded one hashed and a hashed one embedded.
  (items, _node, random) => Rlp.encode(items.with(random.below(items.length), Bytes.EMPTY)),
  (items, _node, random) =>
    Rlp.encode(items.with(random.below(items.length), keccak256(Bytes.EMPTY))),
  (items, _node, random) =>
    Rlp.encode(items.with(random.below(items.length), [Bytes.EMPTY, Bytes.EMPTY])),
  (items) => hashedInstead(items),
  // A branch with nothing but one child, above what stood here.
  (_items, node, random) => Rlp.encode(branchOf(random.below(16), keccak256(node))),
  (items, _node, random) =>
    items.length === 17
      ? Rlp.encode(items.with(16, Uint8Array.of(1 + random.below(255))))
      : undefined,
  // The flags and the padding of a path.
  (items, _node, random) =>
    withPath(items, (path) =>
      path.map((byte, i) => (i === 0 ? byte ^ (0x10 << random.below(4)) : byte)),
    ),
  (items, _node, random) =>
    withPath(items, (path) =>
      path.map((byte, i) => (i === 0 ? byte ^ (1 + random.below(15)) : byte)),
    ),
  (items) => withPath(items, (path) => path.slice(0, -1)),
  (items) => withPath(items, (path) => Bytes.concat(path, Uint8Array.of(0))),
  (items) =>
    withPath(items, (path) => (path[0] === 0x20 || path[0] === 0 ? path.slice(1) : undefined)),
  // An extension that leads to what was here, and one of no length.
  (_items, node) => Rlp.encode([Uint8Array.of(0x00), keccak256(node)]),
  (_items, node, random) => Rlp.encode([Uint8Array.of(0x10 | random.below(16)), keccak256(node)]),
];

function encodedItems(items: readonly Rlp.Item[]): Uint8Array {
  return Bytes.concat(...items.map((item) => Rlp.encode(item)));
}

function lengthOf(items: readonly Rlp.Item[]): number {
  return encodedItems(items).length;
}

// The list's length in so many bytes, with so many zeros before them.
function longList(content: Uint8Array, size: number, zeros: number): Uint8Array {
  const prefix = SHORT_LIST + MAX_SHORT + size + zeros;
  return Bytes.concat(
    Uint8Array.of(prefix),
    Bytes.fromNumber(content.length, size + zeros),
    content,
  );
}

function longString(value: Uint8Array): Uint8Array {
  if (value.length === 1) return Bytes.concat(Uint8Array.of(SHORT_STRING + 1), value);
  return Bytes.concat(Uint8Array.of(SHORT_STRING + MAX_SHORT + 1, value.length & 0xff), value);
}

function withItem(
  items: readonly Rlp.Item[],
  random: Random,
  encode: (item: Rlp.Item) => Uint8Array,
): Uint8Array | undefined {
  const at = random.below(items.length);
  const item = items[at];
  if (!(item instanceof Uint8Array)) return undefined;
  return Rlp.encodeList(items.map((one, i) => (i === at ? encode(item) : Rlp.encode(one))));
}

function hashedInstead(items: readonly Rlp.Item[]): Uint8Array | undefined {
  const at = items.findIndex((item) => !(item instanceof Uint8Array));
  const embedded = items[at];
  return embedded === undefined
    ? undefined
    : Rlp.encode(items.with(at, keccak256(Rlp.encode(embedded))));
}

function branchOf(nibble: number, child: Rlp.Item): Rlp.Item[] {
  return Array.from({ length: 17 }, (_, i) => (i === nibble ? child : Bytes.EMPTY));
}

function withPath(
  items: readonly Rlp.Item[],
  change: (path: Uint8Array) => Uint8Array | undefined,
): Uint8Array | undefined {
  const [path, child] = items;
  if (items.length !== 2 || !(path instanceof Uint8Array) || child === undefined) return undefined;
  const changed = change(path);
  return changed === undefined ? undefined : Rlp.encode([changed, child]);
}

function otherInteger(value: Uint8Array, random: Random): Uint8Array {
  return random.pick([
    Bytes.concat(Uint8Array.of(0), value),
    Uint8Array.of(0),
    longString(value),
    Rlp.encode(new Uint8Array(33).fill(1)),
  ]);
}

function otherAccount(fields: readonly Rlp.Item[], random: Random): Uint8Array {
  const at = random.below(2);
  const integer = Rlp.toBytes(fields[at]);
  switch (random.below(6)) {
    case 0:
      return Rlp.encode(fields.with(at, Bytes.concat(Uint8Array.of(0), integer)));
    case 1:
      return Rlp.encode(fields.with(at, new Uint8Array(at === 0 ? 9 : 33).fill(1)));
    case 2:
      return Rlp.encode([...fields, Bytes.EMPTY]);
    case 3:
      return Rlp.encode(fields.slice(0, 3));
    case 4:
      return Rlp.encode(fields.with(2 + at, new Uint8Array(31).fill(1)));
    default:
      return longList(encodedItems(fields), 1, 1);
  }
}
