// The Merkle Patricia trie of Ethereum as a persistent map: a write copies one path and leaves every
// earlier trie as it was, so a snapshot is a reference. Hashing waits until a root is asked for.
// Keys and values are kept, not copied: nobody may change them afterwards.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as Change from "./patriciaChange.ts";
import * as Node from "./patriciaNode.ts";
import * as Store from "./patriciaStore.ts";

export type { Codec } from "./patriciaNode.ts";
export type { NodeStore } from "./patriciaStore.ts";

/** A trie with values of one type, which are encoded only when a node is hashed. */
export type PatriciaTrie<V = Uint8Array> = {
  readonly root: Node.Node<V> | undefined;
  readonly store: Store.NodeStore;
  readonly codec: Node.Codec<V>;
};

const bytesCodec: Node.Codec<Uint8Array> = {
  encode: (value) => value,
  decode: (encoding) => encoding,
  equals: Bytes.equals,
};
const noStore: Store.NodeStore = { get: () => undefined };

/** The root of a trie without entries: the hash of the empty RLP string. */
export const EMPTY_ROOT = keccak256(new Uint8Array([0x80]));

/** The trie of byte strings without entries and without a store. */
export const empty: PatriciaTrie = emptyWith(bytesCodec);

/** The trie without entries and without a store. */
export function emptyWith<V>(codec: Node.Codec<V>): PatriciaTrie<V> {
  return { root: undefined, store: noStore, codec };
}

/** The trie of byte strings with this root, whose nodes are loaded when they are needed. */
export function fromRoot(hash: Uint8Array, store: Store.NodeStore): PatriciaTrie {
  return fromRootWith(hash, store, bytesCodec);
}

/** The trie with this root, whose nodes are loaded from the store when they are needed. */
export function fromRootWith<V>(
  hash: Uint8Array,
  store: Store.NodeStore,
  codec: Node.Codec<V>,
): PatriciaTrie<V> {
  return { root: Bytes.equals(hash, EMPTY_ROOT) ? undefined : Node.stub(hash), store, codec };
}

/** Whether the trie has no entries. */
export function isEmpty<V>(trie: PatriciaTrie<V>): boolean {
  return trie.root === undefined;
}

/** The value of a key. */
export function get<V>(trie: PatriciaTrie<V>, key: Uint8Array): V | undefined {
  let node = trie.root;
  let depth = 0;
  while (node !== undefined) {
    switch (node.kind) {
      case "leaf":
        return Bytes.equals(node.key, key) ? node.value : undefined;
      case "extension":
        if (!Node.goesThrough(node, key, depth)) return undefined;
        depth = node.end;
        node = node.child;
        break;
      case "branch":
        if (depth === key.length * 2) return node.value;
        node = node.children[Node.nibbleAt(key, depth)];
        depth++;
        break;
      case "stub":
        node = Store.load(trie, node, key, depth);
        break;
    }
  }
  return undefined;
}

/** The trie in which the key has this value, whose encoding must not be empty. */
export function put<V>(trie: PatriciaTrie<V>, key: Uint8Array, value: V): PatriciaTrie<V> {
  if (value instanceof Uint8Array) assert(value.length > 0, "a value in a trie is not empty");
  return withRoot(trie, Change.insert(trie, trie.root, key, 0, value));
}

/** The trie without the key. */
export function remove<V>(trie: PatriciaTrie<V>, key: Uint8Array): PatriciaTrie<V> {
  if (trie.root === undefined) return trie;
  return withRoot(trie, Change.remove(trie, trie.root, key, 0));
}

/** The root hash; only what changed since it was last asked for is hashed. */
export function root<V>(trie: PatriciaTrie<V>): Uint8Array {
  if (trie.root === undefined) return EMPTY_ROOT;
  return Node.hashOf(Node.link(trie.codec, trie.root, 0));
}

/** Hands over every node that no earlier commit did, children before parents. Its encoding is there until `store` returns. */
export function commit<V>(
  trie: PatriciaTrie<V>,
  store: (hash: Uint8Array, encoding: Uint8Array) => void,
): void {
  commitWith(trie, store, () => undefined);
}

/** Commits, and hands over first the value of each leaf that no earlier commit stored. */
export function commitWith<V>(
  trie: PatriciaTrie<V>,
  store: (hash: Uint8Array, encoding: Uint8Array) => void,
  visit: (value: V) => void,
): void {
  if (trie.root !== undefined) commitNode(trie, trie.root, 0, store, visit);
}

