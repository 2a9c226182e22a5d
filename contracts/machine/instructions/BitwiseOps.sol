// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Fork} from "../Fork.sol";
import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Machine} from "../Machine.sol";

/// @dev Words as strings of bits. Twin: src/machine/instructions/bitwiseOps.ts.
library BitwiseOps {
    function opAnd(Machine memory machine) internal pure returns (Halt) {
        uint256 left = machine.stack.pop();
        uint256 right = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        machine.stack.push(left & right);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opOr(Machine memory machine) internal pure returns (Halt) {
        uint256 left = machine.stack.pop();
        uint256 right = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        machine.stack.push(left | right);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opXor(Machine memory machine) internal pure returns (Halt) {
        uint256 left = machine.stack.pop();
        uint256 right = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        machine.stack.push(left ^ right);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opNot(Machine memory machine) internal pure returns (Halt) {
        uint256 value = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        machine.stack.push(~value);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opByte(Machine memory machine) internal pure returns (Halt) {
        uint256 index = machine.stack.pop();
        uint256 value = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        machine.stack.push(index < 32 ? uint8(bytes32(value)[index]) : 0);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opShl(Machine memory machine) internal pure returns (Halt) {
        uint256 shift = machine.stack.pop();
        uint256 value = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        machine.stack.push(value << shift);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opShr(Machine memory machine) internal pure returns (Halt) {
        uint256 shift = machine.stack.pop();
        uint256 value = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        machine.stack.push(value >> shift);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opSar(Machine memory machine) internal pure returns (Halt) {
        uint256 shift = machine.stack.pop();
        int256 value = int256(machine.stack.pop());

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        machine.stack.push(uint256(value >> shift));

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opClz(Machine memory machine) internal pure returns (Halt) {
        if (machine.context.fork < Fork.OSAKA) return Halt.InvalidOpcode;
        uint256 value = machine.stack.pop();

        if (!machine.frame.charge(Gas.LOW)) return Halt.OutOfGas;

        machine.stack.push(value == 0 ? 256 : 255 - Math.log2(value));

        machine.frame.pc += 1;
        return Halt.None;
    }
}
