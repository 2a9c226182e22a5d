// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Head, Heads} from "./Head.sol";

/// @notice A head as its slot holds it: version 64 bits, deadline 40, flags 8, moves 32 and net 112, the first the lowest.
type PackedHead is uint256;

// Where the fields begin, in bits.
uint256 constant DEADLINE_AT = 64;
uint256 constant FLAGS_AT = 104;
uint256 constant MOVES_AT = 112;
uint256 constant NET_AT = 144;

using {version, deadline, flags, moves, net, unpack} for PackedHead global;
using Heads for PackedHead global;

/// @notice Where a head is stored.
struct StoredHead {
    PackedHead head;
}

/// @dev The slot of these fields.
function packHead(
    uint64 version_,
    uint40 deadline_,
    uint8 flags_,
    uint32 moves_,
    int112 net_
) pure returns (PackedHead) {
    uint256 high = (uint256(uint112(net_)) << NET_AT) | (uint256(moves_) << MOVES_AT);
    uint256 low = (uint256(flags_) << FLAGS_AT) | (uint256(deadline_) << DEADLINE_AT) | version_;
    return PackedHead.wrap(high | low);
}

function version(PackedHead head) pure returns (uint64) {
    return uint64(PackedHead.unwrap(head));
}

function deadline(PackedHead head) pure returns (uint40) {
    return uint40(PackedHead.unwrap(head) >> DEADLINE_AT);
}

function flags(PackedHead head) pure returns (uint8) {
    return uint8(PackedHead.unwrap(head) >> FLAGS_AT);
}

function moves(PackedHead head) pure returns (uint32) {
    return uint32(PackedHead.unwrap(head) >> MOVES_AT);
}

function net(PackedHead head) pure returns (int112) {
    return int112(uint112(PackedHead.unwrap(head) >> NET_AT));
}

/// @dev As a struct, for whoever asks.
function unpack(PackedHead head) pure returns (Head memory unpacked) {
    (unpacked.version, unpacked.deadline) = (head.version(), head.deadline());
    (unpacked.flags, unpacked.moves, unpacked.net) = (head.flags(), head.moves(), head.net());
}
