// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// keccak256(abi.encode(...)) of so many words, written behind the memory in use and not kept. abi.encode makes a `bytes` of
// them first, which is a quarter of what a channel's id takes.

/// @dev The hash of a word.
function hashWords(bytes32 a) pure returns (bytes32 result) {
    // result = keccak256(abi.encode(a))
    assembly ("memory-safe") {
        mstore(0x00, a)
        result := keccak256(0x00, 0x20)
    }
}

/// @dev The hash of five words.
function hashWords(
    bytes32 a,
    bytes32 b,
    bytes32 c,
    bytes32 d,
    bytes32 e
) pure returns (bytes32 result) {
    // result = keccak256(abi.encode(a, b, c, d, e))
    assembly ("memory-safe") {
        let free := mload(0x40)
        mstore(free, a)
        mstore(add(free, 0x20), b)
        mstore(add(free, 0x40), c)
        mstore(add(free, 0x60), d)
        mstore(add(free, 0x80), e)
        result := keccak256(free, 0xa0)
    }
}

/// @dev The hash of seven words.
function hashWords(
    bytes32 a,
    bytes32 b,
    bytes32 c,
    bytes32 d,
    bytes32 e,
    bytes32 f,
    bytes32 g
) pure returns (bytes32 result) {
    // result = keccak256(abi.encode(a, b, c, d, e, f, g))
    assembly ("memory-safe") {
        let free := mload(0x40)
        mstore(free, a)
        mstore(add(free, 0x20), b)
        mstore(add(free, 0x40), c)
        mstore(add(free, 0x60), d)
        mstore(add(free, 0x80), e)
        mstore(add(free, 0xa0), f)
        mstore(add(free, 0xc0), g)
        result := keccak256(free, 0xe0)
    }
}

/// @dev The hash of nine words.
function hashWords(
    bytes32 a,
    bytes32 b,
    bytes32 c,
    bytes32 d,
    bytes32 e,
    bytes32 f,
    bytes32 g,
    bytes32 h,
    bytes32 i
) pure returns (bytes32 result) {
    // result = keccak256(abi.encode(a, b, c, d, e, f, g, h, i))
    assembly ("memory-safe") {
        let free := mload(0x40)
        mstore(free, a)
        mstore(add(free, 0x20), b)
        mstore(add(free, 0x40), c)
        mstore(add(free, 0x60), d)
        mstore(add(free, 0x80), e)
        mstore(add(free, 0xa0), f)
        mstore(add(free, 0xc0), g)
        mstore(add(free, 0xe0), h)
        mstore(add(free, 0x100), i)
        result := keccak256(free, 0x120)
    }
}

/// @dev The word that abi.encode makes of an address.
function word(address value) pure returns (bytes32) {
    return bytes32(uint256(uint160(value)));
}

/// @dev The word that abi.encode makes of an unsigned integer.
function word(uint256 value) pure returns (bytes32) {
    return bytes32(value);
}

/// @dev The word that abi.encode makes of a signed integer.
function word(int256 value) pure returns (bytes32) {
    return bytes32(uint256(value));
}

/// @dev The word that abi.encode makes of a flag.
function word(bool value) pure returns (bytes32 result) {
    // result = bytes32(uint256(value ? 1 : 0))
    assembly ("memory-safe") {
        result := iszero(iszero(value))
    }
}

/// @dev The SHA-256 of a word.
function sha256Word(bytes32 value) view returns (bytes32 result) {
    // result = sha256(abi.encode(value)), without taking memory for it
    assembly ("memory-safe") {
        mstore(0x00, value)
        if iszero(staticcall(gas(), 0x02, 0x00, 0x20, 0x00, 0x20)) {
            revert(0x00, 0x00)
        }
        result := mload(0x00)
    }
}
