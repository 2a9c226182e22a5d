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
import {CallOps} from "../instructions/CallOps.sol";
import {Enter} from "../phases/Enter.sol";
import {Resolve} from "../phases/Resolve.sol";
import {Settle} from "../phases/Settle.sol";

/// @notice Proves calls of accounts: from the instruction to the new frame, and from its end back to the caller.
contract CallProver is IFamilyProver {
    /// @inheritdoc IFamilyProver
    function step(
        Context calldata context,
        uint256,
        bytes32 state,
        bytes calldata data
    ) external pure returns (bytes32) {
        (Machine memory machine, Witness memory witness) = Step.open(
            Family.CALL,
            context,
            state,
            data
        );
        Halt halt = Halt.None;
        if (machine.phase == Phase.RESOLVE) halt = Resolve.runResolve(machine, witness);
        else if (machine.phase == Phase.ENTER) Enter.runEnter(machine, witness);
        else if (machine.phase == Phase.SETTLE) Settle.runSettle(machine, witness);
        else halt = _execute(machine, witness);
        return Step.close(machine, halt, witness);
    }

    function _execute(Machine memory machine, Witness memory witness) private pure returns (Halt) {
        Halt halt = Step.fetch(Family.CALL, machine, witness);
        if (halt != Halt.None) return halt;

        uint8 opcode = machine.opcode;
        if (opcode == Opcode.CALL) return CallOps.opCall(machine, witness);
        if (opcode == Opcode.CALLCODE) return CallOps.opCallcode(machine, witness);
        if (opcode == Opcode.DELEGATECALL) return CallOps.opDelegatecall(machine, witness);
        return CallOps.opStaticcall(machine, witness);
    }
}
