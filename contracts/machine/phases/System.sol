// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TrieOpening} from "../../merkle/TrieOpening.sol";
import {Witness} from "../../merkle/Witness.sol";
import {Limits} from "../../protocol/Limits.sol";
import {Block} from "../BlockContext.sol";
import {Calldata} from "../Calldata.sol";
import {Context} from "../Context.sol";
import {Cursor, Message} from "../Cursor.sol";
import {Fork} from "../Fork.sol";
import {FrameKind} from "../FrameKind.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";
import {Transaction} from "../TransactionContext.sol";
import {View} from "../View.sol";

/// @dev The calls that every block makes before its entries. Twin: src/machine/phases/system.ts.
library System {
    // The calls in order, by the index of the cursor.
    uint8 internal constant BEACON_ROOT_CALL = 0; // EIP-4788
    uint8 internal constant BLOCK_HASH_CALL = 1; // EIP-2935
    uint8 internal constant L1_ATTRIBUTES_CALL = 2;
    uint8 internal constant SYSTEM_CALLS = 3;

    uint64 internal constant SYSTEM_CALL_GAS = 30_000_000;
    uint8 internal constant SYSTEM_CALL = 0xff;

    /// @dev Makes the next system call, or goes on to the entries.
    function runSystem(Machine memory machine, Witness memory witness) internal pure {
        uint8 index = Cursor.openSystem(machine.cursor, witness).index;
        machine.openBlock(witness);
        machine.openWorld(witness);

        resetWorld(machine);
        index = nextCall(index, machine.context);
        if (index == SYSTEM_CALLS) {
            machine.transactionHash = 0;
            machine.cursor = 0;
            machine.phase = Phase.ENTRY;
            return;
        }

        bytes memory data = dataOf(index, machine.block);
        address to = targetOf(index);
        bytes32[] memory words = Calldata.wordsOf(data, 0, data.length);
        bytes32 dataRoot = Calldata.dataRoot(words);
        setTransaction(machine, index, to, dataRoot, data.length);
        View memory input = View({
            root: dataRoot,
            words: uint32(words.length),
            offset: 0,
            size: uint64(data.length)
        });
        machine.cursor = messageTo(to, input.hash()).hash();
        machine.phase = Phase.ENTER;
    }

    /// @dev Only state and bloom outlive a transaction or a system call.
    function resetWorld(Machine memory machine) private pure {
        machine.world.substateRoot = TrieOpening.EMPTY_ROOT;
        machine.world.transientRoot = TrieOpening.EMPTY_ROOT;
        machine.world.logs = 0;
        machine.world.destroyed = 0;
        machine.world.refund = 0;
    }

    function nextCall(uint8 index, Context memory context) private pure returns (uint8) {
        if (index == BLOCK_HASH_CALL && context.fork < Fork.PRAGUE) return L1_ATTRIBUTES_CALL;
        return index;
    }

    function targetOf(uint8 index) private pure returns (address) {
        if (index == BEACON_ROOT_CALL) return Limits.BEACON_ROOTS;
        if (index == BLOCK_HASH_CALL) return Limits.BLOCK_HASHES;
        return Limits.L1_ATTRIBUTES;
    }

    function dataOf(uint8 index, Block memory block_) private pure returns (bytes memory) {
        if (index == BEACON_ROOT_CALL) return abi.encode(block_.parentBeaconRoot);
        if (index == BLOCK_HASH_CALL) return abi.encode(block_.parentHash);
        return
            abi.encodeWithSignature(
                "setL1BlockValues(uint64,uint64,uint256,bytes32)",
                block_.originNumber,
                block_.originTimestamp,
                block_.originBaseFee,
                block_.originHash
            );
    }

    /// @dev What ORIGIN and GASPRICE read during the call; the nonce is the index, from which SETTLE goes on.
    function setTransaction(
        Machine memory machine,
        uint8 index,
        address to,
        bytes32 dataRoot,
        uint256 dataSize
    ) private pure {
        Transaction memory transaction;
        transaction.kind = SYSTEM_CALL;
        transaction.sender = Limits.SYSTEM_ADDRESS;
        transaction.to = to;
        transaction.nonce = index;
        transaction.gasLimit = SYSTEM_CALL_GAS;
        transaction.dataRoot = dataRoot;
        transaction.dataSize = uint64(dataSize);
        machine.transaction = transaction;
        machine.transactionOpened = true;
    }

    function messageTo(address to, bytes32 input) private pure returns (Message memory message) {
        message.kind = FrameKind.CALL;
        message.caller = Limits.SYSTEM_ADDRESS;
        message.self = to;
        message.codeAddress = to;
        message.gas = SYSTEM_CALL_GAS;
        message.input = input;
    }
}
