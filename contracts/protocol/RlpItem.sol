// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Reads canonical RLP (Yellow Paper, appendix B) item by item without ever reverting. Each function
/// takes the item at `position` in data[:end] and returns the position behind it. What is not canonical, not
/// of the wanted kind or not there gives INVALID, and reading on from INVALID gives INVALID again, so that a
/// caller checks once, after the last item of a list.
library RlpItem {
    uint256 internal constant INVALID = type(uint256).max;

    uint256 private constant SHORT_STRING = 0x80;
    uint256 private constant SHORT_LIST = 0xc0;
    uint256 private constant LENGTH_MASK = 0x3f;
    uint256 private constant MAX_SHORT_LENGTH = 55;

    /// @dev Any item: its payload is data[start:next].
    function itemAt(
        bytes memory data,
        uint256 position,
        uint256 end
    ) internal pure returns (bool isList, uint256 start, uint256 next) {
        if (position >= end) return (false, end, INVALID);
        uint256 word = wordAt(data, position);
        uint256 prefix = word >> 248;
        // Positions are below 2^64, and so are lengths: at most 8 bytes.
        unchecked {
            if (prefix < SHORT_STRING) return (false, position, position + 1);

            isList = prefix >= SHORT_LIST;
            uint256 length = prefix & LENGTH_MASK;
            word <<= 8;
            start = position + 1;
            if (length > MAX_SHORT_LENGTH) {
                uint256 lengthBytes = length - MAX_SHORT_LENGTH;
                length = word >> (256 - 8 * lengthBytes);
                start += lengthBytes;
                bool hasLeadingZero = word >> 248 == 0;
                if (hasLeadingZero || length <= MAX_SHORT_LENGTH) return (isList, end, INVALID);
            } else if (length == 1 && !isList && word >> 248 < SHORT_STRING) {
                return (isList, end, INVALID); // the byte stands for itself
            }
            next = start + length;
            if (next > end) return (isList, end, INVALID);
        }
    }

    /// @dev A list: its items are in data[start:next].
    function listAt(
        bytes memory data,
        uint256 position,
        uint256 end
    ) internal pure returns (uint256 start, uint256 next) {
        bool isList;
        (isList, start, next) = itemAt(data, position, end);
        if (!isList) return (end, INVALID);
    }

    /// @dev An integer of at most so many bytes, without leading zeros.
    function integerAt(
        bytes memory data,
        uint256 position,
        uint256 end,
        uint256 maxBytes
    ) internal pure returns (uint256 value, uint256 next) {
        if (position >= end) return (0, INVALID);
        unchecked {
            // The shortest integers are also the most numerous: one byte, which is the whole item.
            uint256 prefix = wordAt(data, position) >> 248;
            if (prefix == SHORT_STRING) return (0, position + 1);
            if (prefix < SHORT_STRING) return prefix == 0 ? (0, INVALID) : (prefix, position + 1);

            bool isList;
            uint256 start;
            (isList, start, next) = itemAt(data, position, end);
            if (isList || next == INVALID) return (0, INVALID);
            uint256 length = next - start;
            uint256 word = wordAt(data, start);
            bool hasLeadingZero = word >> 248 == 0;
            if (hasLeadingZero || length > maxBytes) return (0, INVALID);
            value = word >> (256 - 8 * length);
        }
    }

    /// @dev A byte string of exactly `length` bytes, 2 to 55 of them, and the word that starts there. Such a
    /// string has one encoding.
    function fixedAt(
        bytes memory data,
        uint256 position,
        uint256 end,
        uint256 length
    ) internal pure returns (uint256 word, uint256 next) {
        if (position >= end) return (0, INVALID);
        unchecked {
            next = position + 1 + length;
            if (next > end || wordAt(data, position) >> 248 != SHORT_STRING + length) {
                return (0, INVALID);
            }
            word = wordAt(data, position + 1);
        }
    }

    /// @dev The 32 bytes at an offset; what lies behind the data is of no meaning.
    function wordAt(bytes memory data, uint256 offset) internal pure returns (uint256 word) {
        // word = uint256(bytes32(data[offset:offset + 32]))
        assembly ("memory-safe") {
            word := mload(add(add(data, 0x20), offset))
        }
    }
}
