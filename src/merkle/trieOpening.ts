// Reads and writes a Merkle Patricia trie of 32-byte keys of which only the root is known. The nodes come
// from a witness, root first, each behind its length; one that lies within its parent is not given
// again. A write gives the new root. Twin: contracts/merkle/TrieOpening.sol; recording is only here.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as NibblePath from "./nibblePath.ts";
import * as PatriciaTrie from "./patriciaTrie.ts";
import * as TrieNode from "./trieNode.ts";
import * as Witness from "./witness.ts";

/** The way of one key through a trie, from the root to where the key is or would be. */
export type Opening = {
  readonly root: Uint8Array;
  readonly key: Uint8Array;
  /** Empty if the key is absent. */
  readonly value: Uint8Array;
  readonly nodes: readonly TrieNode.TrieNode[];
};

/**
 * Follows the key from the root as far as the trie goes; throws WrongNodeError, NodeNotEmbeddedError,
 * ExtensionWithoutBranchError, or an error of trieNodeError.ts.
 */
export function open(root: Uint8Array, key: Uint8Array, witness: Witness.Witness): Opening {
  const nodes: TrieNode.TrieNode[] = [];
  const absent: Opening = { root, key, value: Bytes.EMPTY, nodes };
  if (Bytes.equals(root, PatriciaTrie.EMPTY_ROOT)) return absent;

  let encoding = readNode(root, witness);
  let rest = NibblePath.fromKey(key, 0);
  let belowExtension = false;
  for (;;) {
    const depth = NibblePath.KEY_LENGTH - rest.length;
    const node = TrieNode.parse(encoding, depth, NibblePath.nibbleAt(rest, 0));
    nodes.push(node);
    if (belowExtension && node.kind !== "branch") throw new ExtensionWithoutBranchError(depth);

    if (node.kind === "branch") {
      if (TrieNode.isVacant(node)) return absent;
      rest = NibblePath.skip(rest, 1);
    } else {
      if (!NibblePath.isPrefixOf(node.path, rest)) return absent;
      rest = NibblePath.skip(rest, node.path.length);
    }
    if (node.kind === "leaf") return { root, key, value: TrieNode.item(node), nodes };
    belowExtension = node.kind === "extension";
    encoding = resolve(TrieNode.item(node), witness);
  }
}

/**
 * The root after the key was given the value, or was removed if the value is empty. Removing may take
 * one more node from the witness.
 */
export function write(opening: Opening, value: Uint8Array, witness: Witness.Witness): Uint8Array {
  if (value.length > 0) return insert(opening, value);
  if (opening.value.length > 0) return remove(opening, witness);
  return opening.root;
}

/** Writes what `open` of the key will read. */
export function record<V>(
  trie: PatriciaTrie.PatriciaTrie<V>,
  key: Uint8Array,
  writer: Witness.WitnessWriter,
): void {
  for (const node of PatriciaTrie.proof(trie, key)) Witness.writeBytes(writer, node);
}

/** Writes what `write` of the value, after `open` of the key, will read beyond what `open` did. */
export function recordWrite<V>(
  trie: PatriciaTrie.PatriciaTrie<V>,
  key: Uint8Array,
  value: Uint8Array,
  writer: Witness.WitnessWriter,
): void {
  if (value.length > 0) return;
  const sibling = PatriciaTrie.collapseSibling(trie, key);
  if (sibling !== undefined) Witness.writeBytes(writer, sibling);
}

function insert(opening: Opening, value: Uint8Array): Uint8Array {
  const { key, nodes } = opening;
  const node = nodes.at(-1);
  if (node === undefined) return keccak256(TrieNode.encodeLeaf(NibblePath.fromKey(key, 0), value));

  const level = nodes.length - 1;
  if (node.kind === "branch") {
    const below = NibblePath.fromKey(key, node.depth + 1);
    return rebuild(opening, nodes.length, TrieNode.encodeLeaf(below, value));
  }
  const rest = NibblePath.fromKey(key, node.depth);
  if (opening.value.length === 0) return rebuild(opening, level, fork(node, rest, value));
  return rebuild(opening, level, TrieNode.encodeLeaf(rest, value));
}

