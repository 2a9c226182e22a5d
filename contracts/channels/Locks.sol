// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A conditional payment inside a state: to its payee if its record stands in time, else to its payer.
/// @dev Twin: src/channels/locks.ts. A list is packed, 56 bytes a lock, fields in this order.
struct Lock {
    // What opens it; a kind that is neither of the two below never opens.
    uint8 kind;
    // The index of its asset in the state; where there is none, the lock moves nothing.
    uint8 asset;
    bool aToB;
    // The last second at which its record may have been made.
    uint40 expiry;
    uint128 amount;
    // HASH: the SHA-256 of the secret. CHANNEL: the id of the channel whose outcome it pays.
    bytes32 key;
}

/// @notice What opens a lock: when it was recorded, zero for never, and how much it opens.
struct LockRecord {
    uint40 time;
    uint256 amount;
}

/// @dev Reading packed locks, and who gets them.
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

    /// @dev One lock of the list.
    function lockAt(bytes calldata packed, uint256 index) internal pure returns (Lock memory lock) {
        bytes calldata fields = packed[index * LOCK_BYTES:(index + 1) * LOCK_BYTES];
        lock.kind = uint8(fields[0]);
        lock.asset = uint8(fields[1]);
        lock.aToB = fields[2] != 0;
        lock.expiry = uint40(bytes5(fields[3:8]));
        lock.amount = uint128(bytes16(fields[8:24]));
        lock.key = bytes32(fields[24:56]);
    }

    /// @dev What the lock pays its payee; the rest of it is its payer's. Reverts while that is open.
    function payment(
        Lock memory lock,
        LockRecord memory record,
        uint256 time
    ) internal pure returns (uint256) {
        if (record.time != 0 && record.time <= lock.expiry) {
            return record.amount < lock.amount ? record.amount : lock.amount;
        }
        require(time > lock.expiry, LockPending(lock.key, lock.expiry));
        return 0;
    }
}
