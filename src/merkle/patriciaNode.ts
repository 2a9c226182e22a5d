// The nodes of a Merkle Patricia trie in memory, and their encoding (Yellow Paper, appendix D).
// A node never changes, except that it remembers its link and whether it was stored.
//
// Leaves and extensions hold a whole key instead of their own piece of path: the piece begins at the
// depth where the node hangs, so no path is ever cut or joined. A node hangs at one depth only.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as Rlp from "../primitives/rlp.ts";

/** How a trie's values stand in its nodes; equal values must encode alike. */
export type Codec<V> = {
  readonly encode: (value: V) => Uint8Array;
  readonly decode: (encoding: Uint8Array) => V;
  readonly equals: (left: V, right: V) => boolean;
};

export type Leaf<V> = {
  readonly kind: "leaf";
  readonly key: Uint8Array;
  readonly value: V;
  link: Uint8Array | undefined;
  stored: boolean;
};

export type Extension<V> = {
  readonly kind: "extension";
  /** Any key below; its nibbles up to `end` are the path to the child. */
  readonly key: Uint8Array;
  readonly end: number;
  readonly child: Node<V>;
  link: Uint8Array | undefined;
  stored: boolean;
};

export type Branch<V> = {
  readonly kind: "branch";
  readonly children: readonly (Node<V> | undefined)[];
  /** The value of the key that ends here, in tries whose keys differ in length. */
  readonly value: V | undefined;
  link: Uint8Array | undefined;
  stored: boolean;
};

/** A node of which only the hash is known until a store gives the rest. */
export type Stub<V> = {
  readonly kind: "stub";
  readonly link: Uint8Array;
  loaded: LoadedNode<V> | undefined;
};

export type LoadedNode<V> = Leaf<V> | Extension<V> | Branch<V>;
export type Node<V> = LoadedNode<V> | Stub<V>;

// A link is the node itself if that is shorter, else the RLP string of its hash.
const HASHED_LINK_LENGTH = 33;

const HASH_PREFIX = 0xa0;
const EMPTY_STRING = 0x80;
const BRANCH_ITEMS = 17;

// Most encodings are hashed and never kept: they are written here, one after another. Getting memory for each would take
// longer than writing it. What does not fit, because a value is long, gets memory of its own.
const page = new Uint8Array(1_024);

/** A leaf that hangs wherever its parent says. */
export function leaf<V>(key: Uint8Array, value: V): Leaf<V> {
  return { kind: "leaf", key, value, link: undefined, stored: false };
}

/** An extension whose path ends before nibble `end` of the key. */
export function extension<V>(key: Uint8Array, end: number, child: Node<V>): Extension<V> {
  return { kind: "extension", key, end, child, link: undefined, stored: false };
}

/** A branch over 16 children. */
export function branch<V>(
  children: readonly (Node<V> | undefined)[],
  value: V | undefined,
): Branch<V> {
  return { kind: "branch", children, value, link: undefined, stored: false };
}

/** The node with this hash, not loaded yet. */
export function stub<V>(hash: Uint8Array): Stub<V> {
  return { kind: "stub", link: hashLink(hash), loaded: undefined };
}

/** One half-byte of a key. */
export function nibbleAt(key: Uint8Array, position: number): number {
  const byte = key[position >> 1];
  assert(byte !== undefined, "the key is long enough for its node");
  return position % 2 === 0 ? byte >> 4 : byte & 15;
}

/** The first nibble in [start, end) where two keys differ, or `end`. */
export function firstDifference(
  left: Uint8Array,
  right: Uint8Array,
  start: number,
  end: number,
): number {
  let position = start;
  while (position < end && nibbleAt(left, position) === nibbleAt(right, position)) position++;
  return position;
}

/** Whether the way of a key leads through an extension that hangs at `depth`. */
export function goesThrough<V>(node: Extension<V>, key: Uint8Array, depth: number): boolean {
  if (key.length * 2 < node.end) return false;
  return firstDifference(node.key, key, depth, node.end) === node.end;
}

/** A key that goes the same way up to `depth` and on through the nibble. */
export function keyThrough(key: Uint8Array, depth: number, nibble: number): Uint8Array {
  const through = new Uint8Array(Math.max(key.length, (depth >> 1) + 1));
  through.set(key);
  const kept = depth % 2 === 0 ? 0 : nibbleAt(key, depth - 1) << 4;
  through[depth >> 1] = depth % 2 === 0 ? nibble << 4 : kept | nibble;
  return through;
}

/** What a parent holds for a node that hangs at `depth`: its hash or, if short, its encoding. */
export function link<V>(codec: Codec<V>, node: Node<V>, depth: number): Uint8Array {
  if (node.kind === "stub") return node.link;
  if (node.link !== undefined) return node.link;
  const encoding = encodeBriefly(codec, node, depth);
  node.link = encoding.length < 32 ? encoding.slice() : hashLink(keccak256(encoding));
  return node.link;
}

/** Whether a link is a hash. */
export function isHashed(link: Uint8Array): boolean {
  return link.length === HASHED_LINK_LENGTH;
}

/** The hash of the node that a link stands for. */
export function hashOf(link: Uint8Array): Uint8Array {
  return isHashed(link) ? link.slice(1) : keccak256(link);
}

/** The RLP encoding of a node that hangs at `depth`. */
export function encode<V>(codec: Codec<V>, node: LoadedNode<V>, depth: number): Uint8Array {
  return encodeBriefly(codec, node, depth).slice();
}

