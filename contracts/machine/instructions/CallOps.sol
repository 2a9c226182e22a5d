// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Message} from "../Cursor.sol";
import {Frame} from "../Frame.sol";
import {FrameKind} from "../FrameKind.sol";
import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {Stack} from "../Stack.sol";
import {viewOf} from "../View.sol";
import {WorldState} from "../WorldState.sol";
import {EnvironmentOps} from "./EnvironmentOps.sol";

/// @dev Where in the caller's memory a call takes its input from and puts its output.
struct CallBuffers {
    uint256 inOffset;
    uint256 inSize;
    uint256 outOffset;
    uint256 outSize;
}

/// @dev The CALL family: an instruction pays for memory and access and leaves a message; RESOLVE decides what gas it gets
/// and ENTER makes the frame. Twin: src/machine/instructions/callOps.ts.
library CallOps {
    function opCall(Machine memory machine, Witness memory witness) internal pure returns (Halt) {
        uint256 gas = machine.stack.pop();
        address target = EnvironmentOps.addressOf(machine.stack.pop());
        uint256 value = machine.stack.pop();
        CallBuffers memory buffers = popBuffers(machine.stack);

        if (value != 0 && machine.frame.isStatic == 1) return Halt.StaticViolation;
        if (!expandBuffers(machine.frame, buffers)) return Halt.OutOfGas;
        machine.openWorld(witness);
        uint256 cost = EnvironmentOps.accessCost(machine, target, witness);
        if (value != 0) {
            cost += Gas.CALL_VALUE;
            if (WorldState.open(machine, target, witness).account.isEmpty()) {
                cost += Gas.NEW_ACCOUNT;
            }
        }
        if (!machine.frame.charge(cost)) return Halt.OutOfGas;

        Message memory message = messageOf(machine, FrameKind.CALL, gas, buffers);
        message.self = target;
        message.codeAddress = target;
        message.value = value;
        send(machine, message);
        return Halt.None;
    }

    function opCallcode(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        uint256 gas = machine.stack.pop();
        address target = EnvironmentOps.addressOf(machine.stack.pop());
        uint256 value = machine.stack.pop();
        CallBuffers memory buffers = popBuffers(machine.stack);

        if (!expandBuffers(machine.frame, buffers)) return Halt.OutOfGas;
        machine.openWorld(witness);
        uint256 cost = EnvironmentOps.accessCost(machine, target, witness);
        if (value != 0) cost += Gas.CALL_VALUE;
        if (!machine.frame.charge(cost)) return Halt.OutOfGas;

        Message memory message = messageOf(machine, FrameKind.CALLCODE, gas, buffers);
        message.codeAddress = target;
        message.value = value;
        send(machine, message);
        return Halt.None;
    }

    function opDelegatecall(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        uint256 gas = machine.stack.pop();
        address target = EnvironmentOps.addressOf(machine.stack.pop());
        CallBuffers memory buffers = popBuffers(machine.stack);

        if (!expandBuffers(machine.frame, buffers)) return Halt.OutOfGas;
        machine.openWorld(witness);
        uint256 cost = EnvironmentOps.accessCost(machine, target, witness);
        if (!machine.frame.charge(cost)) return Halt.OutOfGas;

        Message memory message = messageOf(machine, FrameKind.DELEGATECALL, gas, buffers);
        message.caller = machine.frame.caller;
        message.codeAddress = target;
        message.value = machine.frame.value;
        send(machine, message);
        return Halt.None;
    }

    function opStaticcall(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        uint256 gas = machine.stack.pop();
        address target = EnvironmentOps.addressOf(machine.stack.pop());
        CallBuffers memory buffers = popBuffers(machine.stack);

        if (!expandBuffers(machine.frame, buffers)) return Halt.OutOfGas;
        machine.openWorld(witness);
        uint256 cost = EnvironmentOps.accessCost(machine, target, witness);
        if (!machine.frame.charge(cost)) return Halt.OutOfGas;

        Message memory message = messageOf(machine, FrameKind.STATICCALL, gas, buffers);
        message.self = target;
        message.codeAddress = target;
        message.isStatic = 1;
        send(machine, message);
        return Halt.None;
    }

    function popBuffers(Stack memory stack) private pure returns (CallBuffers memory buffers) {
        buffers.inOffset = stack.pop();
        buffers.inSize = stack.pop();
        buffers.outOffset = stack.pop();
        buffers.outSize = stack.pop();
    }

    function expandBuffers(
        Frame memory frame,
        CallBuffers memory buffers
    ) private pure returns (bool) {
        return
            frame.expand(buffers.inOffset, buffers.inSize) &&
            frame.expand(buffers.outOffset, buffers.outSize);
    }

    /// @dev What messages of all kinds have in common. Memory holds the buffers, so their ends lie below 2^32.
    function messageOf(
        Machine memory machine,
        uint8 kind,
        uint256 gas,
        CallBuffers memory buffers
    ) private pure returns (Message memory message) {
        Frame memory frame = machine.frame;
        message.kind = kind;
        message.caller = frame.self;
        message.self = frame.self;
        message.gas = gas;
        message.isStatic = frame.isStatic;
        message.depth = frame.depth + 1;
        message.input = viewOf(frame, buffers.inOffset, buffers.inSize).hash();
        message.outOffset = buffers.outSize == 0 ? 0 : uint64(buffers.outOffset);
        message.outSize = uint64(buffers.outSize);
    }

    function send(Machine memory machine, Message memory message) private pure {
        machine.phase = Phase.RESOLVE;
        machine.cursor = message.hash();

        machine.frame.pc += 1;
    }
}
