// The memory of a frame: bytes that grow by words, and the tree of 32-byte words that commits to them,
// brought up to date when it is asked for. Twin: contracts/machine/Memory.sol.
import * as MerkleTree from "../merkle/merkleTree.ts";
import * as MutableTree from "../merkle/mutableTree.ts";
import * as Witness from "../merkle/witness.ts";
import * as Bytes from "../primitives/bytes.ts";

const WORD = 32;
const SMALLEST_CAPACITY = 1_024;
const NO_ROOT = new Uint8Array(32);
// Nobody writes to what has no bytes, and most frames never have any.
const NO_VIEW = new DataView(Bytes.EMPTY.buffer);

export type Memory = {
  words: number;
  bytes: Uint8Array;
  view: DataView;
  /** Whether a copy of this memory reads the same bytes, so that a write must take its own first. */
  isShared: boolean;
  tree: MutableTree.MutableTree | null;
  /** The root, until something changes. */
  root: Uint8Array | null;
  /** The words that changed since the tree was brought up to date. */
  changedFrom: number;
  changedTo: number;
};

/** A memory of no words. */
export function create(): Memory {
  return fromStorage(Bytes.EMPTY, 0);
}

/** A memory that holds the bytes and zeros up to the next word. */
export function fromBytes(bytes: Uint8Array): Memory {
  if (bytes.length === 0) return create();
  const words = Math.ceil(bytes.length / WORD);
  const storage = new Uint8Array(words * WORD);
  storage.set(bytes);
  return fromStorage(storage, words);
}

/** A memory with the same bytes that changes on its own. */
export function copy(memory: Memory): Memory {
  memory.isShared = true;
  const copied = fromStorage(memory.bytes, memory.words);
  copied.isShared = true;
  copied.tree = memory.tree === null ? null : MutableTree.copy(memory.tree);
  copied.root = memory.root;
  copied.changedFrom = memory.changedFrom;
  copied.changedTo = memory.changedTo;
  return copied;
}

/** Adds zero words until there are so many. */
export function grow(memory: Memory, words: number): void {
  if (words <= memory.words) return;
  memory.words = words;
  memory.root = null;
  if (words * WORD <= memory.bytes.length) return;
  const capacity = Math.max(SMALLEST_CAPACITY, words * WORD, memory.bytes.length * 2);
  const bytes = new Uint8Array(capacity);
  bytes.set(memory.bytes);
  replaceBytes(memory, bytes);
}

/** The bytes in [offset, offset + size), a copy. */
export function load(
  memory: Memory,
  witness: Witness.WitnessWriter | null,
  offset: number,
  size: number,
): Uint8Array {
  if (witness !== null) open(memory, witness, offset, size);
  return memory.bytes.slice(offset, offset + size);
}

/** The word that starts at a byte. */
export function loadWord(
  memory: Memory,
  witness: Witness.WitnessWriter | null,
  offset: number,
): bigint {
  if (witness !== null) open(memory, witness, offset, WORD);
  return Bytes.readWord(memory.view, offset);
}

/** Writes bytes. */
export function store(
  memory: Memory,
  witness: Witness.WitnessWriter | null,
  offset: number,
  bytes: Uint8Array,
): void {
  if (bytes.length === 0) return;
  if (witness !== null) open(memory, witness, offset, bytes.length);
  markChanged(memory, offset, bytes.length);
  memory.bytes.set(bytes, offset);
}

/** Writes a word from a byte on. */
export function storeWord(
  memory: Memory,
  witness: Witness.WitnessWriter | null,
  offset: number,
  value: bigint,
): void {
  if (witness !== null) open(memory, witness, offset, WORD);
  markChanged(memory, offset, WORD);
  Bytes.writeWord(memory.view, offset, value);
}

/** Writes one byte. */
export function storeByte(
  memory: Memory,
  witness: Witness.WitnessWriter | null,
  offset: number,
  value: number,
): void {
  if (witness !== null) open(memory, witness, offset, 1);
  markChanged(memory, offset, 1);
  memory.bytes[offset] = value;
}

/** The commitment to the words. */
export function root(memory: Memory): Uint8Array {
  if (memory.words === 0) return NO_ROOT;
  memory.root ??= MutableTree.root(treeOf(memory), MerkleTree.heightFor(memory.words));
  return memory.root;
}

/** Puts the words that cover a range of bytes into a witness: leaves, then siblings. */
export function open(
  memory: Memory,
  witness: Witness.WitnessWriter,
  offset: number,
  size: number,
): void {
  if (size === 0) return;
  const first = Math.floor(offset / WORD);
  const last = Math.floor((offset + size - 1) / WORD);
  const height = MerkleTree.heightFor(memory.words);
  const tree = treeOf(memory);
  Witness.writeBytesOf(witness, memory.bytes.subarray(first * WORD, (last + 1) * WORD));
  Witness.writeWords(witness, MutableTree.siblings(tree, first, last - first + 1, height));
}

function treeOf(memory: Memory): MutableTree.MutableTree {
  if (memory.tree === null) {
    memory.tree = MutableTree.create();
    memory.changedFrom = 0;
    memory.changedTo = memory.words;
  }
  if (memory.changedFrom < memory.changedTo) {
    const start = memory.changedFrom * WORD;
    MutableTree.write(memory.tree, start, memory.bytes.subarray(start, memory.changedTo * WORD));
    memory.changedFrom = Number.MAX_SAFE_INTEGER;
    memory.changedTo = 0;
  }
  return memory.tree;
}

function markChanged(memory: Memory, offset: number, size: number): void {
  if (memory.isShared) replaceBytes(memory, memory.bytes.slice());
  memory.root = null;
  const first = Math.floor(offset / WORD);
  const end = Math.floor((offset + size + WORD - 1) / WORD);
  if (first < memory.changedFrom) memory.changedFrom = first;
  if (end > memory.changedTo) memory.changedTo = end;
}

function replaceBytes(memory: Memory, bytes: Uint8Array): void {
  memory.bytes = bytes;
  memory.view = new DataView(bytes.buffer);
  memory.isShared = false;
}

function fromStorage(bytes: Uint8Array, words: number): Memory {
  return {
    words,
    bytes,
    view:
      bytes === Bytes.EMPTY
        ? NO_VIEW
        : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    isShared: false,
    tree: null,
    root: null,
    changedFrom: 0,
    changedTo: 0,
  };
}
