// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../merkle/Witness.sol";
import {Block, readBlock} from "./BlockContext.sol";
import {CodeChunk} from "./Code.sol";
import {Context} from "./Context.sol";
import {Frame, readFrame} from "./Frame.sol";
import {Outcome} from "./Cursor.sol";
import {Phase} from "./Phase.sol";
import {checkPreimage} from "./Preimage.sol";
import {Stack, closedStack} from "./Stack.sol";
import {Transaction, commitTransaction, readTransaction} from "./TransactionContext.sol";
import {View} from "./View.sol";
import {World, readWorld} from "./World.sol";

/// @dev A state inside a block. The parts are committed by hash; a part that a step opens is read from the
/// witness, checked, may change, and is hashed again by `hash`. Twin: src/machine/machine.ts.
struct Machine {
    Context context;
    // The six committed fields; the hash of an opened part is out of date until `hash`.
    uint8 phase;
    bytes32 cursor;
    bytes32 blockHash;
    bytes32 transactionHash;
    bytes32 frameHash;
    bytes32 worldHash;
    // The opened parts.
    bool blockOpened;
    bool transactionOpened;
    bool frameOpened;
    bool worldOpened;
    Block block;
    Transaction transaction;
    Frame frame;
    // The opened frame's stack; the frame's own fields `stack` and `stackSize` are out of date until `hash`.
    Stack stack;
    World world;
    // The instruction that an EXECUTE step runs, and the chunk of code it lies in.
    uint8 opcode;
    CodeChunk chunk;
}

using {
    openFrame,
    openTransaction,
    openBlock,
    openWorld,
    closeFrame,
    closeWorld,
    enterFrame,
    leaveFrame,
    dropTransaction,
    endFrame,
    hash
} for Machine global;

bytes32 constant TAG_MACHINE = keccak256("tribunal.machine");

/// @dev Reads the six fields of the machine behind a state.
function openMachine(
    Context memory context,
    bytes32 state,
    Witness memory witness
) pure returns (Machine memory machine) {
    machine.context = context;
    machine.phase = witness.readUint8();
    machine.cursor = witness.readBytes32();
    machine.blockHash = witness.readBytes32();
    machine.transactionHash = witness.readBytes32();
    machine.frameHash = witness.readBytes32();
    machine.worldHash = witness.readBytes32();
    checkPreimage(state, commit(machine));
}

/// @dev Reads the running frame, if it is not open yet; its stack stays closed.
function openFrame(Machine memory machine, Witness memory witness) pure {
    if (machine.frameOpened) return;
    Frame memory frame = readFrame(witness);
    checkPreimage(machine.frameHash, frame.hash());
    machine.frame = frame;
    machine.stack = closedStack(frame.stack, frame.stackSize);
    machine.frameOpened = true;
}

/// @dev Reads the running transaction, if it is not open yet.
function openTransaction(Machine memory machine, Witness memory witness) pure {
    if (machine.transactionOpened) return;
    machine.transaction = readTransaction(witness);
    checkPreimage(machine.transactionHash, commitTransaction(machine.transaction));
    machine.transactionOpened = true;
}

/// @dev Reads the block, if it is not open yet.
function openBlock(Machine memory machine, Witness memory witness) pure {
    if (machine.blockOpened) return;
    machine.block = readBlock(witness);
    checkPreimage(machine.blockHash, machine.block.hash());
    machine.blockOpened = true;
}

/// @dev Reads the world, if it is not open yet.
function openWorld(Machine memory machine, Witness memory witness) pure {
    if (machine.worldOpened) return;
    machine.world = readWorld(witness);
    checkPreimage(machine.worldHash, machine.world.hash());
    machine.worldOpened = true;
}

/// @dev Closes the frame and returns its hash; zero if there is none.
function closeFrame(Machine memory machine) pure returns (bytes32) {
    if (!machine.frameOpened) return machine.frameHash;
    machine.frame.stack = machine.stack.hash();
    machine.frame.stackSize = uint16(machine.stack.size);
    machine.frameHash = machine.frame.hash();
    machine.frameOpened = false;
    return machine.frameHash;
}

/// @dev Closes the world and returns its hash.
function closeWorld(Machine memory machine) pure returns (bytes32) {
    if (!machine.worldOpened) return machine.worldHash;
    machine.worldHash = machine.world.hash();
    machine.worldOpened = false;
    return machine.worldHash;
}

/// @dev Makes a new frame the running one. The frame it leaves must be closed before.
function enterFrame(Machine memory machine, Frame memory frame) pure {
    assert(!machine.frameOpened);
    machine.frame = frame;
    machine.stack = closedStack(frame.stack, frame.stackSize);
    machine.frameOpened = true;
}

/// @dev Makes the parent of the open frame the running one, if it has any. The parent is closed.
function leaveFrame(Machine memory machine) pure {
    assert(machine.frameOpened);
    machine.frameHash = machine.frame.parent;
    machine.frameOpened = false;
}

/// @dev Ends the transaction.
function dropTransaction(Machine memory machine) pure {
    machine.transactionHash = 0;
    machine.transactionOpened = false;
}

/// @dev Ends the running frame: what it leaves is settled by the next step.
function endFrame(Machine memory machine, uint8 status, View memory output) pure {
    machine.phase = Phase.SETTLE;
    machine.cursor = Outcome({status: status, output: output.hash(), gas: 0}).hash();
}

/// @dev The state, with every opened part as it now is. Closes all parts.
function hash(Machine memory machine) pure returns (bytes32) {
    closeFrame(machine);
    closeWorld(machine);
    if (machine.transactionOpened) {
        machine.transactionHash = commitTransaction(machine.transaction);
        machine.transactionOpened = false;
    }
    if (machine.blockOpened) {
        machine.blockHash = machine.block.hash();
        machine.blockOpened = false;
    }
    return commit(machine);
}

function commit(Machine memory machine) pure returns (bytes32) {
    return
        keccak256(
            abi.encode(
                TAG_MACHINE,
                machine.phase,
                machine.cursor,
                machine.blockHash,
                machine.transactionHash,
                machine.frameHash,
                machine.worldHash
            )
        );
}
