// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PackedHead, packHead} from "./PackedHead.sol";

/// @notice What the adjudicator remembers of a dispute, in one slot: 8 + 5 + 1 + 4 + 14 bytes.
/// @dev Twin: src/channels/head.ts.
struct Head {
    uint64 version;
    // When the clock ends, zero where none has started. It stays once it has ended.
    uint40 deadline;
    uint8 flags;
    // How many moves have been forced since the last state that both stand by.
    uint32 moves;
    // What A has paid B of the main asset, where that is all there is to know.
    int112 net;
}

/// @dev When a state may enter a dispute, and what ends one.
library Heads {
    // B challenged; A where this is not set.
    uint8 internal constant CHALLENGER_B = 1;
    // The state on record pays by `net` alone.
    uint8 internal constant SIMPLE = 2;
    // The challenge carried a bond, which is still held.
    uint8 internal constant BONDED = 4;
    // The hash of the state is on record, because its signatures may not show it again.
    uint8 internal constant BY_HASH = 8;
    // B forced the last move; A where this is not set.
    uint8 internal constant MOVED_BY_B = 16;

    // How much newer a response is than a challenge that knew better: an honest party may hold one state that was never
    // acknowledged.
    uint64 internal constant REFUTING_VERSIONS = 2;

    error ClockStarted(bytes32 id, uint40 deadline);
    error ClockNotStarted(bytes32 id);
    error DeadlinePassed(uint40 deadline, uint256 time);
    error DeadlineAhead(uint40 deadline, uint256 time);
    error StaleVersion(uint64 onRecord, uint64 actual);

    /// @dev Whether the flag is set.
    function has(PackedHead head, uint8 flag) internal pure returns (bool) {
        return head.flags() & flag != 0;
    }

    /// @dev The head with the flag taken away.
    function without(PackedHead head, uint8 flag) internal pure returns (PackedHead) {
        uint8 rest = head.flags() & ~flag;
        return packHead(head.version(), head.deadline(), rest, head.moves(), head.net());
    }

    /// @dev The head after a move to this version, which stands by its hash. Who moves on from the other's move stands by it:
    /// else the other could countersign the state before its own move, and so take that back once it had seen the answer. What
    /// was moved has an app, whatever else both signed of the version before: it no longer pays by `net`.
    function moved(
        PackedHead head,
        uint64 version,
        uint40 deadline,
        bool byB
    ) internal pure returns (PackedHead) {
        bool isAnswer = head.moves() != 0 && has(head, MOVED_BY_B) != byB;
        uint32 moves = isAnswer ? 1 : head.moves() + 1;
        uint8 flags = (head.flags() & ~SIMPLE) | BY_HASH;
        flags = byB ? flags | MOVED_BY_B : flags & ~MOVED_BY_B;
        return packHead(version, deadline, flags, moves, head.net());
    }

    /// @dev The newest version on record that both stand by.
    function agreedVersion(PackedHead head) internal pure returns (uint64) {
        return head.version() - head.moves();
    }

    /// @dev A challenge starts the only clock, with a state no older than what is on record.
    function checkChallenge(PackedHead head, bytes32 id, uint64 version) internal pure {
        require(head.deadline() == 0, ClockStarted(id, head.deadline()));
        require(version >= head.version(), StaleVersion(head.version(), version));
    }

    /// @dev A response is newer than all that both are known to have signed: forced moves do not count, for they may
    /// stand on a state that was stale.
    function checkResponse(PackedHead head, uint64 version, uint256 time) internal pure {
        if (head.deadline() != 0) {
            require(time < head.deadline(), DeadlinePassed(head.deadline(), time));
        }
        uint64 agreed = agreedVersion(head);
        require(version > agreed, StaleVersion(agreed, version));
    }

    /// @dev A clock runs.
    function checkRunning(PackedHead head, bytes32 id, uint256 time) internal pure {
        require(head.deadline() != 0, ClockNotStarted(id));
        require(time < head.deadline(), DeadlinePassed(head.deadline(), time));
    }

    /// @dev A clock has ended, and what is on record is final.
    function checkEnded(PackedHead head, bytes32 id, uint256 time) internal pure {
        require(head.deadline() != 0, ClockNotStarted(id));
        require(time >= head.deadline(), DeadlineAhead(head.deadline(), time));
    }

    /// @dev Whether a response of this version costs the challenger its bond.
    function isRefutedBy(PackedHead head, uint64 version) internal pure returns (bool) {
        return uint256(version) >= uint256(agreedVersion(head)) + REFUTING_VERSIONS;
    }
}
