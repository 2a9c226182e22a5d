// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Machine} from "../Machine.sol";

/// @dev Comparisons; true is 1. Twin: src/machine/instructions/comparisonOps.ts.
library ComparisonOps {
    function opLt(Machine memory machine) internal pure returns (Halt) {
        uint256 left = machine.stack.pop();
        uint256 right = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        machine.stack.push(left < right ? 1 : 0);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opGt(Machine memory machine) internal pure returns (Halt) {
        uint256 left = machine.stack.pop();
        uint256 right = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        machine.stack.push(left > right ? 1 : 0);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opSlt(Machine memory machine) internal pure returns (Halt) {
        int256 left = int256(machine.stack.pop());
        int256 right = int256(machine.stack.pop());

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        machine.stack.push(left < right ? 1 : 0);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opSgt(Machine memory machine) internal pure returns (Halt) {
        int256 left = int256(machine.stack.pop());
        int256 right = int256(machine.stack.pop());

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        machine.stack.push(left > right ? 1 : 0);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opEq(Machine memory machine) internal pure returns (Halt) {
        uint256 left = machine.stack.pop();
        uint256 right = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        machine.stack.push(left == right ? 1 : 0);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opIszero(Machine memory machine) internal pure returns (Halt) {
        uint256 value = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        machine.stack.push(value == 0 ? 1 : 0);

        machine.frame.pc += 1;
        return Halt.None;
    }
}
