// Reads and writes trie nodes (Yellow Paper, appendix D). Only what a trie of 32-byte keys can hold is a
// node: every other encoding is refused. Twin: contracts/merkle/TrieNode.sol.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as Rlp from "../primitives/rlp.ts";
import * as NibblePath from "./nibblePath.ts";
import * as NodeError from "./trieNodeError.ts";

/** One node, with one of its items in view. */
export type TrieNode = {
  readonly encoding: Uint8Array;
  readonly kind: "branch" | "extension" | "leaf";
  /** Nibbles of the key above the node. */
  readonly depth: number;
  /** Of an extension or leaf. */
  readonly path: NibblePath.Path;
  /** Of a branch. */
  readonly children: number;
  /** Where in the encoding the node's items start. */
  readonly first: number;
  /** Where the item in view lies: a child with its header, or the value of a leaf without. */
  readonly start: number;
  readonly end: number;
};

/** A node shorter than this lies within its parent; a longer one is named by its hash. */
export const HASHED_LENGTH = 32;
/** A link by hash: the RLP string of 32 bytes. */
export const HASHED_LINK_LENGTH = 33;
export const NO_CHILD = new Uint8Array([0x80]);

const EMPTY_PREFIX = 0x80;
const HASH_PREFIX = 0xa0;
const LIST_PREFIX = 0xc0;

/** The node with this encoding at `depth`; of a branch, the child at `nibble` is in view. Throws an error of trieNodeError.ts. */
export function parse(encoding: Uint8Array, depth: number, nibble: number): TrieNode {
  const { isList, start: first, end } = Rlp.readHeader(encoding, 0, encoding.length);
  if (!isList) throw new NodeError.NodeNotAListError();
  if (end !== encoding.length) throw new NodeError.NodeTrailingBytesError(end, encoding.length);

  const path = Rlp.readHeader(encoding, first, end);
  const second = Rlp.readHeader(encoding, path.end, end);
  if (second.end !== end) return parseBranch(encoding, depth, first, nibble);

  if (path.isList) throw new NodeError.PathNotAStringError();
  const decoded = NibblePath.decode(encoding, path.start, path.end);
  const common = { encoding, depth, path: decoded.path, children: 0, first, end };
  if (decoded.isLeaf) {
    if (second.isList) throw new NodeError.LeafValueNotAStringError();
    return checkLeaf({ ...common, kind: "leaf", start: second.start });
  }
  return checkExtension({ ...common, kind: "extension", start: path.end });
}

/** The item in view: a child as its parent holds it, or the value of a leaf. */
export function item(node: TrieNode): Uint8Array {
  return node.encoding.subarray(node.start, node.end);
}

/** Whether the child in view is none. */
export function isVacant(node: TrieNode): boolean {
  return isEmpty(node.encoding, node.start);
}

/**
 * Of a branch with two children: the nibble and the link of the one that is not in view. Throws an error of
 * trieNodeError.ts.
 */
export function sibling(node: TrieNode): { readonly nibble: number; readonly link: Uint8Array } {
  const { encoding } = node;
  let position = node.first;
  let nibble = 0;
  while (isEmpty(encoding, position) || position === node.start) {
    position = linkEnd(encoding, position);
    nibble++;
  }
  const end = linkEnd(encoding, position);
  return { nibble, link: encoding.subarray(position, end) };
}

/** The hash in a link by hash. */
export function hashIn(link: Uint8Array): Uint8Array {
  return link.subarray(1);
}

/** The encoding of the node with another link for the child in view. */
export function withItem(node: TrieNode, link: Uint8Array): Uint8Array {
  const before = node.encoding.subarray(node.first, node.start);
  return Rlp.encodeList([before, link, node.encoding.subarray(node.end)]);
}

/** The encoding of a leaf. */
export function encodeLeaf(path: NibblePath.Path, value: Uint8Array): Uint8Array {
  return Rlp.encode([NibblePath.encode(path, true), value]);
}

/** The encoding of an extension. */
export function encodeExtension(path: NibblePath.Path, link: Uint8Array): Uint8Array {
  return Rlp.encodeList([Rlp.encode(NibblePath.encode(path, false)), link]);
}

