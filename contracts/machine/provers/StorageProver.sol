// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Context} from "../Context.sol";
import {Family} from "../Family.sol";
import {Halt} from "../Halt.sol";
import {IFamilyProver} from "../IFamilyProver.sol";
import {Machine} from "../Machine.sol";
import {Opcode} from "../Opcode.sol";
import {Step} from "../Step.sol";
import {StorageOps} from "../instructions/StorageOps.sol";

/// @notice Proves instructions on the storage of the running account.
contract StorageProver is IFamilyProver {
    /// @inheritdoc IFamilyProver
    function step(
        Context calldata context,
        uint256,
        bytes32 state,
        bytes calldata data
    ) external pure returns (bytes32) {
        (Machine memory machine, Witness memory witness) = Step.open(
            Family.STORAGE,
            context,
            state,
            data
        );
        Halt halt = Step.fetch(Family.STORAGE, machine, witness);
        if (halt == Halt.None) halt = _run(machine, witness);
        return Step.close(machine, halt, witness);
    }

    function _run(Machine memory machine, Witness memory witness) private pure returns (Halt) {
        uint8 opcode = machine.opcode;
        if (opcode == Opcode.SLOAD) return StorageOps.opSload(machine, witness);
        if (opcode == Opcode.SSTORE) return StorageOps.opSstore(machine, witness);
        if (opcode == Opcode.TLOAD) return StorageOps.opTload(machine, witness);
        return StorageOps.opTstore(machine, witness);
    }
}
