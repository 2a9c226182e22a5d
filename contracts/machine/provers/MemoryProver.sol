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
import {CopyOps} from "../instructions/CopyOps.sol";
import {MemoryOps} from "../instructions/MemoryOps.sol";
import {Copy} from "../phases/Copy.sol";
import {Load} from "../phases/Load.sol";

/// @notice Proves instructions that read and write memory, and copies into it.
contract MemoryProver is IFamilyProver {
    /// @inheritdoc IFamilyProver
    function step(
        Context calldata context,
        uint256,
        bytes32 state,
        bytes calldata data
    ) external pure returns (bytes32) {
        (Machine memory machine, Witness memory witness) = Step.open(
            Family.MEMORY,
            context,
            state,
            data
        );
        Halt halt = Halt.None;
        if (machine.phase == Phase.COPY) Copy.runCopy(machine, witness);
        else if (machine.phase == Phase.LOAD) Load.runLoad(machine, witness);
        else halt = _execute(machine, witness);
        return Step.close(machine, halt, witness);
    }

    function _execute(Machine memory machine, Witness memory witness) private pure returns (Halt) {
        Halt halt = Step.fetch(Family.MEMORY, machine, witness);
        if (halt != Halt.None) return halt;

        uint8 opcode = machine.opcode;
        if (opcode == Opcode.MLOAD) return MemoryOps.opMload(machine, witness);
        if (opcode == Opcode.MSTORE) return MemoryOps.opMstore(machine, witness);
        if (opcode == Opcode.MSTORE8) return MemoryOps.opMstore8(machine, witness);
        if (opcode == Opcode.MSIZE) return MemoryOps.opMsize(machine);
        if (opcode == Opcode.CALLDATALOAD) return MemoryOps.opCalldataload(machine, witness);
        if (opcode == Opcode.CALLDATACOPY) return CopyOps.opCalldatacopy(machine, witness);
        if (opcode == Opcode.CODECOPY) return CopyOps.opCodecopy(machine);
        if (opcode == Opcode.RETURNDATACOPY) return CopyOps.opReturndatacopy(machine, witness);
        if (opcode == Opcode.EXTCODECOPY) return CopyOps.opExtcodecopy(machine, witness);
        return CopyOps.opMcopy(machine);
    }
}