/** The encoding of a branch with two children, at different nibbles. */
export function encodeBranch(
  nibble: number,
  link: Uint8Array,
  otherNibble: number,
  otherLink: Uint8Array,
): Uint8Array {
  const items = new Array<Uint8Array>(17).fill(NO_CHILD);
  items[nibble] = link;
  items[otherNibble] = otherLink;
  return Rlp.encodeList(items);
}

/** What a parent holds for a node: its hash or, if it is short, the node itself. */
export function linkTo(encoding: Uint8Array): Uint8Array {
  if (encoding.length < HASHED_LENGTH) return encoding;
  return Rlp.encode(keccak256(encoding));
}

function parseBranch(encoding: Uint8Array, depth: number, first: number, nibble: number): TrieNode {
  if (depth >= NibblePath.KEY_LENGTH) throw new NodeError.BranchTooDeepError(depth);
  const above = skipLinks(encoding, first, nibble);
  const inView = skipLinks(encoding, above.end, 1);
  const below = skipLinks(encoding, inView.end, 15 - nibble);

  const end = encoding.length;
  const position = below.end;
  if (position >= end) throw new NodeError.WrongItemCountError(end);
  const prefix = prefixAt(encoding, position);
  if (prefix !== EMPTY_PREFIX) throw new NodeError.BranchValueNotEmptyError(prefix);
  if (position + 1 !== end) throw new NodeError.WrongItemCountError(end);
  const children = above.children + inView.children + below.children;
  if (children < 2) throw new NodeError.BranchTooSmallError(children);
  const [start, viewEnd] = [above.end, inView.end];
  return {
    encoding,
    kind: "branch",
    depth,
    path: Bytes.EMPTY,
    children,
    first,
    start,
    end: viewEnd,
  };
}

function checkLeaf(node: TrieNode): TrieNode {
  const { depth, path } = node;
  if (depth + path.length !== NibblePath.KEY_LENGTH)
    throw new NodeError.LeafPathLengthError(depth, path.length);
  if (node.start === node.end) throw new NodeError.LeafValueEmptyError();
  return node;
}

function checkExtension(node: TrieNode): TrieNode {
  const { depth, path } = node;
  if (path.length === 0 || depth + path.length >= NibblePath.KEY_LENGTH)
    throw new NodeError.ExtensionPathLengthError(depth, path.length);
  linkEnd(node.encoding, node.start);
  if (isVacant(node)) throw new NodeError.ExtensionWithoutChildError();
  return node;
}

// The position behind so many links, and how many of them are children.
function skipLinks(
  encoding: Uint8Array,
  position: number,
  count: number,
): { readonly end: number; readonly children: number } {
  let end = position;
  let children = 0;
  for (let left = count; left > 0; left--) {
    const next = linkEnd(encoding, end);
    if (!isEmpty(encoding, end)) children++;
    end = next;
  }
  return { end, children };
}

// Behind the link at `position`: nothing, a hash, or a list short enough to be no hash.
function linkEnd(encoding: Uint8Array, position: number): number {
  const limit = encoding.length;
  if (position >= limit) throw new NodeError.WrongItemCountError(limit);
  const prefix = prefixAt(encoding, position);
  if (prefix === EMPTY_PREFIX) return position + 1;
  let end = position + HASHED_LINK_LENGTH;
  if (prefix !== HASH_PREFIX) {
    const isEmbedded = prefix > LIST_PREFIX && prefix < LIST_PREFIX + HASHED_LENGTH - 1;
    if (!isEmbedded) throw new NodeError.NotALinkError(position, prefix);
    end = position + 1 + prefix - LIST_PREFIX;
  }
  if (end > limit) throw new NodeError.WrongItemCountError(limit);
  return end;
}

function isEmpty(encoding: Uint8Array, position: number): boolean {
  return prefixAt(encoding, position) === EMPTY_PREFIX;
}

function prefixAt(encoding: Uint8Array, position: number): number {
  const prefix = encoding[position];
  assert(prefix !== undefined, "the position lies within the node");
  return prefix;
}
