// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev The base fee of a block (EIP-1559). Twin: src/protocol/baseFee.ts.
library BaseFee {
    uint256 internal constant ELASTICITY_MULTIPLIER = 2;
    uint256 internal constant MAX_CHANGE_DENOMINATOR = 8;

    /// @dev The base fee of the block after a parent of these figures.
    function nextBaseFee(
        uint64 gasLimit,
        uint64 gasUsed,
        uint256 baseFee
    ) internal pure returns (uint256) {
        uint256 target = gasLimit / ELASTICITY_MULTIPLIER;
        if (gasUsed == target) return baseFee;
        if (gasUsed < target) {
            return baseFee - (baseFee * (target - gasUsed)) / target / MAX_CHANGE_DENOMINATOR;
        }
        uint256 change = (baseFee * (gasUsed - target)) / target / MAX_CHANGE_DENOMINATOR;
        return baseFee + (change > 0 ? change : 1);
    }
}
