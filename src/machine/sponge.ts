// Keccak-256 of a long piece of memory, 32 permutations a step. The state of the sponge is worked out
// only when somebody asks for it; the digest comes from the bytes as a whole.
// Twin: contracts/machine/Sponge.sol.
import * as Bytes from "../primitives/bytes.ts";
import { absorb as absorbBlocks, keccak256, NOTHING_ABSORBED } from "../primitives/keccak.ts";
import type * as Memory from "./memory.ts";

export const STEP_BYTES = 4_352;

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

type Absorbed = { readonly state: Uint8Array; readonly offset: number };

/** A sponge that is about to absorb a range of a memory. */
export function create(memory: Memory.Memory, start: number, size: number): Sponge {
  const known = { state: NOTHING_ABSORBED, offset: start };
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
  const bytes = Bytes.padRight(absorbedUpTo(sponge).state, 32 * LANE_WORDS);
  return Array.from({ length: LANE_WORDS }, (_, i) => bytes.subarray(i * 32, i * 32 + 32));
}

function absorbedUpTo(sponge: Sponge): Absorbed {
  const { memory, known, offset } = sponge;
  sponge.absorbed ??= {
    state: absorbBlocks(known.state, memory.bytes.subarray(known.offset, offset)),
    offset,
  };
  return sponge.absorbed;
}
