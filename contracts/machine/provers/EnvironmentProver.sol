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
import {BlockOps} from "../instructions/BlockOps.sol";
import {EnvironmentOps} from "../instructions/EnvironmentOps.sol";

/// @notice Proves instructions that ask about the frame, the transaction, the block and the accounts.
contract EnvironmentProver is IFamilyProver {
    /// @inheritdoc IFamilyProver
    function step(
        Context calldata context,
        uint256,
        bytes32 state,
        bytes calldata data
    ) external pure returns (bytes32) {
        (Machine memory machine, Witness memory witness) = Step.open(
            Family.ENVIRONMENT,
            context,
            state,
            data
        );
        Halt halt = Step.fetch(Family.ENVIRONMENT, machine, witness);
        if (halt == Halt.None) halt = _run(machine, witness);
        return Step.close(machine, halt, witness);
    }

    function _run(Machine memory machine, Witness memory witness) private pure returns (Halt) {
        uint8 opcode = machine.opcode;
        if (opcode == Opcode.ADDRESS) return EnvironmentOps.opAddress(machine);
        if (opcode == Opcode.BALANCE) return EnvironmentOps.opBalance(machine, witness);
        if (opcode == Opcode.ORIGIN) return EnvironmentOps.opOrigin(machine, witness);
        if (opcode == Opcode.CALLER) return EnvironmentOps.opCaller(machine);
        if (opcode == Opcode.CALLVALUE) return EnvironmentOps.opCallvalue(machine);
        if (opcode == Opcode.CALLDATASIZE) return EnvironmentOps.opCalldatasize(machine, witness);
        if (opcode == Opcode.CODESIZE) return EnvironmentOps.opCodesize(machine);
        if (opcode == Opcode.GASPRICE) return EnvironmentOps.opGasprice(machine, witness);
        if (opcode == Opcode.EXTCODESIZE) return EnvironmentOps.opExtcodesize(machine, witness);
        if (opcode == Opcode.RETURNDATASIZE)
            return EnvironmentOps.opReturndatasize(machine, witness);
        if (opcode == Opcode.EXTCODEHASH) return EnvironmentOps.opExtcodehash(machine, witness);
        if (opcode == Opcode.SELFBALANCE) return EnvironmentOps.opSelfbalance(machine, witness);
        if (opcode == Opcode.BLOBHASH) return EnvironmentOps.opBlobhash(machine, witness);
        return _runBlock(machine, witness);
    }

    function _runBlock(Machine memory machine, Witness memory witness) private pure returns (Halt) {
        uint8 opcode = machine.opcode;
        if (opcode == Opcode.BLOCKHASH) return BlockOps.opBlockhash(machine, witness);
        if (opcode == Opcode.COINBASE) return BlockOps.opCoinbase(machine, witness);
        if (opcode == Opcode.TIMESTAMP) return BlockOps.opTimestamp(machine, witness);
        if (opcode == Opcode.NUMBER) return BlockOps.opNumber(machine, witness);
        if (opcode == Opcode.PREVRANDAO) return BlockOps.opPrevrandao(machine, witness);
        if (opcode == Opcode.GASLIMIT) return BlockOps.opGaslimit(machine, witness);
        if (opcode == Opcode.CHAINID) return BlockOps.opChainid(machine);
        if (opcode == Opcode.BASEFEE) return BlockOps.opBasefee(machine, witness);
        return BlockOps.opBlobbasefee(machine, witness);
    }
}
