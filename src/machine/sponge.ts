// Keccak-256 of a long piece of memory, 32 permutations a step. The state of the sponge is worked out
// only when somebody asks for it; the digest comes from the bytes as a whole.
// Twin: contracts/machine/Sponge.sol.
import { keccakP } from "@noble/hashes/sha3.js";
import { keccak256 } from "../primitives/keccak.ts";
import type * as Memory from "./memory.ts";

export const STEP_BYTES = 4_352;

const RATE_BYTES = 136;
const LANE_WORDS = 7;

export type Sponge = {
  readonly memory: Memory.Memory;
  readonly start: number;
  readonly size: number;
  readonly offset: number;
  readonly remaining: number;
  /** A state worked out earlier and the offset up to which it has absorbed. */
  readonly known: Absorbed;
  absorbed: Absorbed | null;
};

type Absorbed = { readonly state: Uint32Array; readonly offset: number };

/** A sponge that is about to absorb a range of a memory. */
export function create(memory: Memory.Memory, start: number, size: number): Sponge {
  const known = { state: new Uint32Array(50), offset: start };
  return { memory, start, size, offset: start, remaining: size, known, absorbed: null };
}

/** Whether the next step is the last: it pads and squeezes. */
export function isLast(sponge: Sponge): boolean {
  return sponge.remaining < STEP_BYTES;
}

/** The sponge after a step that is not the last. */
export function absorb(sponge: Sponge): Sponge {
  return {
    ...sponge,
    offset: sponge.offset + STEP_BYTES,
    remaining: sponge.remaining - STEP_BYTES,
    known: sponge.absorbed ?? sponge.known,
    absorbed: null,
  };
}

/** The digest of the whole range. */
export function digest({ memory, start, size }: Sponge): Uint8Array {
  return keccak256(memory.bytes.subarray(start, start + size));
}

/** The 200 bytes of state, padded with zeros to seven words. */
export function lanes(sponge: Sponge): Uint8Array[] {
  const { state } = absorbedUpTo(sponge);
  const bytes = new Uint8Array(32 * LANE_WORDS);
  const view = new DataView(bytes.buffer);
  state.forEach((half, index) => view.setUint32(index * 4, half, true));
  return Array.from({ length: LANE_WORDS }, (_, i) => bytes.subarray(i * 32, i * 32 + 32));
}

function absorbedUpTo(sponge: Sponge): Absorbed {
  if (sponge.absorbed !== null) return sponge.absorbed;
  const state = sponge.known.state.slice();
  const bytes = sponge.memory.bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = sponge.known.offset; offset < sponge.offset; offset += RATE_BYTES) {
    for (let i = 0; i < RATE_BYTES / 4; i++)
      state[i] = (state[i] ?? 0) ^ view.getUint32(offset + i * 4, true);
    keccakP(state);
  }
  sponge.absorbed = { state, offset: sponge.offset };
  return sponge.absorbed;
}
