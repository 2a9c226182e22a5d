// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev A read position in a byte stream that lies in calldata.
struct Witness {
    uint256 position; // offset of the next byte in calldata
    uint256 end; // offset behind the last byte
}

using WitnessReader for Witness global;

/// @dev The layout of a witness: integers big-endian in their own size, byte strings behind a 3-byte
/// length, nothing between. Whatever is read is untrusted. Twin: src/merkle/witness.ts.
library WitnessReader {
    error WitnessTooShort(uint256 needed, uint256 remaining);
    error TrailingWitness(uint256 remaining);

    /// @dev A witness at its first byte.
    function open(bytes calldata data) internal pure returns (Witness memory witness) {
        uint256 start;
        // start = data.offset, which only assembly can name
        assembly ("memory-safe") {
            start := data.offset
        }
        witness.position = start;
        witness.end = start + data.length;
    }

    /// @dev How many bytes are still unread.
    function remaining(Witness memory witness) internal pure returns (uint256) {
        return witness.end - witness.position;
    }

    function readUint8(Witness memory witness) internal pure returns (uint8) {
        return uint8(uint256(wordAt(advance(witness, 1))) >> 248);
    }

    function readUint16(Witness memory witness) internal pure returns (uint16) {
        return uint16(uint256(wordAt(advance(witness, 2))) >> 240);
    }

    function readUint24(Witness memory witness) internal pure returns (uint24) {
        return uint24(uint256(wordAt(advance(witness, 3))) >> 232);
    }

    function readUint32(Witness memory witness) internal pure returns (uint32) {
        return uint32(uint256(wordAt(advance(witness, 4))) >> 224);
    }

    function readUint64(Witness memory witness) internal pure returns (uint64) {
        return uint64(uint256(wordAt(advance(witness, 8))) >> 192);
    }

    function readUint256(Witness memory witness) internal pure returns (uint256) {
        return uint256(wordAt(advance(witness, 32)));
    }

    function readBytes32(Witness memory witness) internal pure returns (bytes32) {
        return wordAt(advance(witness, 32));
    }

    function readAddress(Witness memory witness) internal pure returns (address) {
        return address(uint160(uint256(wordAt(advance(witness, 20))) >> 96));
    }

    /// @dev A byte string behind its 3-byte length.
    function readBytes(Witness memory witness) internal pure returns (bytes memory) {
        return readBytesOf(witness, readUint24(witness));
    }

    /// @dev A byte string whose length the caller knows.
    function readBytesOf(
        Witness memory witness,
        uint256 length
    ) internal pure returns (bytes memory) {
        uint256 position = advance(witness, length);
        return msg.data[position:position + length];
    }

    /// @dev So many 32-byte words.
    function readWords(
        Witness memory witness,
        uint256 count
    ) internal pure returns (bytes32[] memory words) {
        uint256 position = advance(witness, count * 32);
        words = new bytes32[](count);
        // for (uint256 i = 0; i < count; i++) words[i] = wordAt(position + 32 * i);
        assembly ("memory-safe") {
            calldatacopy(add(words, 0x20), position, shl(5, count))
        }
    }

    /// @dev Reverts unless every byte was read.
    function finish(Witness memory witness) internal pure {
        require(witness.position == witness.end, TrailingWitness(remaining(witness)));
    }

    function advance(
        Witness memory witness,
        uint256 length
    ) private pure returns (uint256 position) {
        uint256 left = remaining(witness);
        require(length <= left, WitnessTooShort(length, left));
        position = witness.position;
        witness.position = position + length;
    }

    function wordAt(uint256 position) private pure returns (bytes32 word) {
        // word = bytes32(msg.data[position:position + 32]), with zeros past the end of calldata
        assembly ("memory-safe") {
            word := calldataload(position)
        }
    }
}
