// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Context} from "../Context.sol";
import {Family} from "../Family.sol";
import {Halt} from "../Halt.sol";
import {IFamilyProver} from "../IFamilyProver.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {Step} from "../Step.sol";
import {Entry} from "../phases/Entry.sol";

/// @notice Proves what a block takes next: a deposit, a transaction from the bytes of its batch, or nothing.
contract EntryProver is IFamilyProver {
    /// @inheritdoc IFamilyProver
    function step(
        Context calldata context,
        uint256,
        bytes32 state,
        bytes calldata data
    ) external view returns (bytes32) {
        (Machine memory machine, Witness memory witness) = Step.open(
            Family.ENTRY,
            context,
            state,
            data
        );
        require(machine.phase == Phase.ENTRY, Step.WrongFamily(Family.ENTRY, machine.phase, 0));
        Entry.runEntry(machine, witness);
        return Step.close(machine, Halt.None, witness);
    }
}
