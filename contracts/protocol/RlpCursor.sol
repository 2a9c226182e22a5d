// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RlpItem} from "./RlpItem.sol";

/// @dev A read position in RLP. Once something read was not what was asked for, the position is
/// RlpItem.INVALID, and whatever is read is empty.
struct RlpCursor {
    bytes data;
    uint256 position;
    uint256 end;
}

using RlpReader for RlpCursor global;

/// @dev Reads the fields of a list one after the other without ever reverting.
library RlpReader {
    /// @dev A cursor over the items of the list that data[start:] is.
    function openList(
        bytes memory data,
        uint256 start
    ) internal pure returns (RlpCursor memory cursor) {
        cursor.data = data;
        (cursor.position, cursor.end) = RlpItem.listAt(data, start, data.length);
        if (cursor.end != data.length) invalidate(cursor);
    }

    /// @dev Whether every item was read, and each was what was asked for.
    function isFinished(RlpCursor memory cursor) internal pure returns (bool) {
        return cursor.position == cursor.end;
    }

    /// @dev Makes the cursor invalid.
    function invalidate(RlpCursor memory cursor) internal pure {
        cursor.position = RlpItem.INVALID;
        cursor.end = 0;
    }

    function isInvalid(RlpCursor memory cursor) internal pure returns (bool) {
        return cursor.position == RlpItem.INVALID;
    }

    /// @dev Reads a list: where its items start and end.
    function readList(RlpCursor memory cursor) internal pure returns (uint256 start, uint256 end) {
        (start, end) = RlpItem.listAt(cursor.data, cursor.position, cursor.end);
        cursor.position = end;
        if (end == RlpItem.INVALID) return (0, 0);
    }

    /// @dev Reads a byte string: where it starts and ends.
    function readBytes(RlpCursor memory cursor) internal pure returns (uint256 start, uint256 end) {
        bool isList;
        (isList, start, end) = RlpItem.itemAt(cursor.data, cursor.position, cursor.end);
        cursor.position = isList ? RlpItem.INVALID : end;
        if (isInvalid(cursor)) return (0, 0);
    }

    /// @dev Reads an integer of at most so many bytes, without leading zeros.
    function readInteger(
        RlpCursor memory cursor,
        uint256 maxBytes
    ) internal pure returns (uint256 value) {
        (value, cursor.position) = RlpItem.integerAt(
            cursor.data,
            cursor.position,
            cursor.end,
            maxBytes
        );
    }

    function readUint64(RlpCursor memory cursor) internal pure returns (uint64) {
        return uint64(readInteger(cursor, 8));
    }

    function readUint256(RlpCursor memory cursor) internal pure returns (uint256) {
        return readInteger(cursor, 32);
    }

    /// @dev Reads an address, or no bytes: then `isEmpty`.
    function readOptionalAddress(
        RlpCursor memory cursor
    ) internal pure returns (address value, bool isEmpty) {
        (uint256 start, uint256 end) = readBytes(cursor);
        if (start == end) return (address(0), true);
        if (end - start != 20) invalidate(cursor);
        else value = address(uint160(RlpItem.wordAt(cursor.data, start) >> 96));
    }
}
