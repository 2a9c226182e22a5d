// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {LogCursor} from "../Cursor.sol";
import {Gas} from "../Gas.sol";
import {Halt} from "../Halt.sol";
import {Logs} from "../Logs.sol";
import {Machine} from "../Machine.sol";
import {Opcode} from "../Opcode.sol";
import {Phase} from "../Phase.sol";

/// @dev Log entries; their data are hashed in phase LOG. Twin: src/machine/instructions/logOps.ts.
library LogOps {
    /// @dev LOG0 to LOG4.
    function opLog(Machine memory machine) internal pure returns (Halt) {
        uint256 offset = machine.stack.pop();
        uint256 size = machine.stack.pop();
        bytes32[] memory topics = new bytes32[](machine.opcode - Opcode.LOG0);
        for (uint256 i = 0; i < topics.length; i++) topics[i] = bytes32(machine.stack.pop());

        uint256 cost = Gas.LOG + Gas.LOG_TOPIC * topics.length;
        cost = Math.saturatingAdd(cost, Math.saturatingMul(Gas.LOG_BYTE, size));
        if (!machine.frame.charge(cost)) return Halt.OutOfGas;
        if (!machine.frame.expand(offset, size)) return Halt.OutOfGas;

        machine.cursor = LogCursor({
            self: machine.frame.self,
            topicCount: uint8(topics.length),
            topics: Logs.topicsHash(topics),
            // Memory ends at 2^32 bytes.
            size: uint64(size),
            offset: size == 0 ? 0 : uint64(offset),
            remaining: uint64(size),
            data: 0
        }).hash();
        machine.phase = Phase.LOG;

        machine.frame.pc += 1;
        return Halt.None;
    }
}
