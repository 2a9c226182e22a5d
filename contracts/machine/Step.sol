// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness, WitnessReader} from "../merkle/Witness.sol";
import {Code} from "./Code.sol";
import {Context} from "./Context.sol";
import {Cursor} from "./Cursor.sol";
import {Halt} from "./Halt.sol";
import {Machine, openMachine} from "./Machine.sol";
import {Opcode} from "./Opcode.sol";
import {Phase} from "./Phase.sol";
import {emptyView} from "./View.sol";

/// @dev What every step has in common. A bad witness reverts with the name of what is wrong with it; an EVM failure is a
/// Halt and gives a successor; what a legal state excludes is an assert. Twin: src/machine/step.ts.
library Step {
    uint256 internal constant MAX_STACK_SIZE = 1024;

    /// @dev The family that the witness names does not judge this step.
    error WrongFamily(uint8 family, uint8 phase, uint8 opcode);

    /// @dev Reads the family, which must be the prover's own, and the machine.
    function open(
        uint8 family,
        Context calldata context,
        bytes32 state,
        bytes calldata data
    ) internal pure returns (Machine memory machine, Witness memory witness) {
        witness = WitnessReader.open(data);
        uint8 named = witness.readUint8();
        machine = openMachine(context, state, witness);
        require(named == family, WrongFamily(named, machine.phase, 0));
    }

    /// @dev Reads the frame, the instruction at pc and the stack items. Returns why the instruction cannot run, if so.
    function fetch(
        uint8 family,
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        require(machine.phase == Phase.EXECUTE, WrongFamily(family, machine.phase, 0));
        machine.openFrame(witness);
        // Behind the end of the code stands STOP, which is zero.
        if (machine.frame.pc < machine.frame.codeSize) {
            machine.chunk = Code.openChunk(machine.frame, machine.frame.pc, witness);
            machine.opcode = uint8(machine.chunk.word[machine.frame.pc % Code.CHUNK]);
        }
        machine.stack.open(witness);

        uint8 opcode = machine.opcode;
        require(Opcode.family(opcode) == family, WrongFamily(family, machine.phase, opcode));
        uint256 pops = Opcode.pops(opcode);
        if (machine.stack.size < pops) return Halt.StackUnderflow;
        if (machine.stack.size - pops + Opcode.pushes(opcode) > MAX_STACK_SIZE) {
            return Halt.StackOverflow;
        }
        if (machine.frame.isStatic == 1 && Opcode.writes(opcode)) return Halt.StaticViolation;
        return Halt.None;
    }

    /// @dev Ends the frame if the instruction halted, checks that the witness is used up and returns the successor.
    function close(
        Machine memory machine,
        Halt halt,
        Witness memory witness
    ) internal pure returns (bytes32) {
        if (halt != Halt.None) {
            machine.frame.gas = 0;
            machine.endFrame(Cursor.STATUS_HALT, emptyView());
        }
        witness.finish();
        return machine.hash();
    }
}
