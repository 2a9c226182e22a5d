// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Code} from "../Code.sol";
import {Cursor} from "../Cursor.sol";
import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Machine} from "../Machine.sol";
import {emptyView, viewOf} from "../View.sol";

/// @dev Where the program goes on, and how it ends. Twin: src/machine/instructions/flowOps.ts.
library FlowOps {
    function opStop(Machine memory machine) internal pure returns (Halt) {
        machine.endFrame(Cursor.STATUS_SUCCESS, emptyView());
        return Halt.None;
    }

    function opJump(Machine memory machine, Witness memory witness) internal pure returns (Halt) {
        uint256 destination = machine.stack.pop();

        if (!machine.frame.charge(Gas.MID)) return Halt.OutOfGas;

        return jumpTo(machine, destination, witness);
    }

    function opJumpi(Machine memory machine, Witness memory witness) internal pure returns (Halt) {
        uint256 destination = machine.stack.pop();
        uint256 condition = machine.stack.pop();

        if (!machine.frame.charge(Gas.HIGH)) return Halt.OutOfGas;

        if (condition != 0) return jumpTo(machine, destination, witness);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opPc(Machine memory machine) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.stack.push(machine.frame.pc);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opGas(Machine memory machine) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.stack.push(machine.frame.gas);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opJumpdest(Machine memory machine) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.JUMPDEST)) return Halt.OutOfGas;

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opReturn(Machine memory machine) internal pure returns (Halt) {
        return endWithOutput(machine, Cursor.STATUS_SUCCESS);
    }

    function opRevert(Machine memory machine) internal pure returns (Halt) {
        return endWithOutput(machine, Cursor.STATUS_REVERT);
    }

    function endWithOutput(Machine memory machine, uint8 status) private pure returns (Halt) {
        uint256 offset = machine.stack.pop();
        uint256 size = machine.stack.pop();

        if (!machine.frame.expand(offset, size)) return Halt.OutOfGas;

        machine.endFrame(status, viewOf(machine.frame, offset, size));
        return Halt.None;
    }

    function jumpTo(
        Machine memory machine,
        uint256 destination,
        Witness memory witness
    ) private pure returns (Halt) {
        if (destination >= machine.frame.codeSize) return Halt.InvalidJump;
        if (
            !Code.isJumpDestination(
                Code.openChunk(machine.frame, destination, witness),
                destination % Code.CHUNK
            )
        ) return Halt.InvalidJump;

        machine.frame.pc = uint32(destination);
        return Halt.None;
    }
}
