// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Context} from "../Context.sol";
import {Family} from "../Family.sol";
import {Halt} from "../Halt.sol";
import {IFamilyProver} from "../IFamilyProver.sol";
import {Machine} from "../Machine.sol";
import {Opcode} from "../Opcode.sol";
import {Phase} from "../Phase.sol";
import {Step} from "../Step.sol";
import {CreateOps} from "../instructions/CreateOps.sol";
import {Create} from "../phases/Create.sol";
import {Deposit} from "../phases/Deposit.sol";
import {Initiate} from "../phases/Initiate.sol";

/// @notice Proves that contracts come into being, and that they end.
contract CreateProver is IFamilyProver {
    /// @inheritdoc IFamilyProver
    function step(
        Context calldata context,
        uint256,
        bytes32 state,
        bytes calldata data
    ) external pure returns (bytes32) {
        (Machine memory machine, Witness memory witness) = Step.open(
            Family.CREATE,
            context,
            state,
            data
        );
        Halt halt = Halt.None;
        if (machine.phase == Phase.CREATE) Create.runCreate(machine, witness);
        else if (machine.phase == Phase.INITIATE) Initiate.runInitiate(machine, witness);
        else if (machine.phase == Phase.DEPOSIT) halt = Deposit.runDeposit(machine, witness);
        else halt = _execute(machine, witness);
        return Step.close(machine, halt, witness);
    }

    function _execute(Machine memory machine, Witness memory witness) private pure returns (Halt) {
        Halt halt = Step.fetch(Family.CREATE, machine, witness);
        if (halt != Halt.None) return halt;

        uint8 opcode = machine.opcode;
        if (opcode == Opcode.CREATE) return CreateOps.opCreate(machine);
        if (opcode == Opcode.CREATE2) return CreateOps.opCreate2(machine);
        return CreateOps.opSelfdestruct(machine, witness);
    }
}
