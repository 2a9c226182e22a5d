// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {CopyCursor, Cursor} from "../Cursor.sol";
import {Frame, grown} from "../Frame.sol";
import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Machine} from "../Machine.sol";
import {Memory} from "../Memory.sol";
import {Phase} from "../Phase.sol";
import {PrecompileGas} from "../PrecompileGas.sol";
import {Precompiles} from "../Precompiles.sol";
import {View, emptyView, openView, viewOf} from "../View.sol";

/// @dev Phase PRECOMPILE: the call of a precompiled contract. Twin: src/machine/phases/precompile.ts.
library Precompile {
    uint160 private constant IDENTITY = 0x04;

    /// @dev The message of the phase names an address where the fork has no precompile.
    error NotAPrecompile(uint160 address_);

    /// @dev Charges and calls; the output becomes the frame's memory, and a failure halts the frame.
    function runPrecompile(
        Machine memory machine,
        Witness memory witness
    ) internal view returns (Halt) {
        machine.openFrame(witness);
        uint160 codeAddress = uint160(Cursor.openMessage(machine.cursor, witness).codeAddress);
        // ENTER comes here with precompiles only. What L1 has at another address is not this chain's, and may change.
        require(Precompiles.exists(codeAddress, machine.context.fork), NotAPrecompile(codeAddress));
        View memory input = openView(machine.frame.input, witness);

        if (codeAddress == IDENTITY) return runIdentity(machine, input);
        (bool success, bytes memory output) = call(machine, codeAddress, input, witness);
        if (!success) return Halt.PrecompileFailure;
        Memory.fill(machine.frame, output);
        machine.endFrame(Cursor.STATUS_SUCCESS, viewOf(machine.frame, 0, output.length));
        return Halt.None;
    }

    /// @dev Gas is compared before anything runs: L1 need not be able to run what cannot be paid.
    function call(
        Machine memory machine,
        uint160 codeAddress,
        View memory inputView,
        Witness memory witness
    ) private view returns (bool, bytes memory) {
        bool caps = machine.context.caps;
        if (caps && inputView.size > Precompiles.PRECOMPILE_INPUT_CAP) return (false, "");
        bytes memory input = inputView.loadAll(witness);
        if (caps && !Precompiles.isWithinCaps(codeAddress, input)) return (false, "");

        uint256 cost = Precompiles.gasCost(codeAddress, input, machine.context.fork);
        if (cost == PrecompileGas.UNPAYABLE || !machine.frame.charge(cost)) return (false, "");
        return Precompiles.run(codeAddress, input);
    }

    /// @dev The copy of the input becomes the frame's memory, piece by piece.
    function runIdentity(Machine memory machine, View memory input) private pure returns (Halt) {
        Frame memory frame = machine.frame;
        uint256 words = Gas.wordsFor(input.size);
        if (!frame.charge(Gas.IDENTITY + Gas.IDENTITY_WORD * words)) return Halt.OutOfGas;
        if (input.size == 0) {
            machine.endFrame(Cursor.STATUS_SUCCESS, emptyView());
            return Halt.None;
        }
        // A frame's memory, of which the input is a part, ends at 2^32 bytes.
        frame.words = uint32(words);
        frame.memoryRoot = grown(0, 0, words);
        machine.phase = Phase.COPY;
        machine.cursor = CopyCursor({
            source: Cursor.COPY_MEMORY_TREE,
            root: input.root,
            words: input.words,
            from: input.offset,
            available: input.size,
            dest: 0,
            remaining: input.size,
            next: Phase.SETTLE
        }).hash();
        return Halt.None;
    }
}
