// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Pot, Pots} from "./Pot.sol";

/// @notice A pot as its slot holds it: depositedA and depositedB 112 bits each, isSettled and isDrawn 8, the first the lowest.
type PackedPot is uint256;

using {depositedA, depositedB, isSettled, isDrawn, settled, drawn, unpack} for PackedPot global;
using Pots for PackedPot global;

/// @notice Where a pot is stored.
struct StoredPot {
    PackedPot pot;
}

function depositedA(PackedPot pot) pure returns (uint112) {
    return uint112(PackedPot.unwrap(pot));
}

function depositedB(PackedPot pot) pure returns (uint112) {
    return uint112(PackedPot.unwrap(pot) >> 112);
}

function isSettled(PackedPot pot) pure returns (bool) {
    return uint8(PackedPot.unwrap(pot) >> 224) != 0;
}

function isDrawn(PackedPot pot) pure returns (bool) {
    return uint8(PackedPot.unwrap(pot) >> 232) != 0;
}

/// @dev The pot once it has paid.
function settled(PackedPot pot) pure returns (PackedPot) {
    return PackedPot.wrap(PackedPot.unwrap(pot) | (1 << 224));
}

/// @dev The pot once something was withdrawn.
function drawn(PackedPot pot) pure returns (PackedPot) {
    return PackedPot.wrap(PackedPot.unwrap(pot) | (1 << 232));
}

/// @dev As a struct, for whoever asks.
function unpack(PackedPot pot) pure returns (Pot memory) {
    return Pot(pot.depositedA(), pot.depositedB(), pot.isSettled(), pot.isDrawn());
}
