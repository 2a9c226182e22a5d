// The base fee of a block (EIP-1559). Twin: contracts/protocol/BaseFee.sol.

/** What the base fee of a block follows from, in its parent. */
export type ParentFees = {
  readonly gasLimit: bigint;
  readonly gasUsed: bigint;
  readonly baseFee: bigint;
};

const ELASTICITY_MULTIPLIER = 2n;
const MAX_CHANGE_DENOMINATOR = 8n;

/** The base fee of the block after this parent. */
export function nextBaseFee(parent: ParentFees): bigint {
  const { gasUsed, baseFee } = parent;
  const target = parent.gasLimit / ELASTICITY_MULTIPLIER;
  if (gasUsed === target) return baseFee;
  if (gasUsed < target) {
    return baseFee - (baseFee * (target - gasUsed)) / target / MAX_CHANGE_DENOMINATOR;
  }
  const change = (baseFee * (gasUsed - target)) / target / MAX_CHANGE_DENOMINATOR;
  return baseFee + (change > 0n ? change : 1n);
}
