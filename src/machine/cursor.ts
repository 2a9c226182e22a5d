// What a phase has to remember between its steps. Field order is consensus; a cursor never changes.
// Twin: contracts/machine/Cursor.sol.
import { commit, tag } from "../primitives/commitment.ts";
import { assert } from "../primitives/assert.ts";
import * as Witness from "../merkle/witness.ts";
import * as Code from "./code.ts";
import * as Logs from "./logs.ts";
import * as Memory from "./memory.ts";
import * as Sponge from "./sponge.ts";
import * as View from "./view.ts";

export const COPY_MEMORY_TREE = 0;
export const COPY_OWN_FORWARD = 1;
export const COPY_OWN_BACKWARD = 2;
export const COPY_CODE_TREE = 3;

export const STATUS_SUCCESS = 0;
export const STATUS_REVERT = 1;
export const STATUS_HALT = 2;

export const TAG_COPY = tag("cursor.copy");
export const TAG_HASH = tag("cursor.hash");
export const TAG_LOG = tag("cursor.log");
export const TAG_MESSAGE = tag("cursor.message");
export const TAG_OUTCOME = tag("cursor.outcome");
export const TAG_LOAD = tag("cursor.load");
export const TAG_SYSTEM = tag("cursor.system");

const NO_CURSOR = new Uint8Array(32);

/** A copy into the running frame's memory. */
export type Copy = {
  readonly type: "copy";
  readonly source: number;
  /** What is copied from: a memory, or code, or neither for the frame's own memory or zeros. */
  readonly memory: Memory.Memory | null;
  readonly code: Code.Code | null;
  readonly from: number;
  readonly available: number;
  readonly dest: number;
  readonly remaining: number;
  /** The phase after the last chunk. */
  readonly next: number;
};

/** A KECCAK256 of more memory than one step hashes. */
export type Hash = {
  readonly type: "hash";
  readonly sponge: Sponge.Sponge;
};

/** A log entry whose data are being hashed. */
export type Log = {
  readonly type: "log";
  readonly address: bigint;
  readonly topics: readonly bigint[];
  readonly size: number;
  readonly offset: number;
  readonly remaining: number;
  readonly data: Uint8Array;
};

/** A message that is to become a frame. */
export type Message = {
  readonly type: "message";
  readonly kind: number;
  readonly caller: bigint;
  readonly self: bigint;
  readonly codeAddress: bigint;
  readonly value: bigint;
  /** What was asked for, until RESOLVE or CREATE settles what is given. */
  readonly gas: bigint;
  readonly isStatic: boolean;
  /** Whether `codeAddress` was reached by a delegation (EIP-7702). */
  readonly isDelegated: boolean;
  readonly depth: number;
  readonly input: View.View;
  readonly outOffset: number;
  readonly outSize: number;
  readonly salt: bigint;
};

/** How a frame ended. */
export type Outcome = {
  readonly type: "outcome";
  readonly status: number;
  readonly output: View.View;
  readonly gas: bigint;
};

/** A code that EXTCODECOPY reads. */
export type Load = {
  readonly type: "load";
  readonly code: Code.Code;
  /** The offset asked for, but at most 2^64 - 1. */
  readonly from: bigint;
  readonly dest: number;
  readonly size: number;
};

/** Which system call of the block is next. */
export type System = { readonly type: "system"; readonly index: number };

export type Cursor = Copy | Hash | Log | Message | Outcome | Load | System;

/** The outcome of a frame that ended with an output. */
export function outcome(status: number, output: View.View): Outcome {
  return { type: "outcome", status, output, gas: 0n };
}

