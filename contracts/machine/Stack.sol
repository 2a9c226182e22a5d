// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleTree} from "../merkle/MerkleTree.sol";
import {Witness} from "../merkle/Witness.sol";
import {checkPreimage} from "./Preimage.sol";

/// @dev A frame's stack, known as far as the witness opened it.
struct Stack {
    // The known items, bottom first; slots from `known` on are free.
    uint256[] items;
    uint256 known;
    // The hash of what lies below the known items.
    bytes32 rest;
    // Items in all, known or not.
    uint256 size;
}

using {open, pop, push, peek, swap, hash} for Stack global;

/// @dev The witness opened fewer items than the instruction reads, or more than the stack holds.
error StackItemsMismatch(uint256 known, uint256 size);

/// @dev A stack of which only the hash is known.
function closedStack(bytes32 rest, uint256 size) pure returns (Stack memory) {
    return Stack({items: new uint256[](1), known: 0, rest: rest, size: size});
}

/// @dev Reads the items that the instruction may touch: a count, the items from the top down, the hash below them.
function open(Stack memory stack, Witness memory witness) pure {
    bytes32 committed = stack.rest;
    uint256 known = witness.readUint8();
    require(known <= stack.size, StackItemsMismatch(known, stack.size));

    stack.items = new uint256[](known + 1);
    stack.known = known;
    for (uint256 i = known; i > 0; i--) stack.items[i - 1] = witness.readUint256();
    stack.rest = witness.readBytes32();
    checkPreimage(committed, hash(stack));
}

/// @dev Takes the top item off. The arity check has shown that there is one.
function pop(Stack memory stack) pure returns (uint256) {
    require(stack.known > 0, StackItemsMismatch(stack.known, stack.size));
    stack.known--;
    stack.size--;
    return stack.items[stack.known];
}

/// @dev Puts an item on top. The arity check has shown that there is room.
function push(Stack memory stack, uint256 value) pure {
    stack.items[stack.known] = value;
    stack.known++;
    stack.size++;
}

/// @dev The item `depth` below the top.
function peek(Stack memory stack, uint256 depth) pure returns (uint256) {
    require(depth < stack.known, StackItemsMismatch(stack.known, stack.size));
    return stack.items[stack.known - 1 - depth];
}

/// @dev Exchanges the top with the item `depth` below it.
function swap(Stack memory stack, uint256 depth) pure {
    uint256 deep = peek(stack, depth);
    uint256 top = peek(stack, 0);
    stack.items[stack.known - 1 - depth] = top;
    stack.items[stack.known - 1] = deep;
}

/// @dev The commitment: an empty stack is zero, an item on top hashes with what lies below.
function hash(Stack memory stack) pure returns (bytes32 node) {
    node = stack.rest;
    for (uint256 i = 0; i < stack.known; i++) {
        node = MerkleTree.hashPair(bytes32(stack.items[i]), node);
    }
}
