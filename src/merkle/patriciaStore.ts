// Where a trie finds the nodes of earlier tries: by hash, when they are first needed.
import * as Hex from "../primitives/hex.ts";
import * as Node from "./patriciaNode.ts";

/** Encoded nodes by hash. */
export type NodeStore = { readonly get: (hash: Uint8Array) => Uint8Array | undefined };

/** What the functions on nodes need of their trie: its earlier nodes and how its values are encoded. */
export type Source<V> = { readonly store: NodeStore; readonly codec: Node.Codec<V> };

/** The node behind a stub that hangs at `depth` on the way of `key`; throws MissingNodeError or MalformedNodeError. */
export function load<V>(
  { store, codec }: Source<V>,
  stub: Node.Stub<V>,
  key: Uint8Array,
  depth: number,
): Node.LoadedNode<V> {
  if (stub.loaded !== undefined) return stub.loaded;
  const hash = Node.hashOf(stub.link);
  const encoding = store.get(hash);
  if (encoding === undefined) throw new MissingNodeError(hash);

  const node = Node.decode(codec, encoding, key, depth);
  // A root is hashed even if it is short, so a stub's link can differ from its node's.
  if (encoding.length >= 32) node.link = stub.link;
  node.stored = true;
  stub.loaded = node;
  return node;
}

/** The node itself, or what is behind it if it is a stub. */
export function loaded<V>(
  source: Source<V>,
  node: Node.Node<V>,
  key: Uint8Array,
  depth: number,
): Node.LoadedNode<V> {
  return node.kind === "stub" ? load(source, node, key, depth) : node;
}

export class MissingNodeError extends Error {
  override readonly name = "PatriciaStore.MissingNodeError";
  readonly hash: Uint8Array;
  constructor(hash: Uint8Array) {
    super(`expected the store to hold the node ${Hex.fromBytes(hash)}`);
    this.hash = hash;
  }
}
