// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev The 32 bytes of calldata from an offset behind a position on, with zeros past its end. Whoever asks has checked what
/// of that is its own, so the sum is below the length of calldata.
function wordAt(uint256 position, uint256 offset) pure returns (bytes32 word) {
    // word = bytes32(msg.data[position + offset:position + offset + 32])
    assembly ("memory-safe") {
        word := calldataload(add(position, offset))
    }
}

/// @dev Where a slice of calldata begins.
function positionOf(bytes calldata slice) pure returns (uint256 position) {
    // position, for which slice = msg.data[position:position + slice.length]
    assembly ("memory-safe") {
        position := slice.offset
    }
}

/// @dev What follows so many bytes of a slice that is known to have them.
function skip(bytes calldata slice, uint256 length) pure returns (bytes calldata rest) {
    // rest = slice[length:]
    assembly ("memory-safe") {
        rest.offset := add(slice.offset, length)
        rest.length := sub(slice.length, length)
    }
}

/// @dev A slice of calldata. Whoever asks has checked that it lies inside.
function sliceAt(uint256 position, uint256 length) pure returns (bytes calldata slice) {
    // slice = msg.data[position:position + length]
    assembly ("memory-safe") {
        slice.offset := position
        slice.length := length
    }
}
