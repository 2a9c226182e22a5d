// Bytecode and the tree of 32-byte chunks that commits to it: a leaf also tells where the first
// instruction of its chunk starts, so that one chunk shows whether a byte is an instruction.
// Twin: contracts/machine/Code.sol.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import { EMPTY_HASH, keccak256 } from "../primitives/keccak.ts";
import * as MutableTree from "../merkle/mutableTree.ts";
import * as Witness from "../merkle/witness.ts";
import * as Opcode from "./opcode.ts";

export const TREE_HEIGHT = 11;
export const CHUNK = 32;

const DELEGATION_PREFIX = Uint8Array.of(0xef, 0x01, 0x00); // EIP-7702
const DELEGATION_SIZE = 23;
const REMEMBERED_BYTES = 16 * 1_024 * 1_024;
const ENTRY_BYTES = 512;

// What PUSH1 pushes.
const SMALL = Array.from({ length: 256 }, (_, byte) => BigInt(byte));

export type Code = {
  readonly hash: Uint8Array;
  /** What gives the bytes the first time they are needed. */
  readonly load: () => Uint8Array;
  bytes: Uint8Array | null;
  jumpDestinations: Uint8Array | null;
  tree: MutableTree.MutableTree | null;
  root: Uint8Array | null;
  /** Push data of more than one byte as integers, in the order in which they were first read. */
  readonly pushed: bigint[];
  /** By the position of an instruction, one more than where `pushed` has its data; 0 for what was never read. */
  pushedAt: Uint16Array | null;
};

/** The code of an account that has none. */
export const EMPTY = create(EMPTY_HASH, () => Bytes.EMPTY);

const remembered = new Map<string, Code>();
let rememberedBytes = 0;

/** Bytecode by its bytes. What was found out about equal bytes is shared. */
export function of(bytes: Uint8Array): Code {
  return bytes.length === 0 ? EMPTY : stored(keccak256(bytes), () => bytes);
}

/** Bytecode by its hash; its bytes are loaded when they are first needed. */
export function stored(hash: Uint8Array, load: () => Uint8Array): Code {
  if (Bytes.equals(hash, EMPTY_HASH)) return EMPTY;
  const key = Hex.key(hash);
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const code = create(hash, load);
  remembered.set(key, code);
  count(ENTRY_BYTES);
  return code;
}

/** The bytes, loaded if need be. */
export function bytes(code: Code): Uint8Array {
  if (code.bytes === null) {
    code.bytes = code.load();
    count(code.bytes.length);
  }
  return code.bytes;
}

/** Whether this is the code of no account. */
export function isEmpty(code: Code): boolean {
  return code === EMPTY;
}

/** Puts all bytes of an account's code, which may have none, into the witness, if there is one, and gives them. */
export function take(code: Code, witness: Witness.WitnessWriter | null): Uint8Array {
  if (isEmpty(code)) return Bytes.EMPTY;
  const taken = bytes(code);
  if (witness !== null) Witness.writeBytes(witness, taken);
  return taken;
}

/** The address that code delegates to, if it is a delegation. */
export function delegate(bytes: Uint8Array): bigint | undefined {
  if (bytes.length !== DELEGATION_SIZE) return undefined;
  if (!Bytes.equals(bytes.subarray(0, 3), DELEGATION_PREFIX)) return undefined;
  return Bytes.toBigInt(bytes.subarray(3));
}

/** The code that delegates to an address. */
export function delegation(address: bigint): Code {
  return of(Bytes.concat(DELEGATION_PREFIX, Bytes.fromBigInt(address, 20)));
}

/** The commitment to the code. */
export function codeRoot(code: Code): Uint8Array {
  code.root ??= MutableTree.root(treeOf(code), TREE_HEIGHT);
  return code.root;
}

/** Whether the byte at a position within the code is a JUMPDEST instruction. */
export function isJumpDestination(
  code: Code,
  witness: Witness.WitnessWriter | null,
  position: number,
): boolean {
  if (witness !== null) openChunk(code, witness, Math.floor(position / CHUNK));
  code.jumpDestinations ??= findJumpDestinations(bytes(code));
  return code.jumpDestinations[position] === 1;
}

