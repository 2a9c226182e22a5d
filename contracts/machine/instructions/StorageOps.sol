// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Machine} from "../Machine.sol";
import {Substate} from "../Substate.sol";
import {AccountOpening, SlotOpening, WorldState} from "../WorldState.sol";

/// @dev Storage that stays and storage that ends with the transaction. Twin: src/machine/instructions/storageOps.ts.
library StorageOps {
    function opSload(Machine memory machine, Witness memory witness) internal pure returns (Halt) {
        uint256 slot = machine.stack.pop();

        address self = machine.frame.self;
        machine.openWorld(witness);
        AccountOpening memory account = WorldState.open(machine, self, witness);
        SlotOpening memory current = WorldState.openSlot(account, slot, witness);
        (bool wasWarm, ) = Substate.touchSlot(machine, self, slot, current.value, witness);
        uint256 cost = wasWarm ? Gas.WARM_ACCESS : Gas.COLD_SLOT;
        if (!machine.frame.charge(cost)) return Halt.OutOfGas;

        machine.stack.push(current.value);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opSstore(Machine memory machine, Witness memory witness) internal pure returns (Halt) {
        uint256 slot = machine.stack.pop();
        uint256 value = machine.stack.pop();

        if (machine.frame.gas <= Gas.STORAGE_STIPEND) return Halt.OutOfGas;
        address self = machine.frame.self;
        machine.openWorld(witness);
        AccountOpening memory account = WorldState.open(machine, self, witness);
        SlotOpening memory current = WorldState.openSlot(account, slot, witness);
        (bool wasWarm, uint256 original) = Substate.touchSlot(
            machine,
            self,
            slot,
            current.value,
            witness
        );
        uint256 cost = wasWarm ? 0 : Gas.COLD_SLOT;
        cost += writeCost(original, current.value, value);
        if (!machine.frame.charge(cost)) return Halt.OutOfGas;

        if (value != current.value) {
            machine.world.applyRefund(refundChange(original, current.value, value));
            WorldState.writeSlot(machine, account, current, value, witness);
        }

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opTload(Machine memory machine, Witness memory witness) internal pure returns (Halt) {
        uint256 slot = machine.stack.pop();

        if (!machine.frame.charge(Gas.TRANSIENT)) return Halt.OutOfGas;

        machine.openWorld(witness);
        machine.stack.push(Substate.loadTransient(machine, machine.frame.self, slot, witness));

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opTstore(Machine memory machine, Witness memory witness) internal pure returns (Halt) {
        uint256 slot = machine.stack.pop();
        uint256 value = machine.stack.pop();

        if (!machine.frame.charge(Gas.TRANSIENT)) return Halt.OutOfGas;

        machine.openWorld(witness);
        Substate.storeTransient(machine, machine.frame.self, slot, value, witness);

        machine.frame.pc += 1;
        return Halt.None;
    }

    /// @dev EIP-2200: full price only for the first change of a slot in a transaction.
    function writeCost(
        uint256 original,
        uint256 current,
        uint256 value
    ) private pure returns (uint256) {
        if (value == current || original != current) return Gas.WARM_ACCESS;
        return original == 0 ? Gas.STORAGE_SET : Gas.STORAGE_RESET;
    }

    /// @dev EIP-3529: what clearing a slot gives back, and what restoring one gives back or takes.
    function refundChange(
        uint256 original,
        uint256 current,
        uint256 value
    ) private pure returns (int256 change) {
        if (original != 0) {
            if (current == 0) change -= int256(Gas.STORAGE_CLEAR_REFUND);
            if (value == 0) change += int256(Gas.STORAGE_CLEAR_REFUND);
        }
        if (value == original) {
            uint256 paid = original == 0 ? Gas.STORAGE_SET : Gas.STORAGE_RESET;
            change += int256(paid - Gas.WARM_ACCESS);
        }
    }
}