/** The nodes on the way of a key from the root on, as `eth_getProof` gives them. */
export function proof<V>(trie: PatriciaTrie<V>, key: Uint8Array): Uint8Array[] {
  return way(trie, key)
    .filter(({ node, depth }) => depth === 0 || Node.isHashed(Node.link(trie.codec, node, depth)))
    .map(({ node, depth }) => Node.encode(trie.codec, node, depth));
}

/**
 * The node off the way of a key that must be known to remove the key: the other child, given by hash,
 * of a branch that would be left with that child alone.
 */
export function collapseSibling<V>(trie: PatriciaTrie<V>, key: Uint8Array): Uint8Array | undefined {
  const [last, parent] = way(trie, key).reverse();
  if (last?.node.kind !== "leaf" || !Bytes.equals(last.node.key, key)) return undefined;
  if (parent?.node.kind !== "branch" || parent.node.value !== undefined) return undefined;

  const depth = parent.depth + 1;
  const own = Node.nibbleAt(key, parent.depth);
  const others = [...parent.node.children.entries()].filter(
    ([nibble, child]) => child !== undefined && nibble !== own,
  );
  const [nibble, sibling] = others[0] ?? [];
  if (others.length !== 1 || nibble === undefined || sibling === undefined) return undefined;
  if (!Node.isHashed(Node.link(trie.codec, sibling, depth))) return undefined;
  const through = Node.keyThrough(key, parent.depth, nibble);
  return Node.encode(trie.codec, Store.loaded(trie, sibling, through, depth), depth);
}

/** The entries in the order of their keys. */
export function* entries<V>(trie: PatriciaTrie<V>): Generator<readonly [Uint8Array, V]> {
  if (trie.root !== undefined) yield* entriesBelow(trie, trie.root, Bytes.EMPTY, 0);
}

function* entriesBelow<V>(
  trie: PatriciaTrie<V>,
  top: Node.Node<V>,
  key: Uint8Array,
  depth: number,
): Generator<readonly [Uint8Array, V]> {
  const node = Store.loaded(trie, top, key, depth);
  switch (node.kind) {
    case "leaf":
      yield [node.key, node.value];
      break;
    case "extension":
      yield* entriesBelow(trie, node.child, node.key, node.end);
      break;
    case "branch":
      if (node.value !== undefined) yield [key.slice(0, depth / 2), node.value];
      for (const [nibble, child] of node.children.entries()) {
        if (child === undefined) continue;
        yield* entriesBelow(trie, child, Node.keyThrough(key, depth, nibble), depth + 1);
      }
      break;
  }
}

type Place<V> = { readonly node: Node.LoadedNode<V>; readonly depth: number };

function way<V>(trie: PatriciaTrie<V>, key: Uint8Array): Place<V>[] {
  const places: Place<V>[] = [];
  let next = trie.root;
  let depth = 0;
  while (next !== undefined) {
    const node: Node.LoadedNode<V> = Store.loaded(trie, next, key, depth);
    places.push({ node, depth });
    if (node.kind === "leaf") break;
    if (node.kind === "extension") {
      if (!Node.goesThrough(node, key, depth)) break;
      next = node.child;
      depth = node.end;
    } else {
      if (depth === key.length * 2) break;
      next = node.children[Node.nibbleAt(key, depth)];
      depth++;
    }
  }
  return places;
}

function commitNode<V>(
  trie: PatriciaTrie<V>,
  node: Node.Node<V>,
  depth: number,
  store: (hash: Uint8Array, encoding: Uint8Array) => void,
  visit: (value: V) => void,
): void {
  if (node.kind === "stub" || node.stored) return;
  if (node.kind === "leaf") visit(node.value);
  if (node.kind === "extension") commitNode(trie, node.child, node.end, store, visit);
  if (node.kind === "branch")
    for (const child of node.children)
      if (child !== undefined) commitNode(trie, child, depth + 1, store, visit);

  const link = Node.link(trie.codec, node, depth);
  if (depth === 0 || Node.isHashed(link))
    store(Node.hashOf(link), Node.encodeBriefly(trie.codec, node, depth));
  node.stored = true;
}

function withRoot<V>(trie: PatriciaTrie<V>, root: Node.Node<V> | undefined): PatriciaTrie<V> {
  return root === trie.root ? trie : { root, store: trie.store, codec: trie.codec };
}
