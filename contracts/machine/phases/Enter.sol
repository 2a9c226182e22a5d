// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Code} from "../Code.sol";
import {Cursor, Message} from "../Cursor.sol";
import {Frame} from "../Frame.sol";
import {FrameKind} from "../FrameKind.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {Precompiles} from "../Precompiles.sol";
import {emptyView} from "../View.sol";
import {AccountOpening, WorldState} from "../WorldState.sol";

/// @dev Phase ENTER: the frame of a call. Twin: src/machine/phases/enter.ts.
library Enter {
    /// @dev Takes the snapshot, moves value, loads the code and makes the frame.
    function runEnter(Machine memory machine, Witness memory witness) internal pure {
        Message memory message = Cursor.openMessage(machine.cursor, witness);
        bytes32 snapshot = machine.worldHash;
        machine.openWorld(witness);

        moveValue(machine, message, witness);

        bool isPrecompile =
            message.isDelegated == 0 &&
                Precompiles.exists(uint160(message.codeAddress), machine.context.fork);
        bytes memory code =
            isPrecompile ? bytes("") : loadCode(machine, message.codeAddress, witness);
        Frame memory frame = frameOf(machine, message, code, snapshot);
        frame.isStatic = message.isStatic;
        frame.input = message.input;
        frame.outOffset = message.outOffset;
        frame.outSize = message.outSize;
        machine.enterFrame(frame);
        machine.phase = isPrecompile ? Phase.PRECOMPILE : Phase.EXECUTE;
        if (!isPrecompile) machine.cursor = 0;
    }

    /// @dev A frame at its first instruction, above the running one, with the gas of the message.
    function frameOf(
        Machine memory machine,
        Message memory message,
        bytes memory code,
        bytes32 snapshot
    ) internal pure returns (Frame memory frame) {
        frame.parent = machine.frameHash;
        frame.depth = message.depth;
        frame.kind = message.kind;
        frame.self = message.self;
        frame.caller = message.caller;
        frame.value = message.value;
        frame.codeRoot = Code.codeRoot(code);
        // A code tree holds 65,536 bytes; what was taken from a frame or a transaction fits 64 bits.
        frame.codeSize = uint32(code.length);
        frame.gas = uint64(message.gas);
        frame.input = emptyView().hash();
        frame.returned = emptyView().hash();
        frame.snapshot = snapshot;
    }

    function moveValue(
        Machine memory machine,
        Message memory message,
        Witness memory witness
    ) private pure {
        if (message.kind == FrameKind.CALL && message.value > 0) {
            AccountOpening memory sender = WorldState.open(machine, message.caller, witness);
            sender.account.balance -= message.value;
            WorldState.write(machine, sender, sender.account, witness);
            AccountOpening memory recipient = WorldState.open(machine, message.self, witness);
            recipient.account.balance += message.value;
            WorldState.write(machine, recipient, recipient.account, witness);
        } else if (message.kind == FrameKind.CALL || message.kind == FrameKind.STATICCALL) {
            // An empty account that is touched is removed (EIP-161).
            AccountOpening memory recipient = WorldState.open(machine, message.self, witness);
            if (recipient.exists && recipient.account.isEmpty()) {
                WorldState.remove(machine, recipient, witness);
            }
        }
    }

    function loadCode(
        Machine memory machine,
        address target,
        Witness memory witness
    ) private pure returns (bytes memory) {
        bytes32 codeHash = WorldState.open(machine, target, witness).account.codeHash;
        return Code.take(codeHash, witness);
    }
}