/** The commitment to a cursor; that to none is 0. */
export function hash(cursor: Cursor | null): Uint8Array {
  if (cursor === null) return NO_CURSOR;
  switch (cursor.type) {
    case "copy":
      return commit(
        TAG_COPY,
        cursor.source,
        copyRoot(cursor),
        cursor.memory?.words ?? 0,
        cursor.from,
        cursor.available,
        cursor.dest,
        cursor.remaining,
        cursor.next,
      );
    case "hash":
      return commit(
        TAG_HASH,
        ...Sponge.lanes(cursor.sponge),
        cursor.sponge.offset,
        cursor.sponge.remaining,
      );
    case "log":
      return commit(
        TAG_LOG,
        cursor.address,
        cursor.topics.length,
        Logs.topicsHash(cursor.topics),
        cursor.size,
        cursor.offset,
        cursor.remaining,
        cursor.data,
      );
    case "message":
      return commit(
        TAG_MESSAGE,
        cursor.kind,
        cursor.caller,
        cursor.self,
        cursor.codeAddress,
        cursor.value,
        cursor.gas,
        cursor.isStatic,
        cursor.isDelegated,
        cursor.depth,
        View.hash(cursor.input),
        cursor.outOffset,
        cursor.outSize,
        cursor.salt,
      );
    case "outcome":
      return commit(TAG_OUTCOME, cursor.status, View.hash(cursor.output), cursor.gas);
    case "load":
      return commit(TAG_LOAD, cursor.code.hash, cursor.from, cursor.dest, cursor.size);
    case "system":
      return commit(TAG_SYSTEM, cursor.index);
  }
}

/** Puts the fields of a cursor into the witness, if there is one. */
export function open(cursor: Cursor, witness: Witness.WitnessWriter | null): void {
  if (witness === null) return;
  switch (cursor.type) {
    case "copy":
      Witness.writeUint8(witness, cursor.source);
      Witness.writeBytes32(witness, copyRoot(cursor));
      Witness.writeUint32(witness, cursor.memory?.words ?? 0);
      writeSizes(witness, cursor.from, cursor.available, cursor.dest, cursor.remaining);
      Witness.writeUint8(witness, cursor.next);
      break;
    case "hash":
      Witness.writeWords(witness, Sponge.lanes(cursor.sponge));
      writeSizes(witness, cursor.sponge.offset, cursor.sponge.remaining);
      break;
    case "log":
      Witness.writeUint160(witness, cursor.address);
      Witness.writeUint8(witness, cursor.topics.length);
      Witness.writeBytes32(witness, Logs.topicsHash(cursor.topics));
      writeSizes(witness, cursor.size, cursor.offset, cursor.remaining);
      Witness.writeBytes32(witness, cursor.data);
      break;
    case "message":
      openMessage(cursor, witness);
      break;
    case "outcome":
      Witness.writeUint8(witness, cursor.status);
      Witness.writeBytes32(witness, View.hash(cursor.output));
      Witness.writeUint64(witness, cursor.gas);
      break;
    case "load":
      Witness.writeBytes32(witness, cursor.code.hash);
      Witness.writeUint256(witness, cursor.from);
      writeSizes(witness, cursor.dest, cursor.size);
      break;
    case "system":
      Witness.writeUint8(witness, cursor.index);
      break;
  }
}

function openMessage(message: Message, witness: Witness.WitnessWriter): void {
  Witness.writeUint8(witness, message.kind);
  Witness.writeUint160(witness, message.caller);
  Witness.writeUint160(witness, message.self);
  Witness.writeUint160(witness, message.codeAddress);
  Witness.writeUint256(witness, message.value);
  Witness.writeUint256(witness, message.gas);
  Witness.writeUint8(witness, message.isStatic ? 1 : 0);
  Witness.writeUint8(witness, message.isDelegated ? 1 : 0);
  Witness.writeUint16(witness, message.depth);
  Witness.writeBytes32(witness, View.hash(message.input));
  writeSizes(witness, message.outOffset, message.outSize);
  Witness.writeUint256(witness, message.salt);
}

function writeSizes(witness: Witness.WitnessWriter, ...sizes: readonly number[]): void {
  for (const size of sizes) Witness.writeUint64(witness, BigInt(size));
}

function copyRoot(copy: Copy): Uint8Array {
  if (copy.memory !== null) return Memory.root(copy.memory);
  return copy.code === null ? NO_CURSOR : Code.codeRoot(copy.code);
}

/** The cursor as the phase that runs knows it. */
export function expect<T extends Cursor["type"]>(
  cursor: Cursor | null,
  type: T,
): Extract<Cursor, { type: T }> {
  assert(isOfType(cursor, type), "the phase has its own kind of cursor");
  return cursor;
}

function isOfType<T extends Cursor["type"]>(
  cursor: Cursor | null,
  type: T,
): cursor is Extract<Cursor, { type: T }> {
  return cursor !== null && cursor.type === type;
}
