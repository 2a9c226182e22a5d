// The Merkle Patricia trie of Ethereum as a persistent map: a write copies one path and leaves every
// earlier trie as it was, so a snapshot is a reference. Hashing waits until a root is asked for.
// Keys and values are kept, not copied: nobody may change them afterwards.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as Change from "./patriciaChange.ts";
import * as Node from "./patriciaNode.ts";
import * as Store from "./patriciaStore.ts";

export type PatriciaTrie = {
  readonly root: Node.Node | undefined;
  readonly store: Store.NodeStore;
};

/** The root of a trie without entries: the hash of the empty RLP string. */
export const EMPTY_ROOT = keccak256(new Uint8Array([0x80]));

/** The trie without entries and without a store. */
export const empty: PatriciaTrie = { root: undefined, store: { get: () => undefined } };

/** The trie with this root, whose nodes are loaded from the store when they are needed. */
export function fromRoot(hash: Uint8Array, store: Store.NodeStore): PatriciaTrie {
  return { root: Bytes.equals(hash, EMPTY_ROOT) ? undefined : Node.stub(hash), store };
}

/** Whether the trie has no entries. */
export function isEmpty(trie: PatriciaTrie): boolean {
  return trie.root === undefined;
}

/** The value of a key. */
export function get(trie: PatriciaTrie, key: Uint8Array): Uint8Array | undefined {
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
        node = Store.load(trie.store, node, key, depth);
        break;
    }
  }
  return undefined;
}

/** The trie in which the key has this value, which must not be empty. */
export function put(trie: PatriciaTrie, key: Uint8Array, value: Uint8Array): PatriciaTrie {
  assert(value.length > 0, "a value in a trie is not empty");
  return withRoot(trie, Change.insert(trie.store, trie.root, key, 0, value));
}

/** The trie without the key. */
export function remove(trie: PatriciaTrie, key: Uint8Array): PatriciaTrie {
  if (trie.root === undefined) return trie;
  return withRoot(trie, Change.remove(trie.store, trie.root, key, 0));
}

/** The root hash; only what changed since it was last asked for is hashed. */
export function root(trie: PatriciaTrie): Uint8Array {
  if (trie.root === undefined) return EMPTY_ROOT;
  return Node.hashOf(Node.reference(trie.root, 0));
}

/** Hands over every node that no earlier commit did, children before parents. */
export function commit(
  trie: PatriciaTrie,
  store: (hash: Uint8Array, encoding: Uint8Array) => void,
): void {
  if (trie.root !== undefined) commitNode(trie.root, 0, store);
}

/** The nodes on the way of a key from the root on, as `eth_getProof` gives them. */
export function proof(trie: PatriciaTrie, key: Uint8Array): Uint8Array[] {
  return way(trie, key)
    .filter(({ node, depth }) => depth === 0 || Node.isHashed(Node.reference(node, depth)))
    .map(({ node, depth }) => Node.encode(node, depth));
}

/**
 * The node off the way of a key that must be known to remove the key: the other child, given by hash,
 * of a branch that would be left with that child alone.
 */
export function collapseSibling(trie: PatriciaTrie, key: Uint8Array): Uint8Array | undefined {
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
  if (!Node.isHashed(Node.reference(sibling, depth))) return undefined;
  const through = Node.keyThrough(key, parent.depth, nibble);
  return Node.encode(Store.loaded(trie.store, sibling, through, depth), depth);
}

/** The entries in the order of their keys. */
export function* entries(trie: PatriciaTrie): Generator<readonly [Uint8Array, Uint8Array]> {
  if (trie.root !== undefined) yield* entriesBelow(trie, trie.root, Bytes.EMPTY, 0);
}

function* entriesBelow(
  trie: PatriciaTrie,
  top: Node.Node,
  key: Uint8Array,
  depth: number,
): Generator<readonly [Uint8Array, Uint8Array]> {
  const node = Store.loaded(trie.store, top, key, depth);
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

type Place = { readonly node: Node.LoadedNode; readonly depth: number };

function way(trie: PatriciaTrie, key: Uint8Array): Place[] {
  const places: Place[] = [];
  let next = trie.root;
  let depth = 0;
  while (next !== undefined) {
    const node: Node.LoadedNode = Store.loaded(trie.store, next, key, depth);
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

function commitNode(
  node: Node.Node,
  depth: number,
  store: (hash: Uint8Array, encoding: Uint8Array) => void,
): void {
  if (node.kind === "stub" || node.stored) return;
  if (node.kind === "extension") commitNode(node.child, node.end, store);
  if (node.kind === "branch")
    for (const child of node.children) if (child !== undefined) commitNode(child, depth + 1, store);

  const reference = Node.reference(node, depth);
  if (depth === 0 || Node.isHashed(reference))
    store(Node.hashOf(reference), Node.encode(node, depth));
  node.stored = true;
}

function withRoot(trie: PatriciaTrie, root: Node.Node | undefined): PatriciaTrie {
  return root === trie.root ? trie : { root, store: trie.store };
}
