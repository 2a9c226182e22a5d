// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Cursor, HashCursor} from "../Cursor.sol";
import {Machine} from "../Machine.sol";
import {Memory} from "../Memory.sol";
import {Phase} from "../Phase.sol";
import {Sponge} from "../Sponge.sol";

/// @dev Phase HASH: a piece of memory into the sponge of a KECCAK256. Twin: src/machine/phases/hash.ts.
library Hash {
    function runHash(Machine memory machine, Witness memory witness) internal pure {
        machine.openFrame(witness);
        HashCursor memory cursor = Cursor.openHash(machine.cursor, witness);
        uint256[25] memory state = Sponge.unpack(cursor.lanes);

        bool isLast = cursor.remaining < Sponge.STEP_BYTES;
        uint64 size = isLast ? cursor.remaining : uint64(Sponge.STEP_BYTES);
        bytes memory piece = Memory.load(machine.frame, cursor.offset, size, witness);
        Sponge.absorb(state, piece);
        if (isLast) {
            Sponge.absorbLast(state, piece);
            machine.stack.push(uint256(Sponge.digest(state)));
            machine.phase = Phase.EXECUTE;
            machine.cursor = 0;
        } else {
            cursor.lanes = Sponge.pack(state);
            cursor.offset += size;
            cursor.remaining -= size;
            machine.cursor = cursor.hash();
        }
    }
}
