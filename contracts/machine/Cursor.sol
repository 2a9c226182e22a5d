// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Witness} from "../merkle/Witness.sol";
import {checkPreimage} from "./Preimage.sol";

/// @dev A copy into the running frame's memory.
struct CopyCursor {
    uint8 source;
    bytes32 root;
    uint32 words;
    uint64 from;
    uint64 available;
    uint64 dest;
    uint64 remaining;
    // The phase after the last chunk.
    uint8 next;
}

/// @dev A KECCAK256 of more memory than one step hashes: the sponge, in Keccak's byte order, and what is left.
struct HashCursor {
    bytes32[7] lanes;
    uint64 offset;
    uint64 remaining;
}

/// @dev A log entry whose data are being hashed.
struct LogCursor {
    address self;
    uint8 topicCount;
    bytes32 topics;
    uint64 size;
    uint64 offset;
    uint64 remaining;
    bytes32 data;
}

/// @dev A message that is to become a frame.
struct Message {
    uint8 kind;
    address caller;
    address self;
    address codeAddress;
    uint256 value;
    uint256 gas;
    uint8 isStatic;
    // Whether a delegation led to codeAddress (EIP-7702).
    uint8 isDelegated;
    uint16 depth;
    bytes32 input;
    uint64 outOffset;
    uint64 outSize;
    bytes32 salt;
}

/// @dev How a frame ended.
struct Outcome {
    uint8 status;
    bytes32 output;
    uint64 gas;
}

/// @dev A code that EXTCODECOPY reads.
struct LoadCursor {
    bytes32 codeHash;
    uint256 from;
    uint64 dest;
    uint64 size;
}

/// @dev Which system call of the block is next.
struct SystemCursor {
    uint8 index;
}

using Cursor for CopyCursor global;
using Cursor for HashCursor global;
using Cursor for LogCursor global;
using Cursor for Message global;
using Cursor for Outcome global;
using Cursor for LoadCursor global;
using Cursor for SystemCursor global;

/// @dev What a phase has to remember between its steps. Field order is consensus. Twin: src/machine/cursor.ts.
library Cursor {
    uint8 internal constant COPY_MEMORY_TREE = 0;
    uint8 internal constant COPY_OWN_FORWARD = 1;
    uint8 internal constant COPY_OWN_BACKWARD = 2;
    uint8 internal constant COPY_CODE_TREE = 3;

    uint8 internal constant STATUS_SUCCESS = 0;
    uint8 internal constant STATUS_REVERT = 1;
    uint8 internal constant STATUS_HALT = 2;

    bytes32 internal constant TAG_COPY = keccak256("tribunal.cursor.copy");
    bytes32 internal constant TAG_HASH = keccak256("tribunal.cursor.hash");
    bytes32 internal constant TAG_LOG = keccak256("tribunal.cursor.log");
    bytes32 internal constant TAG_MESSAGE = keccak256("tribunal.cursor.message");
    bytes32 internal constant TAG_OUTCOME = keccak256("tribunal.cursor.outcome");
    bytes32 internal constant TAG_LOAD = keccak256("tribunal.cursor.load");
    bytes32 internal constant TAG_SYSTEM = keccak256("tribunal.cursor.system");

    function hash(CopyCursor memory cursor) internal pure returns (bytes32) {
        return keccak256(abi.encode(TAG_COPY, cursor));
    }

    function hash(HashCursor memory cursor) internal pure returns (bytes32) {
        return keccak256(abi.encode(TAG_HASH, cursor));
    }

    function hash(LogCursor memory cursor) internal pure returns (bytes32) {
        return keccak256(abi.encode(TAG_LOG, cursor));
    }

    function hash(Message memory cursor) internal pure returns (bytes32) {
        return keccak256(abi.encode(TAG_MESSAGE, cursor));
    }

    function hash(Outcome memory cursor) internal pure returns (bytes32) {
        return keccak256(abi.encode(TAG_OUTCOME, cursor));
    }

    function hash(LoadCursor memory cursor) internal pure returns (bytes32) {
        return keccak256(abi.encode(TAG_LOAD, cursor));
    }

    function hash(SystemCursor memory cursor) internal pure returns (bytes32) {
        return keccak256(abi.encode(TAG_SYSTEM, cursor));
    }

    function openCopy(
        bytes32 committed,
        Witness memory witness
    ) internal pure returns (CopyCursor memory cursor) {
        cursor.source = witness.readUint8();
        cursor.root = witness.readBytes32();
        cursor.words = witness.readUint32();
        cursor.from = witness.readUint64();
        cursor.available = witness.readUint64();
        cursor.dest = witness.readUint64();
        cursor.remaining = witness.readUint64();
        cursor.next = witness.readUint8();
        checkPreimage(committed, hash(cursor));
    }

    function openHash(
        bytes32 committed,
        Witness memory witness
    ) internal pure returns (HashCursor memory cursor) {
        for (uint256 i = 0; i < 7; i++) cursor.lanes[i] = witness.readBytes32();
        cursor.offset = witness.readUint64();
        cursor.remaining = witness.readUint64();
        checkPreimage(committed, hash(cursor));
    }

    function openLog(
        bytes32 committed,
        Witness memory witness
    ) internal pure returns (LogCursor memory cursor) {
        cursor.self = witness.readAddress();
        cursor.topicCount = witness.readUint8();
        cursor.topics = witness.readBytes32();
        cursor.size = witness.readUint64();
        cursor.offset = witness.readUint64();
        cursor.remaining = witness.readUint64();
        cursor.data = witness.readBytes32();
        checkPreimage(committed, hash(cursor));
    }

    function openMessage(
        bytes32 committed,
        Witness memory witness
    ) internal pure returns (Message memory cursor) {
        cursor.kind = witness.readUint8();
        cursor.caller = witness.readAddress();
        cursor.self = witness.readAddress();
        cursor.codeAddress = witness.readAddress();
        cursor.value = witness.readUint256();
        cursor.gas = witness.readUint256();
        cursor.isStatic = witness.readUint8();
        cursor.isDelegated = witness.readUint8();
        cursor.depth = witness.readUint16();
        cursor.input = witness.readBytes32();
        cursor.outOffset = witness.readUint64();
        cursor.outSize = witness.readUint64();
        cursor.salt = witness.readBytes32();
        checkPreimage(committed, hash(cursor));
    }

    function openOutcome(
        bytes32 committed,
        Witness memory witness
    ) internal pure returns (Outcome memory cursor) {
        cursor.status = witness.readUint8();
        cursor.output = witness.readBytes32();
        cursor.gas = witness.readUint64();
        checkPreimage(committed, hash(cursor));
    }

    function openLoad(
        bytes32 committed,
        Witness memory witness
    ) internal pure returns (LoadCursor memory cursor) {
        cursor.codeHash = witness.readBytes32();
        cursor.from = witness.readUint256();
        cursor.dest = witness.readUint64();
        cursor.size = witness.readUint64();
        checkPreimage(committed, hash(cursor));
    }

    function openSystem(
        bytes32 committed,
        Witness memory witness
    ) internal pure returns (SystemCursor memory cursor) {
        cursor.index = witness.readUint8();
        checkPreimage(committed, hash(cursor));
    }
}
