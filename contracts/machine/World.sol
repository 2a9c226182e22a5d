// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../merkle/Witness.sol";

/// @dev Everything that a revert takes back. Field order is consensus. Twin: src/machine/world.ts.
struct World {
    bytes32 stateRoot;
    bytes32 substateRoot;
    bytes32 transientRoot;
    bytes32 logs;
    bytes32 bloom;
    bytes32 destroyed;
    uint64 refund;
}

using {hash, applyRefund} for World global;

bytes32 constant TAG_WORLD = keccak256("tribunal.world");

function hash(World memory world) pure returns (bytes32) {
    return keccak256(abi.encode(TAG_WORLD, world));
}

/// @dev Raises or lowers the refund, but never below zero.
function applyRefund(World memory world, int256 change) pure {
    // A refund is at most the gas that was charged, so both fit.
    int256 refund = int256(uint256(world.refund)) + change;
    world.refund = refund > 0 ? uint64(uint256(refund)) : 0;
}

function readWorld(Witness memory witness) pure returns (World memory world) {
    world.stateRoot = witness.readBytes32();
    world.substateRoot = witness.readBytes32();
    world.transientRoot = witness.readBytes32();
    world.logs = witness.readBytes32();
    world.bloom = witness.readBytes32();
    world.destroyed = witness.readBytes32();
    world.refund = witness.readUint64();
}