// A branch where the key leaves the path of a leaf or extension, below an extension if they share some.
function fork(node: TrieNode.TrieNode, rest: NibblePath.Path, value: Uint8Array): Uint8Array {
  const shared = NibblePath.sharedLength(node.path, rest);
  const below = NibblePath.skip(node.path, shared + 1);
  let old = TrieNode.item(node);
  if (node.kind === "leaf") {
    old = TrieNode.linkTo(TrieNode.encodeLeaf(below, old));
  } else if (below.length > 0) {
    old = TrieNode.linkTo(TrieNode.encodeExtension(below, old));
  }
  const leaf = TrieNode.encodeLeaf(NibblePath.skip(rest, shared + 1), value);
  const branch = TrieNode.encodeBranch(
    NibblePath.nibbleAt(node.path, shared),
    old,
    NibblePath.nibbleAt(rest, shared),
    TrieNode.linkTo(leaf),
  );
  if (shared === 0) return branch;
  return TrieNode.encodeExtension(NibblePath.take(rest, shared), TrieNode.linkTo(branch));
}

function remove(opening: Opening, witness: Witness.Witness): Uint8Array {
  const { nodes } = opening;
  if (nodes.length === 1) return PatriciaTrie.EMPTY_ROOT;

  // A leaf never hangs below an extension, so its parent is a branch.
  let level = nodes.length - 2;
  const branch = nodeAt(opening, level);
  if (branch.children > 2) {
    return rebuild(opening, level, TrieNode.withItem(branch, TrieNode.NO_CHILD));
  }

  const { nibble, link: only } = TrieNode.sibling(branch);
  let path = NibblePath.single(nibble);
  const above = nodes[level - 1];
  if (above?.kind === "extension") {
    level--;
    path = NibblePath.join(above.path, path);
  }
  const node = TrieNode.parse(resolve(only, witness), branch.depth + 1, 0);
  return rebuild(opening, level, lift(node, path, only));
}

// A node moved up to where only it is left, `path` above where it hung.
function lift(node: TrieNode.TrieNode, path: NibblePath.Path, link: Uint8Array): Uint8Array {
  if (node.kind === "branch") return TrieNode.encodeExtension(path, link);
  const longer = NibblePath.join(path, node.path);
  if (node.kind === "leaf") return TrieNode.encodeLeaf(longer, TrieNode.item(node));
  return TrieNode.encodeExtension(longer, TrieNode.item(node));
}

// The root after the node at `level` of the way was replaced.
function rebuild(opening: Opening, level: number, encoding: Uint8Array): Uint8Array {
  let rebuilt = encoding;
  for (let i = level; i > 0; i--) {
    rebuilt = TrieNode.withItem(nodeAt(opening, i - 1), TrieNode.linkTo(rebuilt));
  }
  return keccak256(rebuilt);
}

// The node behind a link: the link itself, or the witness's next node.
function resolve(link: Uint8Array, witness: Witness.Witness): Uint8Array {
  if (link.length !== TrieNode.HASHED_LINK_LENGTH) return link;
  const encoding = readNode(TrieNode.hashIn(link), witness);
  if (encoding.length < TrieNode.HASHED_LENGTH) throw new NodeNotEmbeddedError(encoding.length);
  return encoding;
}

function readNode(hash: Uint8Array, witness: Witness.Witness): Uint8Array {
  const encoding = Witness.readBytes(witness);
  const actual = keccak256(encoding);
  if (!Bytes.equals(actual, hash)) throw new WrongNodeError(hash, actual);
  return encoding;
}

function nodeAt(opening: Opening, level: number): TrieNode.TrieNode {
  const node = opening.nodes[level];
  assert(node !== undefined, "the level lies on the way");
  return node;
}

export class WrongNodeError extends Error {
  override readonly name = "TrieOpening.WrongNodeError";
  readonly expected: Uint8Array;
  readonly actual: Uint8Array;
  constructor(expected: Uint8Array, actual: Uint8Array) {
    super(`expected the node ${Hex.fromBytes(expected)}, got ${Hex.fromBytes(actual)}`);
    this.expected = expected;
    this.actual = actual;
  }
}

export class NodeNotEmbeddedError extends Error {
  override readonly name = "TrieOpening.NodeNotEmbeddedError";
  readonly length: number;
  constructor(length: number) {
    super(`expected a node of ${length} bytes to lie within its parent`);
    this.length = length;
  }
}

export class ExtensionWithoutBranchError extends Error {
  override readonly name = "TrieOpening.ExtensionWithoutBranchError";
  readonly depth: number;
  constructor(depth: number) {
    super(`expected a branch below the extension that ends at depth ${depth}`);
    this.depth = depth;
  }
}
