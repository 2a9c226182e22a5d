// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Witness} from "../merkle/Witness.sol";
import {Frame} from "./Frame.sol";
import {Memory} from "./Memory.sol";
import {checkPreimage} from "./Preimage.sol";

/// @dev A byte range of a memory that no longer changes: calldata, or what a call returned. Twin: src/machine/view.ts.
struct View {
    bytes32 root;
    uint32 words;
    uint64 offset;
    uint64 size;
}

using {hash, loadAll, loadWord} for View global;

bytes32 constant TAG_VIEW = keccak256("tribunal.view");

function hash(View memory self) pure returns (bytes32) {
    return keccak256(abi.encode(TAG_VIEW, self));
}

/// @dev The view of no bytes, of whatever memory.
function emptyView() pure returns (View memory) {
    return View({root: 0, words: 0, offset: 0, size: 0});
}

/// @dev A range of the frame's memory, which the frame has already grown to hold.
function viewOf(Frame memory frame, uint256 offset, uint256 size) pure returns (View memory) {
    if (size == 0) return emptyView();
    return
        View({
            root: frame.memoryRoot,
            words: frame.words,
            // Memory ends at 2^32 bytes.
            offset: uint64(offset),
            size: uint64(size)
        });
}

/// @dev Reads the view behind a committed hash.
function openView(bytes32 committed, Witness memory witness) pure returns (View memory self) {
    self.root = witness.readBytes32();
    self.words = witness.readUint32();
    self.offset = witness.readUint64();
    self.size = witness.readUint64();
    checkPreimage(committed, hash(self));
}

/// @dev All bytes of the view.
function loadAll(View memory self, Witness memory witness) pure returns (bytes memory) {
    return Memory.loadFrom(self.root, self.words, self.offset, self.size, witness);
}

/// @dev The word that starts at a byte of the view; zeros past its end.
function loadWord(View memory self, uint256 from, Witness memory witness) pure returns (uint256) {
    if (from >= self.size) return 0;
    uint256 size = Math.min(32, self.size - from);
    bytes memory data = Memory.loadFrom(self.root, self.words, self.offset + from, size, witness);
    return uint256(bytes32(data));
}
