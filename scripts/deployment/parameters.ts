// What the deployer of a rollup chooses: production values, and values for a chain on one's own machine.
import { parseEther } from "viem";

export type Parameters = {
  readonly chainId: bigint;
  /** Seconds a deposit may wait and the sequencer may be silent. */
  readonly inboxWindow: bigint;
  /** Seconds of unrivaled time that confirm a claim. */
  readonly timeout: bigint;
  readonly claimBond: bigint;
  readonly refinementBond: bigint;
  /** Seconds between proof and payment of a withdrawal, and between confirmation and payment. */
  readonly proofMaturity: bigint;
  readonly finalityDelay: bigint;
};

const HOUR = 3_600n;
const DAY = 24n * HOUR;

/** On a public L1: docs/protocol-dispute.md says why. */
export const PRODUCTION: Parameters = {
  chainId: 42_069n,
  inboxWindow: 12n * HOUR,
  timeout: 7n * DAY,
  claimBond: parseEther("4"),
  refinementBond: parseEther("2.1"),
  proofMaturity: 60n,
  finalityDelay: 0n,
};

/** On a local L1: minutes instead of days. */
export const DEVELOPMENT: Parameters = {
  ...PRODUCTION,
  inboxWindow: 600n,
  timeout: 300n,
  claimBond: parseEther("0.5"),
  refinementBond: parseEther("0.2"),
  proofMaturity: 5n,
};
