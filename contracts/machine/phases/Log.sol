// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Witness} from "../../merkle/Witness.sol";
import {Cursor, LogCursor} from "../Cursor.sol";
import {Logs} from "../Logs.sol";
import {Machine} from "../Machine.sol";
import {Memory} from "../Memory.sol";
import {Phase} from "../Phase.sol";
import {checkPreimage} from "../Preimage.sol";

/// @dev Phase LOG: a piece of memory into a log entry, the last one with the entry into the logs.
/// Twin: src/machine/phases/log.ts.
library Log {
    function runLog(Machine memory machine, Witness memory witness) internal pure {
        machine.openFrame(witness);
        LogCursor memory cursor = Cursor.openLog(machine.cursor, witness);

        uint64 size = uint64(Math.min(cursor.remaining, Logs.PIECE_BYTES));
        if (size > 0) {
            bytes memory piece = Memory.load(machine.frame, cursor.offset, size, witness);
            cursor.data = Logs.hashPiece(cursor.data, piece);
        }
        cursor.offset += size;
        cursor.remaining -= size;
        if (cursor.remaining > 0) {
            machine.cursor = cursor.hash();
            return;
        }

        append(machine, cursor, witness);
        machine.phase = Phase.EXECUTE;
        machine.cursor = 0;
    }

    function append(
        Machine memory machine,
        LogCursor memory cursor,
        Witness memory witness
    ) private pure {
        machine.openWorld(witness);
        bytes memory bloom = Logs.openBloom(machine.world, witness);
        bytes32[] memory topics = witness.readWords(cursor.topicCount);
        checkPreimage(cursor.topics, Logs.topicsHash(topics));

        Logs.append(machine.world, Logs.entryHashOf(cursor));
        Logs.addToBloom(machine.world, bloom, cursor.self, topics);
    }
}
