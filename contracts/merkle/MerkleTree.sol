// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @dev Binary Keccak trees of 2^height leaves of 32 bytes. A leaf is taken as it is, an inner node is
/// keccak256(left, right), and leaves never written are zero. Twin: src/merkle/merkleTree.ts.
library MerkleTree {
    error LeavesOutOfRange(uint256 start, uint256 count, uint256 height);
    error WrongSiblingCount(uint256 expected, uint256 actual);

    /// @dev The root of a tree whose leaves are all zero.
    function zero(uint256 height) internal pure returns (bytes32 root) {
        for (uint256 level = 0; level < height; level++) {
            root = hashPair(root, root);
        }
    }

    /// @dev The smallest height whose tree holds so many words.
    function heightFor(uint256 words) internal pure returns (uint256) {
        return Math.log2(words, Math.Rounding.Ceil);
    }

    /// @dev The root after doubling the tree, zeros on the right, until it has the greater height.
    function grow(
        bytes32 root,
        uint256 fromHeight,
        uint256 toHeight
    ) internal pure returns (bytes32) {
        bytes32 padding = zero(fromHeight);
        for (uint256 level = fromHeight; level < toHeight; level++) {
            root = hashPair(root, padding);
            padding = hashPair(padding, padding);
        }
        return root;
    }

    /// @dev The root of the tree that starts with these leaves and is zero behind them.
    function rootOf(bytes32[] memory leaves, uint256 height) internal pure returns (bytes32) {
        uint256 count = leaves.length;
        require(count <= 1 << height, LeavesOutOfRange(0, count, height));
        if (count == 0) return zero(height);

        bytes32[] memory row = rowOf(leaves);
        bytes32 padding;
        for (uint256 level = 0; level < height; level++) {
            if (count % 2 == 1) row[1 + count] = padding;
            count = (count + 1) / 2;
            hashPairs(row, 1, count);
            padding = hashPair(padding, padding);
        }
        return row[1];
    }

    /// @dev How many siblings open the leaves [start, start + count).
    function siblingCount(
        uint256 start,
        uint256 count,
        uint256 height
    ) internal pure returns (uint256 siblings) {
        require(
            count != 0 && start < 1 << height && count <= (1 << height) - start,
            LeavesOutOfRange(start, count, height)
        );

        uint256 first = start;
        uint256 last = start + count - 1;
        for (uint256 level = 0; level < height; level++) {
            if (first % 2 == 1) siblings++;
            if (last % 2 == 0) siblings++;
            first /= 2;
            last /= 2;
        }
    }

    /// @dev The root of the tree that holds these leaves from `start` on. Siblings go bottom up, the left
    /// one before the right one; the same siblings with other leaves give the root after a replacement.
    function rangeRoot(
        bytes32[] memory leaves,
        uint256 start,
        uint256 height,
        bytes32[] memory siblings
    ) internal pure returns (bytes32) {
        uint256 expected = siblingCount(start, leaves.length, height);
        require(siblings.length == expected, WrongSiblingCount(expected, siblings.length));

        bytes32[] memory row = rowOf(leaves);
        uint256 first = start;
        uint256 last = start + leaves.length - 1;
        uint256 used = 0;
        for (uint256 level = 0; level < height; level++) {
            uint256 begin = 1 - (first % 2);
            if (first % 2 == 1) row[0] = siblings[used++];
            if (last % 2 == 0) row[last - first + 2] = siblings[used++];

            first /= 2;
            last /= 2;
            hashPairs(row, begin, last - first + 1);
        }
        return row[1];
    }

    /// @dev The leaves with one spare slot before them, for a left sibling, and one behind, for a right one.
    function rowOf(bytes32[] memory leaves) private pure returns (bytes32[] memory row) {
        row = new bytes32[](leaves.length + 2);
        // for (uint256 i = 0; i < leaves.length; i++) row[1 + i] = leaves[i];
        assembly ("memory-safe") {
            mcopy(add(row, 0x40), add(leaves, 0x20), shl(5, mload(leaves)))
        }
    }

    /// @dev Hashes the pairs that begin at row[begin] (0 or 1) into row[1], row[2] and so on.
    function hashPairs(bytes32[] memory row, uint256 begin, uint256 pairs) private pure {
        // for (uint256 i = 0; i < pairs; i++) row[1 + i] = hashPair(row[begin + 2 * i], row[begin + 2 * i + 1]);
        assembly ("memory-safe") {
            let source := add(add(row, 0x20), shl(5, begin))
            let target := add(row, 0x40)
            for {
                let end := add(target, shl(5, pairs))
            } lt(target, end) {
                target := add(target, 0x20)
                source := add(source, 0x40)
            } {
                mstore(target, keccak256(source, 0x40))
            }
        }
    }

    /// @dev The inner node above two nodes.
    function hashPair(bytes32 left, bytes32 right) internal pure returns (bytes32 node) {
        // node = keccak256(abi.encodePacked(left, right));
        assembly ("memory-safe") {
            mstore(0x00, left)
            mstore(0x20, right)
            node := keccak256(0x00, 0x40)
        }
    }
}
