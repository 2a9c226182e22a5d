// A piece of a memory that nobody changes any more: call data and returned data, passed on without a
// copy. Twin: contracts/machine/View.sol.
import * as Bytes from "../primitives/bytes.ts";
import { commit, tag } from "../primitives/commitment.ts";
import * as Witness from "../merkle/witness.ts";
import * as Memory from "./memory.ts";

export const TAG_VIEW = tag("view");

/** `size` bytes from byte `offset` of a memory, which must not change while the view is in use. */
export type View = {
  readonly memory: Memory.Memory;
  readonly offset: number;
  readonly size: number;
  hashed: Uint8Array | null;
};

/** The view of nothing; every view of size 0 is this one. */
export const EMPTY: View = { memory: Memory.create(), offset: 0, size: 0, hashed: null };

/** The view of a range of a memory. */
export function of(memory: Memory.Memory, offset: number, size: number): View {
  return size === 0 ? EMPTY : { memory, offset, size, hashed: null };
}

/** A view of bytes in a memory of their own. */
export function ofBytes(bytes: Uint8Array): View {
  return of(Memory.fromBytes(bytes), 0, bytes.length);
}

/** The commitment to the view. */
export function hash(view: View): Uint8Array {
  const { memory, offset, size } = view;
  view.hashed ??= commit(TAG_VIEW, Memory.root(memory), memory.words, offset, size);
  return view.hashed;
}

/** Puts the view's fields into the witness, if there is one. */
export function open(view: View, witness: Witness.WitnessWriter | null): void {
  if (witness === null) return;
  Witness.writeBytes32(witness, Memory.root(view.memory));
  Witness.writeUint32(witness, view.memory.words);
  Witness.writeUint64(witness, BigInt(view.offset));
  Witness.writeUint64(witness, BigInt(view.size));
}

/** The bytes in [from, from + size) of the view, all within it. */
export function read(
  view: View,
  witness: Witness.WitnessWriter | null,
  from: number,
  size: number,
): Uint8Array {
  return Memory.load(view.memory, witness, view.offset + from, size);
}

/** All bytes of the view. */
export function loadAll(view: View, witness: Witness.WitnessWriter | null): Uint8Array {
  return read(view, witness, 0, view.size);
}

/** The word that starts at a byte of the view, zero past its end. */
export function loadWord(view: View, witness: Witness.WitnessWriter | null, from: bigint): bigint {
  if (from >= view.size) return 0n;
  const start = Number(from);
  if (start + 32 <= view.size) return Memory.loadWord(view.memory, witness, view.offset + start);
  return Bytes.toBigInt(Bytes.padRight(read(view, witness, start, view.size - start), 32));
}
