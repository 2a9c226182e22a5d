// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice One node of a dispute, in one slot.
struct Node {
    // Who made the move that created it; for a claim its game address, which names the proposer.
    address mover;
    uint40 createdAt;
    // The largest bottom-up timer computed so far, in seconds: a lower bound of the true one.
    uint40 timer;
    uint16 flags;
}

/// @notice Nodes that agree on everything before them and differ in what they claim, in one slot.
struct Cohort {
    uint32 count;
    // When the second node arrived: from then on time runs for none of them.
    uint40 secondAt;
    // For claims and for level-1 roots: when one of them won for good.
    uint40 confirmedAt;
    // For the children of a claim: the block they all end at, and the base fee that their movers are paid at.
    uint64 endBlock;
    uint64 baseFee;
}

/// @dev How long nodes stood unrivaled, in seconds. Twin: src/dispute/clock.ts.
library Clock {
    // The timer of a proven leaf. Sums stop here.
    uint40 internal constant FOREVER = type(uint40).max;

    // The node was the first of its cohort.
    uint16 internal constant FIRST = 1;
    uint16 internal constant BISECTED = 2;
    uint16 internal constant CLAIM = 4;
    // A claim that is confirmed, or a level-1 root that won under one.
    uint16 internal constant CONFIRMED = 8;
    // A level-1 root whose time was counted by the call that confirmed the claim above it.
    uint16 internal constant COUNTED = 16;
    // The mover has been paid for the move that created it, and the prover for the proof.
    uint16 internal constant REWARDED = 32;
    uint16 internal constant PROOF_REWARDED = 64;

    /// @dev Whether the node carries the flag.
    function has(Node memory node, uint16 flag) internal pure returns (bool) {
        return node.flags & flag != 0;
    }

    /// @dev How long the node has been alone in its cohort.
    function unrivaled(Node memory node, Cohort memory cohort) internal view returns (uint40) {
        if (!has(node, FIRST)) return 0;
        uint40 end = cohort.count > 1 ? cohort.secondAt : uint40(block.timestamp);
        return end - node.createdAt;
    }

    /// @dev The best known lower bound of the node's bottom-up timer; zero for a node that does not exist.
    function bottomUp(Node memory node, Cohort memory cohort) internal view returns (uint40) {
        uint40 alone = unrivaled(node, cohort);
        return alone > node.timer ? alone : node.timer;
    }

    /// @dev The sum of two timers, which stops at FOREVER.
    function add(uint40 left, uint40 right) internal pure returns (uint40) {
        uint256 sum = uint256(left) + right;
        return sum > FOREVER ? FOREVER : uint40(sum);
    }
}
