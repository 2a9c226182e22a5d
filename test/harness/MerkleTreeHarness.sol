// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleTree} from "../../contracts/merkle/MerkleTree.sol";

/// @dev Opens MerkleTree to tests, beside the same rules written without assembly.
contract MerkleTreeHarness {
    function zero(uint256 height) external pure returns (bytes32) {
        return MerkleTree.zero(height);
    }

    function heightFor(uint256 words) external pure returns (uint256) {
        return MerkleTree.heightFor(words);
    }

    function grow(bytes32 root, uint256 from, uint256 to) external pure returns (bytes32) {
        return MerkleTree.grow(root, from, to);
    }

    function rootOf(bytes32[] memory leaves, uint256 height) external pure returns (bytes32) {
        return MerkleTree.rootOf(leaves, height);
    }

    function rootOfCost(uint256 leaves, uint256 height) external view returns (uint256) {
        bytes32[] memory row = new bytes32[](leaves);
        uint256 before = gasleft();
        MerkleTree.rootOf(row, height);
        return before - gasleft();
    }

    function siblingCount(
        uint256 start,
        uint256 count,
        uint256 height
    ) external pure returns (uint256) {
        return MerkleTree.siblingCount(start, count, height);
    }

    function rangeRoot(
        bytes32[] memory leaves,
        uint256 start,
        uint256 height,
        bytes32[] memory siblings
    ) external pure returns (bytes32) {
        return MerkleTree.rangeRoot(leaves, start, height, siblings);
    }

    /// @dev rootOf in plain Solidity: every padding leaf is there and hashed.
    function plainRootOf(bytes32[] memory leaves, uint256 height) external pure returns (bytes32) {
        bytes32[] memory row = new bytes32[](1 << height);
        for (uint256 i = 0; i < leaves.length; i++) row[i] = leaves[i];
        for (uint256 width = row.length / 2; width > 0; width /= 2) {
            for (uint256 i = 0; i < width; i++) {
                row[i] = keccak256(abi.encodePacked(row[2 * i], row[2 * i + 1]));
            }
        }
        return row[0];
    }
}
