// Arithmetic that the prices of several precompiles share. Twin: PrecompileGas.sol.

/**
 * The price at which every larger price saturates. A call at this price fails whatever gas it is
 * given, so no input can ask for work that a machine could not finish.
 */
export const UNPAYABLE = Number.MAX_SAFE_INTEGER;

const WORD_BYTES = 32;

/** A fixed price plus a price for each 32-byte word begun. */
export function perWord(base: number, word: number, length: number): number {
  return base + word * Math.ceil(length / WORD_BYTES);
}
