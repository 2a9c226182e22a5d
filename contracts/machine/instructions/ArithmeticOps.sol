// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Machine} from "../Machine.sol";

/// @dev Integers modulo 2^256: stack, gas, operation, program counter, in this order in every instruction. Results wrap
/// around, hence `unchecked`. Twin: src/machine/instructions/arithmeticOps.ts.
library ArithmeticOps {
    function opAdd(Machine memory machine) internal pure returns (Halt) {
        uint256 left = machine.stack.pop();
        uint256 right = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        unchecked {
            machine.stack.push(left + right);
        }

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opMul(Machine memory machine) internal pure returns (Halt) {
        uint256 left = machine.stack.pop();
        uint256 right = machine.stack.pop();

        if (!machine.frame.charge(Gas.LOW)) return Halt.OutOfGas;

        unchecked {
            machine.stack.push(left * right);
        }

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opSub(Machine memory machine) internal pure returns (Halt) {
        uint256 left = machine.stack.pop();
        uint256 right = machine.stack.pop();

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        unchecked {
            machine.stack.push(left - right);
        }

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opDiv(Machine memory machine) internal pure returns (Halt) {
        uint256 dividend = machine.stack.pop();
        uint256 divisor = machine.stack.pop();

        if (!machine.frame.charge(Gas.LOW)) return Halt.OutOfGas;

        machine.stack.push(divisor == 0 ? 0 : dividend / divisor);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opSdiv(Machine memory machine) internal pure returns (Halt) {
        int256 dividend = int256(machine.stack.pop());
        int256 divisor = int256(machine.stack.pop());

        if (!machine.frame.charge(Gas.LOW)) return Halt.OutOfGas;

        unchecked {
            machine.stack.push(divisor == 0 ? 0 : uint256(dividend / divisor));
        }

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opMod(Machine memory machine) internal pure returns (Halt) {
        uint256 dividend = machine.stack.pop();
        uint256 divisor = machine.stack.pop();

        if (!machine.frame.charge(Gas.LOW)) return Halt.OutOfGas;

        machine.stack.push(divisor == 0 ? 0 : dividend % divisor);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opSmod(Machine memory machine) internal pure returns (Halt) {
        int256 dividend = int256(machine.stack.pop());
        int256 divisor = int256(machine.stack.pop());

        if (!machine.frame.charge(Gas.LOW)) return Halt.OutOfGas;

        machine.stack.push(divisor == 0 ? 0 : uint256(dividend % divisor));

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opAddmod(Machine memory machine) internal pure returns (Halt) {
        uint256 left = machine.stack.pop();
        uint256 right = machine.stack.pop();
        uint256 modulus = machine.stack.pop();

        if (!machine.frame.charge(Gas.MID)) return Halt.OutOfGas;

        machine.stack.push(modulus == 0 ? 0 : addmod(left, right, modulus));

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opMulmod(Machine memory machine) internal pure returns (Halt) {
        uint256 left = machine.stack.pop();
        uint256 right = machine.stack.pop();
        uint256 modulus = machine.stack.pop();

        if (!machine.frame.charge(Gas.MID)) return Halt.OutOfGas;

        machine.stack.push(modulus == 0 ? 0 : mulmod(left, right, modulus));

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opExp(Machine memory machine) internal pure returns (Halt) {
        uint256 base = machine.stack.pop();
        uint256 exponent = machine.stack.pop();

        uint256 bytesInExponent = exponent == 0 ? 0 : Math.log256(exponent) + 1;
        uint256 cost = Gas.EXPONENTIATION + Gas.EXPONENTIATION_BYTE * bytesInExponent;
        if (!machine.frame.charge(cost)) return Halt.OutOfGas;

        unchecked {
            machine.stack.push(base ** exponent);
        }

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opSignextend(Machine memory machine) internal pure returns (Halt) {
        uint256 size = machine.stack.pop();
        uint256 value = machine.stack.pop();

        if (!machine.frame.charge(Gas.LOW)) return Halt.OutOfGas;

        if (size < 31) {
            uint256 unused = 248 - 8 * size;
            value = uint256(int256(value << unused) >> unused);
        }
        machine.stack.push(value);

        machine.frame.pc += 1;
        return Halt.None;
    }
}
