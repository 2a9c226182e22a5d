// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleTree} from "../merkle/MerkleTree.sol";
import {Witness} from "../merkle/Witness.sol";
import {Frame} from "./Frame.sol";
import {checkPreimage} from "./Preimage.sol";

/// @dev The words of a memory tree that cover a byte range, checked against its root.
struct WordRange {
    // Index of the first word.
    uint256 start;
    uint256 height;
    bytes32[] leaves;
    bytes32[] siblings;
}

/// @dev Reads and writes of memory trees. Every access opens the words it covers: leaves, then siblings.
/// The frame has been grown to hold the range. Twin: src/machine/memory.ts.
library Memory {
    /// @dev Bytes of the frame's memory.
    function load(
        Frame memory frame,
        uint256 offset,
        uint256 size,
        Witness memory witness
    ) internal pure returns (bytes memory) {
        return loadFrom(frame.memoryRoot, frame.words, offset, size, witness);
    }

    /// @dev Bytes of any memory.
    function loadFrom(
        bytes32 root,
        uint256 words,
        uint256 offset,
        uint256 size,
        Witness memory witness
    ) internal pure returns (bytes memory) {
        if (size == 0) return "";
        WordRange memory range = openRange(root, words, offset, size, witness);
        return slice(range.leaves, offset % 32, size);
    }

    /// @dev The 32 bytes of the frame's memory at any offset.
    function loadWord(
        Frame memory frame,
        uint256 offset,
        Witness memory witness
    ) internal pure returns (uint256) {
        return uint256(bytes32(load(frame, offset, 32, witness)));
    }

    /// @dev Writes bytes to the frame's memory.
    function store(
        Frame memory frame,
        uint256 offset,
        bytes memory data,
        Witness memory witness
    ) internal pure {
        if (data.length == 0) return;
        WordRange memory range = openRange(
            frame.memoryRoot,
            frame.words,
            offset,
            data.length,
            witness
        );
        splice(range.leaves, offset % 32, data);
        frame.memoryRoot = MerkleTree.rangeRoot(
            range.leaves,
            range.start,
            range.height,
            range.siblings
        );
    }

    /// @dev Writes 32 bytes to the frame's memory at any offset.
    function storeWord(
        Frame memory frame,
        uint256 offset,
        uint256 value,
        Witness memory witness
    ) internal pure {
        store(frame, offset, abi.encodePacked(value), witness);
    }

    /// @dev Writes one byte to the frame's memory.
    function storeByte(
        Frame memory frame,
        uint256 offset,
        uint8 value,
        Witness memory witness
    ) internal pure {
        store(frame, offset, abi.encodePacked(value), witness);
    }

    /// @dev Gives a frame without memory these bytes, and zeros up to the next word.
    function fill(Frame memory frame, bytes memory data) internal pure {
        uint256 words = (data.length + 31) / 32;
        bytes32[] memory leaves = new bytes32[](words);
        splice(leaves, 0, data);
        // Bytes that lie in memory fill less than 2^32 words.
        frame.words = uint32(words);
        frame.memoryRoot = MerkleTree.rootOf(leaves, MerkleTree.heightFor(words));
    }

    /// @dev Opens the words that cover the bytes [offset, offset + size), of which there is at least one.
    function openRange(
        bytes32 root,
        uint256 words,
        uint256 offset,
        uint256 size,
        Witness memory witness
    ) internal pure returns (WordRange memory range) {
        range.start = offset / 32;
        range.height = MerkleTree.heightFor(words);
        uint256 count = (offset + size - 1) / 32 - range.start + 1;
        range.leaves = witness.readWords(count);
        range.siblings = witness.readWords(
            MerkleTree.siblingCount(range.start, count, range.height)
        );
        checkPreimage(
            root,
            MerkleTree.rangeRoot(range.leaves, range.start, range.height, range.siblings)
        );
    }

    /// @dev The bytes of the words from `skip` on. They lie in the words.
    function slice(
        bytes32[] memory words,
        uint256 skip,
        uint256 size
    ) private pure returns (bytes memory data) {
        assert(skip + size <= words.length * 32);
        data = new bytes(size);
        // for (uint256 i = 0; i < size; i++) data[i] = words[(skip + i) / 32][(skip + i) % 32];
        assembly ("memory-safe") {
            mcopy(add(data, 0x20), add(add(words, 0x20), skip), size)
        }
    }

    /// @dev Overwrites the bytes of the words from `skip` on.
    function splice(bytes32[] memory words, uint256 skip, bytes memory data) private pure {
        assert(skip + data.length <= words.length * 32);
        // for (uint256 i = 0; i < data.length; i++) words[(skip + i) / 32][(skip + i) % 32] = data[i];
        assembly ("memory-safe") {
            mcopy(add(add(words, 0x20), skip), add(data, 0x20), mload(data))
        }
    }
}
