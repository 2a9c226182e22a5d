// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleTree} from "../merkle/MerkleTree.sol";
import {Witness} from "../merkle/Witness.sol";
import {LogCursor} from "./Cursor.sol";
import {checkPreimage} from "./Preimage.sol";
import {World} from "./World.sol";

/// @dev The logs of a transaction as a hash chain, and the bloom filter of the block. Twin: src/machine/logs.ts.
library Logs {
    bytes32 internal constant TAG_LOGS = keccak256("tribunal.logs");
    bytes32 internal constant TAG_LOG = keccak256("tribunal.log");
    uint256 internal constant PIECE_BYTES = 1024;
    uint256 internal constant BLOOM_BYTES = 256;

    /// @dev Appends an entry to the chain.
    function append(World memory world, bytes32 entry) internal pure {
        world.logs = keccak256(abi.encode(TAG_LOGS, world.logs, entry));
    }

    /// @dev Reads the block's bloom filter, of which the world knows the hash.
    function openBloom(
        World memory world,
        Witness memory witness
    ) internal pure returns (bytes memory bloom) {
        bloom = witness.readBytesOf(BLOOM_BYTES);
        checkPreimage(world.bloom, keccak256(bloom));
    }

    /// @dev Adds an entry's address and topics to the bloom filter.
    function addToBloom(
        World memory world,
        bytes memory bloom,
        address self,
        bytes32[] memory topics
    ) internal pure {
        setBits(bloom, keccak256(abi.encodePacked(self)));
        for (uint256 i = 0; i < topics.length; i++) {
            setBits(bloom, keccak256(abi.encodePacked(topics[i])));
        }
        world.bloom = keccak256(bloom);
    }

    /// @dev The commitment to a log whose data are hashed.
    function entryHashOf(LogCursor memory log) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(TAG_LOG, log.self, log.topicCount, log.topics, log.size, log.data)
            );
    }

    /// @dev The commitment to data followed by one more piece.
    function hashPiece(bytes32 data, bytes memory piece) internal pure returns (bytes32) {
        return MerkleTree.hashPair(data, keccak256(piece));
    }

    /// @dev The commitment to topics.
    function topicsHash(bytes32[] memory topics) internal pure returns (bytes32) {
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
