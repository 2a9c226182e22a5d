// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleTree} from "../merkle/MerkleTree.sol";
import {Witness} from "../merkle/Witness.sol";
import {checkPreimage} from "./Preimage.sol";
import {World} from "./World.sol";

/// @dev The logs of a transaction as a hash chain, and the bloom filter of the block. Twin: src/machine/logs.ts.
library Logs {
    bytes32 internal constant TAG_LOGS = keccak256("tribunal.logs");
    bytes32 internal constant TAG_LOG = keccak256("tribunal.log");
    uint256 internal constant PIECE_BYTES = 1024;
    uint256 internal constant BLOOM_BYTES = 256;

    /// @dev Appends an entry, of which `data` commits to its data. The bloom's bytes come from the witness.
    function append(
        World memory world,
        address self,
        uint256[] memory topics,
        uint64 size,
        bytes32 data,
        Witness memory witness
    ) internal pure {
        bytes32 entry = entryHashOf(self, uint8(topics.length), topicsHash(topics), size, data);
        world.logs = keccak256(abi.encode(TAG_LOGS, world.logs, entry));

        bytes memory bloom = witness.readBytesOf(BLOOM_BYTES);
        checkPreimage(world.bloom, keccak256(bloom));
        setBits(bloom, keccak256(abi.encodePacked(self)));
        for (uint256 i = 0; i < topics.length; i++) {
            setBits(bloom, keccak256(abi.encodePacked(topics[i])));
        }
        world.bloom = keccak256(bloom);
    }

    function entryHashOf(
        address self,
        uint8 topicCount,
        bytes32 topics,
        uint64 size,
        bytes32 data
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(TAG_LOG, self, topicCount, topics, size, data));
    }

    /// @dev The commitment to data followed by one more piece.
    function hashPiece(bytes32 data, bytes memory piece) internal pure returns (bytes32) {
        return MerkleTree.hashPair(data, keccak256(piece));
    }

    /// @dev The commitment to topics.
    function topicsHash(uint256[] memory topics) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(topics));
    }

    /// @dev Sets the three bits of an item (Yellow Paper, section 4.4.3).
    function setBits(bytes memory bloom, bytes32 itemHash) private pure {
        for (uint256 i = 0; i < 3; i++) {
            uint256 bit = (uint256(itemHash) >> (240 - 16 * i)) & 0x7ff;
            uint256 position = BLOOM_BYTES - 1 - bit / 8;
            bloom[position] |= bytes1(uint8(1 << (bit % 8)));
        }
    }
}
