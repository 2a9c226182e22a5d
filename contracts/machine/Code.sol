// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {MerkleTree} from "../merkle/MerkleTree.sol";
import {Witness} from "../merkle/Witness.sol";
import {EMPTY_CODE_HASH} from "./Account.sol";
import {Frame} from "./Frame.sol";
import {checkPreimage} from "./Preimage.sol";

/// @dev 32 bytes of code, zero-padded at the end of the code.
struct CodeChunk {
    bytes32 word;
    // Offset of the first byte that is no push data of an earlier instruction; 32 if there is none.
    uint8 first;
}

/// @dev Code as a tree of chunks, so that a fetch or a jump opens one leaf. Twin: src/machine/code.ts.
library Code {
    uint256 internal constant CHUNK = 32;
    uint256 internal constant TREE_HEIGHT = 11;
    uint256 internal constant MAX_CODE_BYTES = CHUNK << TREE_HEIGHT;

    bytes3 private constant DELEGATION_PREFIX = 0xef0100; // EIP-7702
    uint256 private constant DELEGATION_SIZE = 23;
    /// @dev A one in each byte of a word.
    uint256 private constant EACH_BYTE = type(uint256).max / 0xff;

    uint256 private constant JUMPDEST = 0x5b;
    uint256 private constant PUSH0 = 0x5f;

    error CodeTooLarge(uint256 size);

    /// @dev The root over the chunks of a code.
    function codeRoot(bytes memory code) internal pure returns (bytes32) {
        require(code.length <= MAX_CODE_BYTES, CodeTooLarge(code.length));
        bytes32[] memory leaves = new bytes32[]((code.length + 31) / CHUNK);
        uint256 first = 0;
        for (uint256 i = 0; i < leaves.length; i++) {
            bytes32 word = wordAt(code, i * CHUNK);
            leaves[i] = leafOf(word, first < CHUNK ? first : CHUNK);
            first = nextFirst(word, first);
        }
        return MerkleTree.rootOf(leaves, TREE_HEIGHT);
    }

    /// @dev Takes all bytes of an account's code from the witness; the account may have none.
    function take(
        bytes32 codeHash,
        Witness memory witness
    ) internal pure returns (bytes memory code) {
        if (codeHash == EMPTY_CODE_HASH) return "";
        code = witness.readBytes();
        checkPreimage(codeHash, keccak256(code));
    }

    /// @dev The address to which the code delegates, if that is what it does.
    function delegate(
        bytes memory code
    ) internal pure returns (bool isDelegation, address delegate_) {
        if (code.length != DELEGATION_SIZE || bytes3(code) != DELEGATION_PREFIX) {
            return (false, address(0));
        }
        return (true, address(uint160(uint256(wordAt(code, 3)) >> 96)));
    }

    /// @dev The code that delegates to an address.
    function delegation(address delegate_) internal pure returns (bytes memory) {
        return abi.encodePacked(DELEGATION_PREFIX, delegate_);
    }

    /// @dev Opens the chunk that holds the byte at `offset`, which must lie in the code.
    function openChunk(
        Frame memory frame,
        uint256 offset,
        Witness memory witness
    ) internal pure returns (CodeChunk memory) {
        CodeChunk[] memory chunks = openChunks(frame.codeRoot, offset, 1, witness);
        return chunks[0];
    }

    /// @dev Opens the chunks that hold the bytes [offset, offset + size), of which there is at least one.
    function openChunks(
        bytes32 root,
        uint256 offset,
        uint256 size,
        Witness memory witness
    ) internal pure returns (CodeChunk[] memory chunks) {
        uint256 start = offset / CHUNK;
        uint256 count = (offset + size - 1) / CHUNK - start + 1;
        chunks = new CodeChunk[](count);
        bytes32[] memory leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) {
            chunks[i].word = witness.readBytes32();
            chunks[i].first = witness.readUint8();
            leaves[i] = leafOf(chunks[i].word, chunks[i].first);
        }
        bytes32[] memory siblings = witness.readWords(
            MerkleTree.siblingCount(start, count, TREE_HEIGHT)
        );
        checkPreimage(root, MerkleTree.rangeRoot(leaves, start, TREE_HEIGHT, siblings));
    }

    /// @dev Bytes of the code, all of which it has.
    function load(
        bytes32 root,
        uint256 offset,
        uint256 size,
        Witness memory witness
    ) internal pure returns (bytes memory) {
        if (size == 0) return "";
        CodeChunk[] memory chunks = openChunks(root, offset, size, witness);
        bytes memory data = new bytes(chunks.length * CHUNK);
        for (uint256 i = 0; i < chunks.length; i++) {
            bytes32 word = chunks[i].word;
            // data[32 * i:32 * i + 32] = word
            assembly ("memory-safe") {
                mstore(add(add(data, 0x20), shl(5, i)), word)
            }
        }
        return Bytes.slice(data, offset % CHUNK, (offset % CHUNK) + size);
    }

    /// @dev Whether the byte at `offset` in the chunk is a JUMPDEST and not push data.
    function isJumpDestination(
        CodeChunk memory chunk,
        uint256 offset
    ) internal pure returns (bool) {
        uint256 position = chunk.first;
        while (position < offset) position += 1 + pushSize(uint8(chunk.word[position]));
        return position == offset && uint8(chunk.word[offset]) == JUMPDEST;
    }

    /// @dev The push data of `size` bytes, at least one, behind the instruction at pc, which lies in `chunk`. They may
    /// go on in the next chunk; past the end of the code they are zero.
    function readPush(
        Frame memory frame,
        CodeChunk memory chunk,
        uint256 size,
        Witness memory witness
    ) internal pure returns (uint256) {
        uint256 start = frame.pc + 1;
        uint256 next = (frame.pc / CHUNK + 1) * CHUNK;
        // Nothing is left of this chunk when the opcode is its last byte: a shift by 256 gives zero.
        bytes32 data = chunk.word << (8 * (CHUNK - (next - start)));
        if (start + size > next && next < frame.codeSize) {
            data |= openChunk(frame, next, witness).word >> (8 * (next - start));
        }
        return uint256(data) >> (8 * (32 - size));
    }

    /// @dev How many bytes of data follow the opcode.
    function pushSize(uint256 opcode) internal pure returns (uint256) {
        return opcode > PUSH0 && opcode <= PUSH0 + 32 ? opcode - PUSH0 : 0;
    }

    function leafOf(bytes32 word, uint256 first) internal pure returns (bytes32 leaf) {
        // leaf = keccak256(abi.encodePacked(word, uint8(first)))
        assembly ("memory-safe") {
            mstore(0x00, word)
            mstore8(0x20, first)
            leaf := keccak256(0x00, 0x21)
        }
    }

    /// @dev Where the first instruction after the chunk starts, counted from the next chunk's first byte.
    function nextFirst(bytes32 word, uint256 first) private pure returns (uint256 position) {
        uint256 pushes = pushesIn(word);
        position = first;
        // while (position < 32) position += 1 + pushSize(uint8(word[position]));
        assembly ("memory-safe") {
            for {} lt(position, 32) {} {
                let ahead := shl(shl(3, position), pushes)
                if iszero(ahead) {
                    position := 32
                    break
                }
                position := add(position, shr(3, clz(ahead)))
                position := add(position, sub(byte(position, word), 0x5e))
            }
        }
        position -= CHUNK;
    }

    /// @dev The top bit of every byte that is PUSH1 to PUSH32, which are those that start with the bits 011.
    function pushesIn(bytes32 word) private pure returns (uint256) {
        uint256 low = EACH_BYTE * 0x7f;
        uint256 top = (uint256(word) ^ (EACH_BYTE * 0x60)) & (EACH_BYTE * 0xe0);
        // No sum carries into the next byte.
        unchecked {
            return ~(((top & low) + low) | top | low);
        }
    }

    function wordAt(bytes memory code, uint256 offset) private pure returns (bytes32 word) {
        uint256 left = code.length - offset;
        // word = bytes32(code[offset:offset + 32])
        assembly ("memory-safe") {
            word := mload(add(add(code, 0x20), offset))
        }
        if (left < 32) word &= ~bytes32(type(uint256).max >> (8 * left));
    }
}
