// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {positionOf} from "./CalldataWord.sol";
import {PackedLock} from "./PackedLock.sol";

/// @notice What opens a lock: when it was recorded, zero for never, and how much it opens.
struct LockRecord {
    uint40 time;
    uint256 amount;
}

/// @dev Reading packed locks, and who gets them. Twin: src/channels/locks.ts.
library Locks {
    uint8 internal constant KIND_HASH = 0;
    uint8 internal constant KIND_CHANNEL = 1;
    uint256 internal constant LOCK_BYTES = 56;

    error LocksNotInState(bytes32 expected, bytes32 actual);
    error LocksMalformed(uint256 length);
    error LockPending(bytes32 key, uint40 expiry);

    /// @dev What a state names its locks by.
    function hash(bytes calldata packed) internal pure returns (bytes32) {
        return packed.length == 0 ? bytes32(0) : keccak256(packed);
    }

    /// @dev The list is the one that a state names.
    function requireHash(bytes calldata packed, bytes32 expected) internal pure {
        bytes32 actual = hash(packed);
        require(actual == expected, LocksNotInState(expected, actual));
    }

    /// @dev How many locks the list holds.
    function count(bytes calldata packed) internal pure returns (uint256) {
        require(packed.length % LOCK_BYTES == 0, LocksMalformed(packed.length));
        return packed.length / LOCK_BYTES;
    }

    /// @dev One lock of the list; the index is below their number.
    function lockAt(bytes calldata packed, uint256 index) internal pure returns (PackedLock) {
        unchecked {
            // It lies in calldata.
            return PackedLock.wrap(positionOf(packed) + index * LOCK_BYTES);
        }
    }

    /// @dev What the lock pays its payee; the rest of it is its payer's. Reverts while that is open.
    function payment(
        PackedLock lock,
        LockRecord memory record,
        uint256 time
    ) internal pure returns (uint256) {
        if (record.time != 0 && record.time <= lock.expiry()) {
            return record.amount < lock.amount() ? record.amount : lock.amount();
        }
        require(time > lock.expiry(), LockPending(lock.key(), lock.expiry()));
        return 0;
    }
}
