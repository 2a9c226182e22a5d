// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Account} from "../Account.sol";
import {Cursor, Message} from "../Cursor.sol";
import {Frame} from "../Frame.sol";
import {FrameKind} from "../FrameKind.sol";
import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {Substate} from "../Substate.sol";
import {emptyView, viewOf} from "../View.sol";
import {AccountOpening, WorldState} from "../WorldState.sol";
import {EnvironmentOps} from "./EnvironmentOps.sol";

/// @dev CREATE, CREATE2 and SELFDESTRUCT. Creations pay and leave a message for CREATE.
/// Twin: src/machine/instructions/createOps.ts.
library CreateOps {
    function opCreate(Machine memory machine) internal pure returns (Halt) {
        Message memory message;
        message.kind = FrameKind.CREATE;
        message.value = machine.stack.pop();
        uint256 offset = machine.stack.pop();
        uint256 size = machine.stack.pop();

        return sendCreation(machine, message, offset, size, Gas.INIT_CODE_WORD);
    }

    /// @dev Pays for hashing the initcode too.
    function opCreate2(Machine memory machine) internal pure returns (Halt) {
        Message memory message;
        message.kind = FrameKind.CREATE2;
        message.value = machine.stack.pop();
        uint256 offset = machine.stack.pop();
        uint256 size = machine.stack.pop();
        message.salt = bytes32(machine.stack.pop());

        uint256 wordCost = Gas.INIT_CODE_WORD + Gas.KECCAK256_WORD;
        return sendCreation(machine, message, offset, size, wordCost);
    }

    /// @dev Removes only what its own transaction created (EIP-6780).
    function opSelfdestruct(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        address heir = EnvironmentOps.addressOf(machine.stack.pop());

        address self = machine.frame.self;
        machine.openWorld(witness);
        uint256 cost = Gas.SELFDESTRUCT;
        if (!Substate.touchAddress(machine, heir, witness)) cost += Gas.COLD_ACCOUNT;
        AccountOpening memory own = WorldState.open(machine, self, witness);
        uint256 balance = own.account.balance;
        Account memory heirBefore = WorldState.open(machine, heir, witness).account;
        if (balance > 0 && heirBefore.isEmpty()) cost += Gas.NEW_ACCOUNT;
        if (!machine.frame.charge(cost)) return Halt.OutOfGas;

        bool isCreated = Substate.isCreated(machine, self, witness);
        if (heir != self || isCreated) {
            own.account.balance = 0;
            WorldState.write(machine, own, own.account, witness);
        }
        if (heir != self) {
            AccountOpening memory opening = WorldState.open(machine, heir, witness);
            opening.account.balance += balance;
            WorldState.write(machine, opening, opening.account, witness);
        }
        if (isCreated) machine.world.addDestroyed(self);

        machine.endFrame(Cursor.STATUS_SUCCESS, emptyView());
        return Halt.None;
    }

    /// @dev Fills in what both kinds have in common. Memory holds the initcode, so its end lies below 2^32.
    function sendCreation(
        Machine memory machine,
        Message memory message,
        uint256 offset,
        uint256 size,
        uint256 wordCost
    ) private pure returns (Halt) {
        Frame memory frame = machine.frame;
        if (size > Gas.MAX_INIT_CODE_SIZE) return Halt.InitCodeTooLarge;
        if (!frame.charge(Gas.CREATE + wordCost * Gas.wordsFor(size))) return Halt.OutOfGas;
        if (!frame.expand(offset, size)) return Halt.OutOfGas;

        message.caller = frame.self;
        message.depth = frame.depth + 1;
        message.input = viewOf(frame, offset, size).hash();
        machine.phase = Phase.CREATE;
        machine.cursor = message.hash();

        frame.pc += 1;
        return Halt.None;
    }
}
