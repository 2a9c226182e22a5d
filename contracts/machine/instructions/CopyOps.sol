// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Witness} from "../../merkle/Witness.sol";
import {EMPTY_CODE_HASH} from "../Account.sol";
import {CopyCursor, Cursor, LoadCursor} from "../Cursor.sol";
import {Frame} from "../Frame.sol";
import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {View, openView} from "../View.sol";
import {WorldState} from "../WorldState.sol";
import {EnvironmentOps} from "./EnvironmentOps.sol";

/// @dev Copies into memory: an instruction pays and leaves a cursor, COPY moves the bytes. What is paid for lies below 2^32,
/// so it fits its casts. Twin: src/machine/instructions/copyOps.ts.
library CopyOps {
    function opCalldatacopy(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        uint256 dest = machine.stack.pop();
        uint256 offset = machine.stack.pop();
        uint256 size = machine.stack.pop();

        if (!chargeCopy(machine.frame, dest, size)) return Halt.OutOfGas;

        View memory input = openView(machine.frame.input, witness);
        startViewCopy(machine, input, offset, dest, size);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opCodecopy(Machine memory machine) internal pure returns (Halt) {
        uint256 dest = machine.stack.pop();
        uint256 offset = machine.stack.pop();
        uint256 size = machine.stack.pop();

        if (!chargeCopy(machine.frame, dest, size)) return Halt.OutOfGas;

        startCodeCopy(machine, machine.frame.codeRoot, machine.frame.codeSize, offset, dest, size);

        machine.frame.pc += 1;
        return Halt.None;
    }

    /// @dev May not read past the end (EIP-211).
    function opReturndatacopy(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        uint256 dest = machine.stack.pop();
        uint256 offset = machine.stack.pop();
        uint256 size = machine.stack.pop();

        if (!chargeCopy(machine.frame, dest, size)) return Halt.OutOfGas;

        View memory returned = openView(machine.frame.returned, witness);
        if (Math.saturatingAdd(offset, size) > returned.size) return Halt.ReturnDataOutOfBounds;
        startViewCopy(machine, returned, offset, dest, size);

        machine.frame.pc += 1;
        return Halt.None;
    }

    function opExtcodecopy(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        address target = EnvironmentOps.addressOf(machine.stack.pop());
        uint256 dest = machine.stack.pop();
        uint256 offset = machine.stack.pop();
        uint256 size = machine.stack.pop();

        machine.openWorld(witness);
        uint256 cost =
            EnvironmentOps.accessCost(machine, target, witness) +
                Gas.COPY_WORD * Gas.wordsFor(size);
        if (!machine.frame.charge(cost)) return Halt.OutOfGas;
        if (!machine.frame.expand(dest, size)) return Halt.OutOfGas;

        bytes32 codeHash = WorldState.open(machine, target, witness).account.codeHash;
        if (codeHash == EMPTY_CODE_HASH) startCodeCopy(machine, 0, 0, 0, dest, size);
        else startLoad(machine, codeHash, offset, dest, size);

        machine.frame.pc += 1;
        return Halt.None;
    }

    /// @dev EIP-5656: from the end backwards if the destination overlaps the source from behind.
    function opMcopy(Machine memory machine) internal pure returns (Halt) {
        uint256 dest = machine.stack.pop();
        uint256 offset = machine.stack.pop();
        uint256 size = machine.stack.pop();

        uint256 cost = Gas.VERY_LOW + Gas.COPY_WORD * Gas.wordsFor(size);
        if (!machine.frame.charge(cost)) return Halt.OutOfGas;
        if (!machine.frame.expand(Math.max(dest, offset), size)) return Halt.OutOfGas;

        if (size > 0) {
            bool isBackward = offset < dest && dest < offset + size;
            start(
                machine,
                CopyCursor({
                    source: isBackward ? Cursor.COPY_OWN_BACKWARD : Cursor.COPY_OWN_FORWARD,
                    root: 0,
                    words: 0,
                    from: uint64(offset),
                    available: uint64(size),
                    dest: uint64(dest),
                    remaining: uint64(size),
                    next: Phase.EXECUTE
                })
            );
        }

        machine.frame.pc += 1;
        return Halt.None;
    }

    /// @dev Starts a copy of code, or of zeros where there is none, into memory that has been paid for.
    function startCodeCopy(
        Machine memory machine,
        bytes32 codeRoot,
        uint256 codeSize,
        uint256 offset,
        uint256 dest,
        uint256 size
    ) internal pure {
        if (size == 0) return;
        uint256 available = Math.saturatingSub(codeSize, offset);
        start(
            machine,
            CopyCursor({
                source: Cursor.COPY_CODE_TREE,
                root: codeRoot,
                words: 0,
                from: available == 0 ? 0 : uint64(offset),
                available: uint64(available),
                dest: uint64(dest),
                remaining: uint64(size),
                next: Phase.EXECUTE
            })
        );
    }

    function startViewCopy(
        Machine memory machine,
        View memory source,
        uint256 offset,
        uint256 dest,
        uint256 size
    ) private pure {
        if (size == 0) return;
        uint256 available = Math.saturatingSub(source.size, offset);
        start(
            machine,
            CopyCursor({
                source: Cursor.COPY_MEMORY_TREE,
                root: source.root,
                words: source.words,
                from: available == 0 ? 0 : uint64(source.offset + offset),
                available: uint64(available),
                dest: uint64(dest),
                remaining: uint64(size),
                next: Phase.EXECUTE
            })
        );
    }

    function startLoad(
        Machine memory machine,
        bytes32 codeHash,
        uint256 offset,
        uint256 dest,
        uint256 size
    ) private pure {
        if (size == 0) return;
        machine.phase = Phase.LOAD;
        machine.cursor = LoadCursor({
            codeHash: codeHash,
            from: Math.min(offset, type(uint64).max),
            dest: uint64(dest),
            size: uint64(size)
        }).hash();
    }

    function start(Machine memory machine, CopyCursor memory cursor) private pure {
        machine.phase = Phase.COPY;
        machine.cursor = cursor.hash();
    }

    function chargeCopy(
        Frame memory frame,
        uint256 dest,
        uint256 size
    ) private pure returns (bool) {
        uint256 cost = Gas.VERY_LOW + Gas.COPY_WORD * Gas.wordsFor(size);
        return frame.charge(cost) && frame.expand(dest, size);
    }
}
