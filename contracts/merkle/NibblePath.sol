// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Rlp} from "./Rlp.sol";

/// @dev At most 64 nibbles of a key, the first in the highest bits, zeros behind the last.
struct Path {
    uint256 nibbles;
    uint256 length;
}

using NibblePath for Path global;

/// @dev Pieces of a 32-byte key, nibble by nibble, and their hex-prefix encoding (Yellow Paper, appendix C).
/// Twin: src/merkle/nibblePath.ts.
library NibblePath {
    uint256 internal constant KEY_LENGTH = 64;

    error PathWithoutFlags();
    error PathFlagsUnknown(uint256 flags);
    error PathPaddingNotZero(uint256 padding);
    error PathTooLong(uint256 length);

    /// @dev What is left of a key from `depth` on.
    function fromKey(bytes32 key, uint256 depth) internal pure returns (Path memory) {
        return Path(uint256(key) << (4 * depth), KEY_LENGTH - depth);
    }

    /// @dev The path of one nibble.
    function single(uint256 nibble) internal pure returns (Path memory) {
        return Path(nibble << 252, 1);
    }

    function nibbleAt(Path memory path, uint256 index) internal pure returns (uint256) {
        return (path.nibbles << (4 * index)) >> 252;
    }

    function take(Path memory path, uint256 count) internal pure returns (Path memory) {
        return Path(path.nibbles & ~(type(uint256).max >> (4 * count)), count);
    }

    function skip(Path memory path, uint256 count) internal pure returns (Path memory) {
        return Path(path.nibbles << (4 * count), path.length - count);
    }

    function join(Path memory first, Path memory second) internal pure returns (Path memory) {
        uint256 nibbles = first.nibbles | (second.nibbles >> (4 * first.length));
        return Path(nibbles, first.length + second.length);
    }

    /// @dev How many nibbles two paths share from their starts.
    function sharedLength(Path memory left, Path memory right) internal pure returns (uint256) {
        uint256 shorter = Math.min(left.length, right.length);
        uint256 difference = left.nibbles ^ right.nibbles;
        if (difference == 0) return shorter;
        return Math.min(shorter, (255 - Math.log2(difference)) / 4);
    }

    /// @dev Whether the other path starts with this one.
    function isPrefixOf(Path memory path, Path memory other) internal pure returns (bool) {
        uint256 difference = path.nibbles ^ other.nibbles;
        return path.length <= other.length && difference >> (256 - 4 * path.length) == 0;
    }

    /// @dev Reads the hex-prefix string that lies in data[start, end).
    function decode(
        bytes memory data,
        uint256 start,
        uint256 end
    ) internal pure returns (bool isLeaf, Path memory path) {
        require(start < end, PathWithoutFlags());
        uint256 flags = uint8(data[start]) >> 4;
        uint256 next = uint8(data[start]) & 0x0f;
        require(flags < 4, PathFlagsUnknown(flags));
        isLeaf = flags >= 2;
        bool isOdd = flags % 2 == 1;
        require(isOdd || next == 0, PathPaddingNotZero(next));

        uint256 evenLength = 2 * (end - start - 1);
        path.length = isOdd ? evenLength + 1 : evenLength;
        require(path.length <= KEY_LENGTH, PathTooLong(path.length));
        uint256 rest = uint256(Rlp.wordAt(data, start + 1));
        rest &= ~(type(uint256).max >> (4 * evenLength));
        path.nibbles = isOdd ? (next << 252) | (rest >> 4) : rest;
    }

    function encode(Path memory path, bool isLeaf) internal pure returns (bytes memory hexPrefix) {
        bool isOdd = path.length % 2 == 1;
        uint256 flags = (isLeaf ? 0x20 : 0x00) | (isOdd ? 0x10 | path.nibbleAt(0) : 0);
        hexPrefix = abi.encodePacked(uint8(flags), isOdd ? path.nibbles << 4 : path.nibbles);
        uint256 length = 1 + path.length / 2;
        // hexPrefix.length = length, which Solidity forbids for arrays in memory
        assembly ("memory-safe") {
            mstore(hexPrefix, length)
        }
    }
}
