// Random choices that a seed repeats.

export type Random = {
  /** An integer in [0, limit). */
  readonly below: (limit: number) => number;
  /** One of the values. */
  readonly pick: <T>(values: readonly T[]) => T;
  /** True once in so many times. */
  readonly oneIn: (count: number) => boolean;
  /** A 256-bit integer of the kind that finds mistakes: small, near a power of two, or anything. */
  readonly word: () => bigint;
};

/** The choices that follow from a seed (mulberry32). */
export function fromSeed(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const pick = <T>(values: readonly T[]): T => {
    const value = values[below(values.length)];
    if (value === undefined) throw new RangeError("nothing to pick from");
    return value;
  };
  const bits = (count: number): bigint => {
    let value = 0n;
    for (let i = 0; i < count; i += 32) value = (value << 32n) | BigInt(below(2 ** 32));
    return BigInt.asUintN(count, value);
  };
  const word = (): bigint => {
    const kind = below(4);
    if (kind === 0) return BigInt(below(40));
    if (kind === 1) return BigInt.asUintN(256, (1n << BigInt(below(257))) - BigInt(below(3)));
    return bits(kind === 2 ? 8 * (1 + below(32)) : 256);
  };
  return { below, pick, oneIn: (count) => below(count) === 0, word };
}
