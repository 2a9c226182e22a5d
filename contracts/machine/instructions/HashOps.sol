// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {HashCursor} from "../Cursor.sol";
import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Machine} from "../Machine.sol";
import {Memory} from "../Memory.sol";
import {Phase} from "../Phase.sol";

/// @dev The digest of a piece of memory. Twin: src/machine/instructions/hashOps.ts.
library HashOps {
    /// @dev What one step hashes at once.
    uint256 internal constant HASH_STEP_BYTES = 65_536;

    function opKeccak256(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (Halt) {
        uint256 offset = machine.stack.pop();
        uint256 size = machine.stack.pop();

        uint256 cost = Gas.KECCAK256 + Gas.KECCAK256_WORD * Gas.wordsFor(size);
        if (!machine.frame.charge(cost)) return Halt.OutOfGas;
        if (!machine.frame.expand(offset, size)) return Halt.OutOfGas;

        if (size <= HASH_STEP_BYTES) {
            bytes memory data = Memory.load(machine.frame, offset, size, witness);
            machine.stack.push(uint256(keccak256(data)));
        } else {
            HashCursor memory cursor;
            // Memory ends at 2^32 bytes.
            cursor.offset = uint64(offset);
            cursor.remaining = uint64(size);
            machine.cursor = cursor.hash();
            machine.phase = Phase.HASH;
        }

        machine.frame.pc += 1;
        return Halt.None;
    }
}
