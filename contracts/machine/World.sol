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

using {hash} for World global;

bytes32 constant TAG_WORLD = keccak256("tribunal.world");

function hash(World memory world) pure returns (bytes32) {
    return keccak256(abi.encode(TAG_WORLD, world));
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
