// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Code} from "../Code.sol";
import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Machine} from "../Machine.sol";
import {Opcode} from "../Opcode.sol";

/// @dev Pushing, dropping and ordering items. Twin: src/machine/instructions/stackOps.ts.
library StackOps {
    function opPop(Machine memory machine) internal pure returns (Halt) {
        machine.stack.pop();

        if (!machine.frame.charge(Gas.BASE)) return Halt.OutOfGas;

        machine.frame.pc += 1;
        return Halt.None;
    }

    /// @dev PUSH0 to PUSH32. The data may lie in two chunks; behind the end of the code they are zero.
    function opPush(Machine memory machine, Witness memory witness) internal pure returns (Halt) {
        uint256 size = Code.pushSize(machine.opcode);

        if (!machine.frame.charge(size == 0 ? Gas.BASE : Gas.VERY_LOW)) return Halt.OutOfGas;

        if (size == 0) {
            machine.stack.push(0);
        } else {
            machine.stack.push(Code.readPush(machine.frame, machine.chunk, size, witness));
        }

        machine.frame.pc += uint32(1 + size);
        return Halt.None;
    }

    /// @dev DUP1 to DUP16.
    function opDup(Machine memory machine) internal pure returns (Halt) {
        uint256 depth = machine.opcode - Opcode.DUP1;
        uint256 value = machine.stack.peek(depth);

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        machine.stack.push(value);

        machine.frame.pc += 1;
        return Halt.None;
    }

    /// @dev SWAP1 to SWAP16.
    function opSwap(Machine memory machine) internal pure returns (Halt) {
        uint256 depth = machine.opcode - Opcode.SWAP1 + 1;

        if (!machine.frame.charge(Gas.VERY_LOW)) return Halt.OutOfGas;

        machine.stack.swap(depth);

        machine.frame.pc += 1;
        return Halt.None;
    }
}
