// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Pot, Pots} from "./Pot.sol";

/// @notice A pot as its slot holds it: depositedA and depositedB 112 bits each, isSettled and isDrawn 8, the first the lowest.
type PackedPot is uint256;

// Where the fields begin, in bits.
uint256 constant DEPOSITED_B_AT = 112;
uint256 constant IS_SETTLED_AT = 224;
uint256 constant IS_DRAWN_AT = 232;

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
    return uint112(PackedPot.unwrap(pot) >> DEPOSITED_B_AT);
}

function isSettled(PackedPot pot) pure returns (bool) {
    return uint8(PackedPot.unwrap(pot) >> IS_SETTLED_AT) != 0;
}

function isDrawn(PackedPot pot) pure returns (bool) {
    return uint8(PackedPot.unwrap(pot) >> IS_DRAWN_AT) != 0;
}

/// @dev The pot once it has paid.
function settled(PackedPot pot) pure returns (PackedPot) {
    return PackedPot.wrap(PackedPot.unwrap(pot) | (1 << IS_SETTLED_AT));
}

/// @dev The pot once something was withdrawn.
function drawn(PackedPot pot) pure returns (PackedPot) {
    return PackedPot.wrap(PackedPot.unwrap(pot) | (1 << IS_DRAWN_AT));
}

/// @dev As a struct, for whoever asks.
function unpack(PackedPot pot) pure returns (Pot memory unpacked) {
    (unpacked.depositedA, unpacked.depositedB) = (pot.depositedA(), pot.depositedB());
    (unpacked.isSettled, unpacked.isDrawn) = (pot.isSettled(), pot.isDrawn());
}
