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
import {Access} from "../phases/Access.sol";
import {Admit} from "../phases/Admit.sol";
import {Authorize} from "../phases/Authorize.sol";
import {Start} from "../phases/Start.sol";

/// @notice Proves what comes before a transaction's first frame: whether it may run, and its lists.
contract AdmissionProver is IFamilyProver {
    /// @inheritdoc IFamilyProver
    function step(
        Context calldata context,
        uint256,
        bytes32 state,
        bytes calldata data
    ) external view returns (bytes32) {
        (Machine memory machine, Witness memory witness) = Step.open(
            Family.ADMISSION,
            context,
            state,
            data
        );
        uint8 phase = machine.phase;
        if (phase == Phase.ADMIT) Admit.runAdmit(machine, witness);
        else if (phase == Phase.ACCESS) Access.runAccess(machine, witness);
        else if (phase == Phase.AUTHORIZE) Authorize.runAuthorize(machine, witness);
        else if (phase == Phase.START) Start.runStart(machine, witness);
        else revert Step.WrongFamily(Family.ADMISSION, phase, 0);
        return Step.close(machine, Halt.None, witness);
    }
}
