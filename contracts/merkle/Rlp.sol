// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";

/// @dev The items of one list, read from front to back.
struct RlpList {
    bytes data;
    uint256 position; // of the next item in data
    uint256 end; // behind the last item
}

using Rlp for RlpList global;

/// @dev Recursive length prefix (Yellow Paper, appendix B): the canonical form only. Lists are read in
/// place; strings are copied out. Twin: src/primitives/rlp.ts.
library Rlp {
    uint256 internal constant SHORT_STRING = 0x80;
    uint256 internal constant SHORT_LIST = 0xc0;
    uint256 internal constant MAX_SHORT_LENGTH = 55;

    error RlpTruncated(uint256 position, uint256 needed, uint256 remaining);
    error RlpTrailingBytes(uint256 end, uint256 length);
    error RlpWrappedByte(uint256 position);
    error RlpLengthLeadingZero(uint256 position);
    error RlpOverlongLength(uint256 position, uint256 length);
    error RlpIntegerLeadingZero(uint256 position);
    error RlpExpectedString(uint256 position);
    error RlpExpectedList(uint256 position);
    error RlpWrongStringLength(uint256 expected, uint256 actual);
    error RlpIntegerTooLarge(uint256 bits, uint256 length);

    /// @dev The list that fills `data` from its first byte to its last.
    function openList(bytes memory data) internal pure returns (RlpList memory) {
        (bool isList, uint256 start, uint256 end) = readHeader(data, 0, data.length);
        require(isList, RlpExpectedList(0));
        require(end == data.length, RlpTrailingBytes(end, data.length));
        return RlpList(data, start, end);
    }

    /// @dev Whether items are left.
    function hasNext(RlpList memory list) internal pure returns (bool) {
        return list.position < list.end;
    }

    /// @dev Reverts unless every item was read.
    function finish(RlpList memory list) internal pure {
        require(list.position == list.end, RlpTrailingBytes(list.position, list.end));
    }

    function nextList(RlpList memory list) internal pure returns (RlpList memory) {
        uint256 position = list.position;
        (bool isList, uint256 start, uint256 end) = readHeader(list.data, position, list.end);
        require(isList, RlpExpectedList(position));
        list.position = end;
        return RlpList(list.data, start, end);
    }

    function nextBytes(RlpList memory list) internal pure returns (bytes memory) {
        (uint256 start, uint256 end) = nextString(list);
        return Bytes.slice(list.data, start, end);
    }

    function nextBytes32(RlpList memory list) internal pure returns (bytes32) {
        (uint256 start, uint256 end) = nextString(list);
        require(end - start == 32, RlpWrongStringLength(32, end - start));
        return wordAt(list.data, start);
    }

    function nextAddress(RlpList memory list) internal pure returns (address) {
        (uint256 start, uint256 end) = nextString(list);
        require(end - start == 20, RlpWrongStringLength(20, end - start));
        return address(uint160(uint256(wordAt(list.data, start)) >> 96));
    }

    function nextUint256(RlpList memory list) internal pure returns (uint256) {
        return nextInteger(list, 256);
    }

    function nextUint64(RlpList memory list) internal pure returns (uint64) {
        return uint64(nextInteger(list, 64));
    }

    /// @dev Where the payload lies of the item at `position`, which must end at or before `limit`.
    function readHeader(
        bytes memory data,
        uint256 position,
        uint256 limit
    ) internal pure returns (bool isList, uint256 start, uint256 end) {
        require(position < limit, RlpTruncated(position, 1, limit - position));
        uint256 prefix = byteAt(data, position);
        // Positions are below the limit, and a prefix adds 63 or eight bytes of length at most.
        unchecked {
            if (prefix < SHORT_STRING) return (false, position, position + 1);

            isList = prefix >= SHORT_LIST;
            start = position + 1;
            uint256 length = prefix - (isList ? SHORT_LIST : SHORT_STRING);
            if (length > MAX_SHORT_LENGTH) {
                (start, length) = readLongLength(data, start, limit, length - MAX_SHORT_LENGTH);
            }
            end = start + length;
            require(end <= limit, RlpTruncated(start, length, limit - start));
        }
        require(prefix != 0x81 || byteAt(data, start) >= SHORT_STRING, RlpWrappedByte(position));
    }

    function encodeBytes(bytes memory value) internal pure returns (bytes memory) {
        if (value.length == 1 && uint8(value[0]) < SHORT_STRING) return value;
        return bytes.concat(header(SHORT_STRING, value.length), value);
    }

    /// @dev The integer as a string without leading zeros; zero is the empty string.
    function encodeUint(uint256 value) internal pure returns (bytes memory) {
        uint256 length = byteLength(value);
        return encodeBytes(Bytes.slice(abi.encodePacked(value), 32 - length));
    }

    function encodeBytes32(bytes32 value) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(SHORT_STRING + 32), value);
    }

    function encodeAddress(address value) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(SHORT_STRING + 20), value);
    }

    /// @dev The list of items that are already encoded, one behind the other.
    function encodeList(bytes memory encodedItems) internal pure returns (bytes memory) {
        return bytes.concat(listHeader(encodedItems.length), encodedItems);
    }

    /// @dev What stands before the encoded items of a list, given their length.
    function listHeader(uint256 length) internal pure returns (bytes memory) {
        return header(SHORT_LIST, length);
    }

    function nextString(RlpList memory list) private pure returns (uint256 start, uint256 end) {
        uint256 position = list.position;
        bool isList;
        (isList, start, end) = readHeader(list.data, position, list.end);
        require(!isList, RlpExpectedString(position));
        list.position = end;
    }

    function nextInteger(RlpList memory list, uint256 bits) private pure returns (uint256) {
        uint256 position = list.position;
        (uint256 start, uint256 end) = nextString(list);
        if (start == end) return 0;
        require(list.data[start] != 0, RlpIntegerLeadingZero(position));
        require(end - start <= bits / 8, RlpIntegerTooLarge(bits, end - start));
        return uint256(wordAt(list.data, start)) >> (256 - 8 * (end - start));
    }

    /// @dev A length of more than 55 that takes `size` bytes at `position`, and where it ends.
    function readLongLength(
        bytes memory data,
        uint256 position,
        uint256 limit,
        uint256 size
    ) private pure returns (uint256 start, uint256 length) {
        start = position + size;
        require(start <= limit, RlpTruncated(position, size, limit - position));
        require(data[position] != 0, RlpLengthLeadingZero(position - 1));
        length = uint256(wordAt(data, position)) >> (256 - 8 * size);
        require(length > MAX_SHORT_LENGTH, RlpOverlongLength(position - 1, length));
    }

    function header(uint256 base, uint256 length) private pure returns (bytes memory) {
        if (length <= MAX_SHORT_LENGTH) return abi.encodePacked(uint8(base + length));
        uint256 longBase = base + MAX_SHORT_LENGTH;
        if (length < 1 << 8) return abi.encodePacked(uint8(longBase + 1), uint8(length));
        if (length < 1 << 16) return abi.encodePacked(uint8(longBase + 2), uint16(length));
        assert(length < 1 << 24); // no memory holds more
        return abi.encodePacked(uint8(longBase + 3), uint24(length));
    }

    function byteLength(uint256 value) private pure returns (uint256 length) {
        for (; value > 0; value >>= 8) length++;
    }

    function byteAt(bytes memory data, uint256 position) private pure returns (uint256) {
        return uint256(wordAt(data, position)) >> 248;
    }

    /// @dev The 32 bytes at `position`; what is read past the end of `data` is not defined.
    function wordAt(bytes memory data, uint256 position) internal pure returns (bytes32 word) {
        // word = bytes32(data[position:position + 32]), which Solidity has for calldata only
        assembly ("memory-safe") {
            word := mload(add(add(data, 0x20), position))
        }
    }
}
