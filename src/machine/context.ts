// What a chain never changes: its fork, its number and whether the rollup's limits apply.
// Twin: contracts/machine/Context.sol.
import * as Fork from "./fork.ts";

export type Context = {
  readonly fork: Fork.Fork;
  readonly chainId: bigint;
  /** Whether the limits that keep every step provable within one L1 transaction apply. */
  readonly caps: boolean;
  /** The forks as plain flags, which opcodes and phases ask for. */
  readonly isPrague: boolean;
  readonly isOsaka: boolean;
};

/** A context in which the rules of one fork hold. */
export function create(fork: Fork.Fork, chainId: bigint, caps: boolean): Context {
  return {
    fork,
    chainId,
    caps,
    isPrague: Fork.isAtLeast(fork, "Prague"),
    isOsaka: Fork.isAtLeast(fork, "Osaka"),
  };
}
