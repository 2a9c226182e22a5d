// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleTree} from "../merkle/MerkleTree.sol";

/// @dev The data of a transaction as a memory tree, and what they cost. No twin: src/machine/entryTransaction.ts has them whole.
library Calldata {
    uint256 private constant LOW_BITS =
        0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f;
    uint256 private constant ONES =
        0x0101010101010101010101010101010101010101010101010101010101010101;

    /// @dev The words of data[start:start + size], the last one zero-padded.
    function wordsOf(
        bytes memory data,
        uint256 start,
        uint256 size
    ) internal pure returns (bytes32[] memory words) {
        words = new bytes32[]((size + 31) / 32);
        // for (uint256 i = 0; i < size; i++) bytes(words)[i] = data[start + i];
        assembly ("memory-safe") {
            mcopy(add(words, 0x20), add(add(data, 0x20), start), size)
        }
    }

    /// @dev The root of the memory that holds the words; none is zero.
    function dataRoot(bytes32[] memory words) internal pure returns (bytes32) {
        if (words.length == 0) return 0;
        return MerkleTree.rootOf(words, MerkleTree.heightFor(words.length));
    }

    /// @dev How many of the `size` bytes in the words are zero.
    function dataZeroes(
        bytes32[] memory words,
        uint256 size
    ) internal pure returns (uint256 zeroes) {
        // No byte of the sum overflows, the product's top byte is the sum of all bytes, at most 32, and the
        // padding of the last word is zero.
        unchecked {
            for (uint256 i = 0; i < words.length; i++) {
                // The top bit of each byte of `marks` says that the byte of the word is zero.
                uint256 word = uint256(words[i]);
                uint256 marks = ~(((word & LOW_BITS) + LOW_BITS) | word | LOW_BITS);
                zeroes += ((marks >> 7) * ONES) >> 248;
            }
            zeroes -= words.length * 32 - size;
        }
    }
}
