// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Witness} from "../../merkle/Witness.sol";
import {CopyCursor, Cursor, Outcome, SystemCursor} from "../Cursor.sol";
import {Frame} from "../Frame.sol";
import {FrameKind} from "../FrameKind.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {SYSTEM_CALL} from "../TransactionContext.sol";
import {View, openView} from "../View.sol";

/// @dev Phase SETTLE: what a frame that has ended leaves to its parent. Twin: src/machine/phases/settle.ts.
library Settle {
    /// @dev Keeps or restores the world and hands gas, status and output on.
    function runSettle(Machine memory machine, Witness memory witness) internal pure {
        machine.openFrame(witness);
        Outcome memory outcome = Cursor.openOutcome(machine.cursor, witness);

        Frame memory frame = machine.frame;
        bool isSuccess = outcome.status == Cursor.STATUS_SUCCESS;
        if (!isSuccess) machine.worldHash = frame.snapshot;
        if (isSuccess && FrameKind.isCreation(frame.kind)) {
            machine.phase = Phase.DEPOSIT;
            return;
        }
        if (frame.parent == 0) settleTop(machine, outcome, witness);
        else settleNested(machine, outcome, witness);
    }

    /// @dev Hands the gas that the frame has left to its parent, which runs on.
    function returnToParent(Machine memory machine, Witness memory witness) internal pure {
        uint64 left = machine.frame.gas;
        machine.leaveFrame();
        machine.openFrame(witness);
        // Both were taken from the gas of one transaction.
        machine.frame.gas += left;
        machine.phase = Phase.EXECUTE;
        machine.cursor = 0;
    }

    /// @dev Ends the message of a transaction.
    function finishTop(Machine memory machine, Outcome memory outcome) internal pure {
        outcome.gas = machine.frame.gas;
        machine.leaveFrame();
        machine.phase = Phase.FINISH;
        machine.cursor = outcome.hash();
    }

    function settleTop(
        Machine memory machine,
        Outcome memory outcome,
        Witness memory witness
    ) private pure {
        machine.openTransaction(witness);
        if (machine.transaction.kind != SYSTEM_CALL) {
            finishTop(machine, outcome);
            return;
        }
        machine.leaveFrame();
        machine.phase = Phase.SYSTEM;
        // The nonce of a system call is its index among the few of a block.
        machine.cursor = SystemCursor({index: uint8(machine.transaction.nonce + 1)}).hash();
    }

    function settleNested(
        Machine memory machine,
        Outcome memory outcome,
        Witness memory witness
    ) private pure {
        Frame memory frame = machine.frame;
        returnToParent(machine, witness);
        machine.frame.returned = outcome.output;
        if (FrameKind.isCreation(frame.kind)) {
            machine.stack.push(0);
            return;
        }

        View memory output = openView(outcome.output, witness);
        machine.stack.push(outcome.status == Cursor.STATUS_SUCCESS ? 1 : 0);
        uint64 size = uint64(Math.min(frame.outSize, output.size));
        if (size == 0) return;
        machine.phase = Phase.COPY;
        machine.cursor = CopyCursor({
            source: Cursor.COPY_MEMORY_TREE,
            root: output.root,
            words: output.words,
            from: output.offset,
            available: size,
            dest: frame.outOffset,
            remaining: size,
            next: Phase.EXECUTE
        }).hash();
    }
}
