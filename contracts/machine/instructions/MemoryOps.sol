// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Machine} from "../Machine.sol";
import {Memory} from "../Memory.sol";
import {View, openView} from "../View.sol";

/// @dev Words and bytes of memory. Twin: src/machine/instructions/memoryOps.ts.
library MemoryOps {
    function opMload(Machine memory machine, Witness memory witness) internal pure returns (Halt) {
        uint256 offset = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;
        if (!machine.frame.expand(offset, 32)) return Halt.OutOfGas;

        machine.stack.push(Memory.loadWord(machine.frame, offset, witness));

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opMstore(Machine memory machine, Witness memory witness) internal pure returns (Halt) {
        uint256 offset = machine.stack.pop();
        uint256 value = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;
        if (!machine.frame.expand(offset, 32)) return Halt.OutOfGas;

        Memory.storeWord(machine.frame, offset, value, witness);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opMstore8(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        uint256 offset = machine.stack.pop();
        uint256 value = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;
        if (!machine.frame.expand(offset, 1)) return Halt.OutOfGas;

        // The lowest byte.
        Memory.storeByte(machine.frame, offset, uint8(value), witness);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opMsize(Machine memory machine) internal pure returns (Halt) {
        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.stack.push(uint256(machine.frame.words) * 32);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opCalldataload(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        uint256 offset = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        View memory input = openView(machine.frame.input, witness);
        machine.stack.push(input.loadWord(offset, witness));

        machine.frame.pc += 1;
        return Halt.None;
    }
}
