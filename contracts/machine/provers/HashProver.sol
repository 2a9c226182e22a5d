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
import {HashOps} from "../instructions/HashOps.sol";
import {LogOps} from "../instructions/LogOps.sol";
import {Hash} from "../phases/Hash.sol";
import {Log} from "../phases/Log.sol";

/// @notice Proves digests of memory and log entries, however long.
contract HashProver is IFamilyProver {
    /// @inheritdoc IFamilyProver
    function step(
        Context calldata context,
        uint256,
        bytes32 state,
        bytes calldata data
    ) external pure returns (bytes32) {
        (Machine memory machine, Witness memory witness) = Step.open(
            Family.HASH,
            context,
            state,
            data
        );
        Halt halt = Halt.None;
        if (machine.phase == Phase.HASH) Hash.runHash(machine, witness);
        else if (machine.phase == Phase.LOG) Log.runLog(machine, witness);
        else halt = _execute(machine, witness);
        return Step.close(machine, halt, witness);
    }

    function _execute(Machine memory machine, Witness memory witness) private pure returns (Halt) {
        Halt halt = Step.fetch(Family.HASH, machine, witness);
        if (halt != Halt.None) return halt;
        if (machine.opcode == Opcode.KECCAK256) return HashOps.opKeccak256(machine, witness);
        return LogOps.opLog(machine);
    }
}
