// Integers of 256 bits, as bigints in [0, 2^256).

export const MODULUS = 2n ** 256n;
export const MAX = MODULUS - 1n;
export const SIGN_BIT = 2n ** 255n;

/** The value modulo 2^256, of any integer. */
export function wrap(value: bigint): bigint {
  return value & MAX;
}

/** The value read as two's complement. */
export function toSigned(value: bigint): bigint {
  return value >= SIGN_BIT ? value - MODULUS : value;
}

/** How many bits the value takes without leading zeros. */
export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

/** How many bytes the value takes without leading zeros. */
export function byteLength(value: bigint): number {
  return Math.ceil(bitLength(value) / 8);
}
