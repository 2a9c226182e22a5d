// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleTree} from "../merkle/MerkleTree.sol";
import {Witness} from "../merkle/Witness.sol";
import {Gas} from "./Gas.sol";

/// @dev A running message. Field order is consensus. Twin: src/machine/frame.ts.
struct Frame {
    bytes32 parent;
    uint16 depth;
    uint8 kind;
    uint8 isStatic;
    address self;
    address caller;
    uint256 value;
    bytes32 codeRoot;
    uint32 codeSize;
    uint32 pc;
    uint64 gas;
    bytes32 stack;
    uint16 stackSize;
    bytes32 memoryRoot;
    uint32 words;
    // Hashes of views.
    bytes32 input;
    bytes32 returned;
    // Where the running call's output goes.
    uint64 outOffset;
    uint64 outSize;
    // The world at entry.
    bytes32 snapshot;
}

using {hash, charge, expand} for Frame global;

bytes32 constant TAG_FRAME = keccak256("tribunal.frame");

function hash(Frame memory frame) pure returns (bytes32) {
    return keccak256(abi.encode(TAG_FRAME, frame));
}

/// @dev Takes gas. Returns false, and takes nothing, when there is not enough.
function charge(Frame memory frame, uint256 cost) pure returns (bool) {
    if (cost > frame.gas) return false;
    frame.gas -= uint64(cost);
    return true;
}

/// @dev Pays for memory up to the end of the range and grows it. Returns false when that cannot be paid.
function expand(Frame memory frame, uint256 offset, uint256 size) pure returns (bool) {
    if (size == 0) return true;
    if (size > Gas.MAX_MEMORY_BYTES || offset > Gas.MAX_MEMORY_BYTES - size) return false;

    uint256 words = (offset + size + 31) / 32;
    if (words <= frame.words) return true;
    if (!charge(frame, Gas.memoryCost(words) - Gas.memoryCost(frame.words))) return false;

    frame.memoryRoot = grown(frame.memoryRoot, frame.words, words);
    frame.words = uint32(words);
    return true;
}

/// @dev The root after zero words are appended.
function grown(bytes32 root, uint256 fromWords, uint256 toWords) pure returns (bytes32) {
    uint256 height = MerkleTree.heightFor(toWords);
    if (fromWords == 0) return MerkleTree.zero(height);
    return MerkleTree.grow(root, MerkleTree.heightFor(fromWords), height);
}

function readFrame(Witness memory witness) pure returns (Frame memory frame) {
    frame.parent = witness.readBytes32();
    frame.depth = witness.readUint16();
    frame.kind = witness.readUint8();
    frame.isStatic = witness.readUint8();
    frame.self = witness.readAddress();
    frame.caller = witness.readAddress();
    frame.value = witness.readUint256();
    frame.codeRoot = witness.readBytes32();
    frame.codeSize = witness.readUint32();
    frame.pc = witness.readUint32();
    frame.gas = witness.readUint64();
    frame.stack = witness.readBytes32();
    frame.stackSize = witness.readUint16();
    frame.memoryRoot = witness.readBytes32();
    frame.words = witness.readUint32();
    frame.input = witness.readBytes32();
    frame.returned = witness.readBytes32();
    frame.outOffset = witness.readUint64();
    frame.outSize = witness.readUint64();
    frame.snapshot = witness.readBytes32();
}
