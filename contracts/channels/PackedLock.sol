// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {wordAt} from "./CalldataWord.sol";

/// @notice A conditional payment inside a state: to its payee if its record stands in time, else to its payer. 56 bytes where it
/// stands in calldata: kind 1, asset 1, aToB 1, expiry 5, amount 16, key 32. Field order is consensus.
/// @dev Only Locks makes one, and checks that all of it is there.
type PackedLock is uint256;

using {kind, asset, aToB, expiry, amount, key} for PackedLock global;

/// @dev What opens it; a kind that Locks does not name never opens.
function kind(PackedLock lock) pure returns (uint8) {
    return uint8(bytes1(wordAt(PackedLock.unwrap(lock), 0)));
}

/// @dev The index of its asset in the state; where there is none, the lock moves nothing.
function asset(PackedLock lock) pure returns (uint8) {
    return uint8(bytes1(wordAt(PackedLock.unwrap(lock), 1)));
}

function aToB(PackedLock lock) pure returns (bool) {
    return bytes1(wordAt(PackedLock.unwrap(lock), 2)) != 0;
}

/// @dev The last second at which its record may have been made.
function expiry(PackedLock lock) pure returns (uint40) {
    return uint40(bytes5(wordAt(PackedLock.unwrap(lock), 3)));
}

function amount(PackedLock lock) pure returns (uint128) {
    return uint128(bytes16(wordAt(PackedLock.unwrap(lock), 8)));
}

/// @dev HASH: the SHA-256 of the secret. CHANNEL: the id of the channel whose outcome it pays.
function key(PackedLock lock) pure returns (bytes32) {
    return wordAt(PackedLock.unwrap(lock), 24);
}
