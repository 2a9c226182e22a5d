// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Cursor} from "../Cursor.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {checkPreimage} from "../Preimage.sol";
import {TAG_DESTROYED} from "../World.sol";
import {AccountOpening, WorldState} from "../WorldState.sol";

/// @dev DESTROY: the removal of one account that its own transaction made and destroyed.
/// Twin: src/machine/phases/destroy.ts.
library Destroy {
    /// @dev Removes the newest of the accounts that are left to remove.
    function runDestroy(Machine memory machine, Witness memory witness) internal pure {
        Cursor.openOutcome(machine.cursor, witness);
        machine.openWorld(witness);
        address newest = witness.readAddress();
        bytes32 previous = witness.readBytes32();
        checkPreimage(
            machine.world.destroyed,
            keccak256(abi.encode(TAG_DESTROYED, previous, newest))
        );

        AccountOpening memory opening = WorldState.open(machine, newest, witness);
        if (opening.exists) WorldState.remove(machine, opening, witness);

        machine.world.destroyed = previous;
        if (previous == 0) machine.phase = Phase.RECEIPT;
    }
}
