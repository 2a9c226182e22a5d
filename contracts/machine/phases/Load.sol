// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../../merkle/Witness.sol";
import {Code} from "../Code.sol";
import {Cursor, LoadCursor} from "../Cursor.sol";
import {Machine} from "../Machine.sol";
import {CopyOps} from "../instructions/CopyOps.sol";

/// @dev Phase LOAD: the code of another account, for EXTCODECOPY. Twin: src/machine/phases/load.ts.
library Load {
    function runLoad(Machine memory machine, Witness memory witness) internal pure {
        LoadCursor memory cursor = Cursor.openLoad(machine.cursor, witness);
        bytes memory code = Code.take(cursor.codeHash, witness);

        CopyOps.startCodeCopy(
            machine,
            Code.codeRoot(code),
            code.length,
            cursor.from,
            cursor.dest,
            cursor.size
        );
    }
}
