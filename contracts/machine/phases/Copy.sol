// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Witness} from "../../merkle/Witness.sol";
import {Code} from "../Code.sol";
import {CopyCursor, Cursor} from "../Cursor.sol";
import {Machine} from "../Machine.sol";
import {Memory} from "../Memory.sol";
import {Phase} from "../Phase.sol";
import {viewOf} from "../View.sol";

/// @dev Phase COPY: a piece of some bytes into the frame's memory, which has been grown to hold them all.
/// Twin: src/machine/phases/copy.ts.
library Copy {
    uint256 internal constant COPY_CHUNK_BYTES = 1024;

    function runCopy(Machine memory machine, Witness memory witness) internal pure {
        machine.openFrame(witness);
        CopyCursor memory cursor = Cursor.openCopy(machine.cursor, witness);

        uint64 size = uint64(Math.min(COPY_CHUNK_BYTES, cursor.remaining));
        // Backwards the last piece comes first, and what is in front of it is skipped.
        bool isBackward = cursor.source == Cursor.COPY_OWN_BACKWARD;
        uint64 skipped = isBackward ? cursor.remaining - size : 0;
        uint64 present = uint64(Math.min(size, cursor.available));
        bytes memory piece = bytes.concat(
            readSource(machine, cursor, cursor.from + skipped, present, witness),
            new bytes(size - present)
        );
        Memory.store(machine.frame, cursor.dest + skipped, piece, witness);

        cursor.remaining -= size;
        cursor.available -= present;
        if (!isBackward) {
            cursor.from += present;
            cursor.dest += size;
        }
        advance(machine, cursor);
    }

    function readSource(
        Machine memory machine,
        CopyCursor memory cursor,
        uint256 from,
        uint256 size,
        Witness memory witness
    ) private pure returns (bytes memory) {
        if (cursor.source == Cursor.COPY_CODE_TREE) {
            return Code.load(cursor.root, from, size, witness);
        }
        if (cursor.source == Cursor.COPY_MEMORY_TREE) {
            return Memory.loadFrom(cursor.root, cursor.words, from, size, witness);
        }
        return Memory.load(machine.frame, from, size, witness);
    }

    function advance(Machine memory machine, CopyCursor memory cursor) private pure {
        if (cursor.remaining > 0) {
            machine.cursor = cursor.hash();
        } else if (cursor.next == Phase.SETTLE) {
            // The precompile identity: all that was copied is its output.
            machine.endFrame(Cursor.STATUS_SUCCESS, viewOf(machine.frame, 0, cursor.dest));
        } else {
            machine.phase = cursor.next;
            machine.cursor = 0;
        }
    }
}