/** `encode` for whoever is done with the bytes before another node is encoded: they are overwritten then. */
export function encodeBriefly<V>(codec: Codec<V>, node: LoadedNode<V>, depth: number): Uint8Array {
  switch (node.kind) {
    case "leaf": {
      // A value may have a trie of its own, which is hashed first.
      const value = codec.encode(node.value);
      const path = hexPrefix(node.key, depth, node.key.length * 2, 0x20);
      const length = Rlp.encodedLength(path) + Rlp.encodedLength(value);
      const target = roomFor(length);
      const start = Rlp.writeListHeader(length, target, 0);
      const end = Rlp.write(value, target, Rlp.write(path, target, start));
      return target.subarray(0, end);
    }
    case "extension": {
      const below = link(codec, node.child, node.end);
      const path = hexPrefix(node.key, depth, node.end, 0x00);
      const length = Rlp.encodedLength(path) + below.length;
      const target = roomFor(length);
      const start = Rlp.write(path, target, Rlp.writeListHeader(length, target, 0));
      target.set(below, start);
      return target.subarray(0, start + below.length);
    }
    case "branch":
      return encodeBranch(codec, node, depth);
  }
}

function encodeBranch<V>(codec: Codec<V>, node: Branch<V>, depth: number): Uint8Array {
  const value = node.value === undefined ? Bytes.EMPTY : codec.encode(node.value);
  let length = Rlp.encodedLength(value);
  for (const child of node.children)
    length += child === undefined ? 1 : link(codec, child, depth + 1).length;
  const target = roomFor(length);
  let position = Rlp.writeListHeader(length, target, 0);
  for (const child of node.children) {
    if (child === undefined) {
      target[position++] = EMPTY_STRING;
      continue;
    }
    // Each has its link by now, and nothing is written to find it.
    const below = link(codec, child, depth + 1);
    target.set(below, position);
    position += below.length;
  }
  return target.subarray(0, Rlp.write(value, target, position));
}

function roomFor(length: number): Uint8Array {
  const needed = Rlp.listLength(length);
  return needed <= page.length ? page : new Uint8Array(needed);
}

/** The node that hangs at `depth` on the way of `key`; throws MalformedNodeError. */
export function decode<V>(
  codec: Codec<V>,
  encoding: Uint8Array,
  key: Uint8Array,
  depth: number,
): LoadedNode<V> {
  return fromItems(codec, Rlp.decodeList(encoding), key, depth);
}

function fromItems<V>(
  codec: Codec<V>,
  items: readonly Rlp.Item[],
  key: Uint8Array,
  depth: number,
): LoadedNode<V> {
  if (items.length === BRANCH_ITEMS) {
    const children = items
      .slice(0, 16)
      .map((item, nibble) => fromLink(codec, item, keyThrough(key, depth, nibble), depth + 1));
    const value = Rlp.toBytes(items[16]);
    return branch(children, value.length === 0 ? undefined : codec.decode(value));
  }
  if (items.length !== 2) throw new MalformedNodeError(items.length, depth);

  const path = Rlp.toBytes(items[0]);
  const flags = path[0];
  if (flags === undefined || flags >= 0x40) throw new MalformedNodeError(items.length, depth);
  const [full, end] = joinPath(key, depth, path);
  if (flags >= 0x20) {
    if (end % 2 !== 0) throw new MalformedNodeError(items.length, depth);
    return leaf(full, codec.decode(Rlp.toBytes(items[1])));
  }
  const child = fromLink(codec, items[1], full, end);
  if (child === undefined) throw new MalformedNodeError(items.length, depth);
  return extension(full, end, child);
}

function fromLink<V>(
  codec: Codec<V>,
  item: Rlp.Item | undefined,
  key: Uint8Array,
  depth: number,
): Node<V> | undefined {
  if (!(item instanceof Uint8Array)) return fromItems(codec, Rlp.toList(item), key, depth);
  if (item.length === 0) return undefined;
  if (item.length !== 32) throw new MalformedNodeError(item.length, depth);
  return stub(item);
}

function hashLink(hash: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HASHED_LINK_LENGTH);
  bytes[0] = HASH_PREFIX;
  bytes.set(hash, 1);
  return bytes;
}

// Yellow Paper, appendix C: the nibbles of the key in [start, end) behind a flag nibble.
function hexPrefix(key: Uint8Array, start: number, end: number, flags: number): Uint8Array {
  const bytes = new Uint8Array(((end - start) >> 1) + 1);
  let position = start;
  bytes[0] = (end - start) % 2 === 0 ? flags : flags | 0x10 | nibbleAt(key, position++);
  for (let i = 1; position < end; position += 2, i++)
    bytes[i] = (nibbleAt(key, position) << 4) | nibbleAt(key, position + 1);
  return bytes;
}

// The key's first `depth` nibbles and then those of a hex-prefix path, with the count of both.
function joinPath(key: Uint8Array, depth: number, path: Uint8Array): readonly [Uint8Array, number] {
  const first = nibbleAt(path, 0) % 2 === 1 ? 1 : 2;
  const end = depth + path.length * 2 - first;
  const full = new Uint8Array((end + 1) >> 1);
  full.set(key.subarray(0, depth >> 1));
  if (depth % 2 === 1) full[depth >> 1] = nibbleAt(key, depth - 1) << 4;
  for (let from = first, to = depth; to < end; from++, to++) {
    const nibble = nibbleAt(path, from);
    const byte = full[to >> 1];
    assert(byte !== undefined, "the joined path fits its key");
    full[to >> 1] = to % 2 === 0 ? nibble << 4 : byte | nibble;
  }
  return [full, end];
}

/** What a store gave for a hash is no trie node. */
export class MalformedNodeError extends Error {
  override readonly name = "PatriciaNode.MalformedNodeError";
  readonly size: number;
  readonly depth: number;
  constructor(size: number, depth: number) {
    super(`expected a branch, an extension or a leaf at depth ${depth}, got size ${size}`);
    this.size = size;
    this.depth = depth;
  }
}