/** The push data of `size` bytes behind the instruction at a position; past the end it is zero. */
export function readPush(
  code: Code,
  witness: Witness.WitnessWriter | null,
  position: number,
  size: number,
): bigint {
  const own = bytes(code);
  if (witness !== null) {
    const next = Math.floor(position / CHUNK) + 1;
    if (position + size >= next * CHUNK && next * CHUNK < own.length)
      openChunk(code, witness, next);
  }
  if (size === 1) return SMALL[own[position + 1] ?? 0] ?? 0n;
  const place = code.pushedAt?.[position] ?? 0;
  return code.pushed[place - 1] ?? firstPush(code, own, position, size);
}

/** Puts one chunk into a witness: bytes, first instruction, siblings. */
export function openChunk(code: Code, witness: Witness.WitnessWriter, index: number): void {
  openChunks(code, witness, index * CHUNK, CHUNK);
}

/** Puts the chunks that cover a range of bytes into a witness: each with its first, then siblings. */
export function openChunks(
  code: Code,
  witness: Witness.WitnessWriter,
  offset: number,
  size: number,
): void {
  const first = Math.floor(offset / CHUNK);
  const last = Math.floor((offset + size - 1) / CHUNK);
  const firsts = firstInstructions(bytes(code));
  for (let index = first; index <= last; index++) {
    Witness.writeBytes32(witness, Bytes.slicePadded(bytes(code), index * CHUNK, CHUNK));
    Witness.writeUint8(witness, firsts[index] ?? 0);
  }
  const siblings = MutableTree.siblings(treeOf(code), first, last - first + 1, TREE_HEIGHT);
  Witness.writeWords(witness, siblings);
}

/** For each chunk the offset of its first byte that is not push data of an earlier instruction. */
export function firstInstructions(bytes: Uint8Array): number[] {
  const firsts: number[] = [];
  for (let start = 0, position = 0; start < bytes.length; start += CHUNK) {
    firsts.push(Math.min(CHUNK, position - start));
    while (position < start + CHUNK) position += instructionSize(bytes[position] ?? 0);
  }
  return firsts;
}

// Whoever holds a code keeps it; only the sharing between equal codes starts anew.
function count(bytes: number): void {
  rememberedBytes += bytes;
  if (rememberedBytes <= REMEMBERED_BYTES) return;
  remembered.clear();
  rememberedBytes = 0;
}

function treeOf(code: Code): MutableTree.MutableTree {
  if (code.tree === null) {
    const own = bytes(code);
    assert(own.length <= CHUNK << TREE_HEIGHT, "the code fits its tree");
    const leaves = firstInstructions(own).map((first, index) =>
      keccak256(Bytes.concat(Bytes.slicePadded(own, index * CHUNK, CHUNK), Uint8Array.of(first))),
    );
    code.tree = MutableTree.fromLeaves(leaves);
  }
  return code.tree;
}

// No code is so long that it has as many instructions as 16 bits count.
function firstPush(code: Code, own: Uint8Array, position: number, size: number): bigint {
  const value = Bytes.toBigInt(Bytes.slicePadded(own, position + 1, size));
  code.pushedAt ??= new Uint16Array(own.length);
  code.pushedAt[position] = code.pushed.push(value);
  return value;
}

function findJumpDestinations(bytes: Uint8Array): Uint8Array {
  const found = new Uint8Array(bytes.length);
  let position = 0;
  while (position < bytes.length) {
    const opcode = bytes[position] ?? 0;
    if (opcode === Opcode.JUMPDEST) found[position] = 1;
    position += instructionSize(opcode);
  }
  return found;
}

function instructionSize(opcode: number): number {
  return opcode >= Opcode.PUSH1 && opcode <= Opcode.PUSH32 ? opcode - Opcode.PUSH1 + 2 : 1;
}

function create(hash: Uint8Array, load: () => Uint8Array): Code {
  return {
    hash,
    load,
    bytes: null,
    jumpDestinations: null,
    tree: null,
    root: null,
    pushed: [],
    pushedAt: null,
  };
}
