// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TrieOpening} from "../merkle/TrieOpening.sol";
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

using {hash, reset, applyRefund, addDestroyed} for World global;

bytes32 constant TAG_WORLD = keccak256("tribunal.world");
bytes32 constant TAG_DESTROYED = keccak256("tribunal.destroyed");

function hash(World memory world) pure returns (bytes32) {
    return keccak256(abi.encode(TAG_WORLD, world));
}

/// @dev Makes the world what the next transaction finds: only the state and the block's bloom stay.
function reset(World memory world) pure {
    world.substateRoot = TrieOpening.EMPTY_ROOT;
    world.transientRoot = TrieOpening.EMPTY_ROOT;
    world.logs = 0;
    world.destroyed = 0;
    world.refund = 0;
}

/// @dev Adds an account to those that the end of the transaction removes.
function addDestroyed(World memory world, address target) pure {
    world.destroyed = keccak256(abi.encode(TAG_DESTROYED, world.destroyed, target));
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
