// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Machine} from "../Machine.sol";
import {checkPreimage} from "../Preimage.sol";
import {Substate} from "../Substate.sol";
import {TransactionLists} from "../TransactionLists.sol";
import {AccountOpening, WorldState} from "../WorldState.sol";
import {Admit} from "./Admit.sol";

/// @dev Phase ACCESS: one item of the access list (EIP-2930). Twin: src/machine/phases/access.ts.
library Access {
    /// @dev What is left of an access list: an address, or a slot of one, and the hash of the rest.
    struct Item {
        address target;
        uint8 isSlot;
        uint256 slot;
        bytes32 rest;
    }

    /// @dev Marks the next address or slot as accessed.
    function runAccess(Machine memory machine, Witness memory witness) internal pure {
        machine.openTransaction(witness);
        machine.openWorld(witness);
        Item memory item = openItem(machine.transaction.accessList, witness);

        if (item.isSlot == 1) {
            AccountOpening memory account = WorldState.open(machine, item.target, witness);
            uint256 current = WorldState.openSlot(account, item.slot, witness).value;
            Substate.touchSlot(machine, item.target, item.slot, current, witness);
        } else {
            Substate.touchAddress(machine, item.target, witness);
        }

        machine.transaction.accessList = item.rest;
        machine.phase = Admit.phaseAfter(machine.transaction);
    }

    function openItem(
        bytes32 committed,
        Witness memory witness
    ) private pure returns (Item memory item) {
        item.target = witness.readAddress();
        item.isSlot = witness.readUint8();
        item.slot = witness.readUint256();
        item.rest = witness.readBytes32();
        checkPreimage(committed, keccak256(abi.encode(TransactionLists.TAG_ACCESS, item)));
    }
}
