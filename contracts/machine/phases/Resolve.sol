// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Witness} from "../../merkle/Witness.sol";
import {Code} from "../Code.sol";
import {Cursor, Message} from "../Cursor.sol";
import {Fork} from "../Fork.sol";
import {Frame} from "../Frame.sol";
import {FrameKind} from "../FrameKind.sol";
import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {Substate} from "../Substate.sol";
import {emptyView} from "../View.sol";
import {WorldState} from "../WorldState.sol";

/// @dev Phase RESOLVE: whose code a call runs and with how much gas. Twin: src/machine/phases/resolve.ts.
library Resolve {
    /// @dev Follows a delegation, takes the gas and checks depth and balance.
    function runResolve(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        bool isTop = machine.frameHash == 0;
        if (!isTop) machine.openFrame(witness);
        Message memory message = Cursor.openMessage(machine.cursor, witness);
        machine.openWorld(witness);

        message.isDelegated = 0;
        (bool isDelegated, address delegate) = delegateOf(machine, message.codeAddress, witness);
        if (isDelegated) {
            bool wasWarm = Substate.touchAddress(machine, delegate, witness);
            uint256 cost = wasWarm ? Gas.WARM_ACCESS : Gas.COLD_ACCOUNT;
            if (!isTop && !machine.frame.charge(cost)) return Halt.OutOfGas;
            message.codeAddress = delegate;
            message.isDelegated = 1;
        }

        if (isTop) enter(machine, message);
        else call(machine, message, witness);
        return Halt.None;
    }

    /// @dev Lets a call or creation fail before it has a frame.
    function failCall(Machine memory machine) internal pure {
        machine.stack.push(0);
        machine.frame.returned = emptyView().hash();
        machine.phase = Phase.EXECUTE;
        machine.cursor = 0;
    }

    function call(
        Machine memory machine,
        Message memory message,
        Witness memory witness
    ) private pure {
        Frame memory frame = machine.frame;
        bool movesValue =
            message.value > 0 &&
                (message.kind == FrameKind.CALL || message.kind == FrameKind.CALLCODE);
        uint64 stipend = movesValue ? uint64(Gas.CALL_STIPEND) : 0;

        if (!isLegal(machine, message, movesValue, witness)) {
            frame.gas += stipend;
            failCall(machine);
            return;
        }
        // At most what the frame has.
        uint64 given = uint64(Math.min(message.gas, Gas.allButOne64th(frame.gas)));
        frame.gas -= given;
        message.gas = given + stipend;
        enter(machine, message);
    }

    function isLegal(
        Machine memory machine,
        Message memory message,
        bool movesValue,
        Witness memory witness
    ) private pure returns (bool) {
        if (message.depth > Gas.MAX_DEPTH) return false;
        if (!movesValue) return true;
        uint256 balance = WorldState.open(machine, message.caller, witness).account.balance;
        return balance >= message.value;
    }

    function enter(Machine memory machine, Message memory message) private pure {
        machine.phase = Phase.ENTER;
        machine.cursor = message.hash();
    }

    function delegateOf(
        Machine memory machine,
        address target,
        Witness memory witness
    ) private pure returns (bool, address) {
        if (machine.context.fork < Fork.PRAGUE) return (false, address(0));
        bytes32 codeHash = WorldState.open(machine, target, witness).account.codeHash;
        return Code.delegate(Code.take(codeHash, witness));
    }
}
