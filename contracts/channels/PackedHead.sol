// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Head, Heads} from "./Head.sol";

/// @notice A head as its slot holds it: version 64 bits, deadline 40, flags 8, moves 32 and net 112, the first the lowest.
type PackedHead is uint256;

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
    uint256 high = (uint256(uint112(net_)) << 144) | (uint256(moves_) << 112);
    uint256 low = (uint256(flags_) << 104) | (uint256(deadline_) << 64) | version_;
    return PackedHead.wrap(high | low);
}

function version(PackedHead head) pure returns (uint64) {
    return uint64(PackedHead.unwrap(head));
}

function deadline(PackedHead head) pure returns (uint40) {
    return uint40(PackedHead.unwrap(head) >> 64);
}

function flags(PackedHead head) pure returns (uint8) {
    return uint8(PackedHead.unwrap(head) >> 104);
}

function moves(PackedHead head) pure returns (uint32) {
    return uint32(PackedHead.unwrap(head) >> 112);
}

function net(PackedHead head) pure returns (int112) {
    return int112(uint112(PackedHead.unwrap(head) >> 144));
}

/// @dev As a struct, for whoever asks.
function unpack(PackedHead head) pure returns (Head memory) {
    return Head(head.version(), head.deadline(), head.flags(), head.moves(), head.net());
}
