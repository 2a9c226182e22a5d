// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {MerkleTree} from "../merkle/MerkleTree.sol";
import {Witness} from "../merkle/Witness.sol";
import {Limits} from "../protocol/Limits.sol";
import {checkPreimage} from "./Preimage.sol";

/// @dev Bytes of a batch's body, as a step reads them: whole pieces and the siblings of their hashes. Only the
/// body's last piece is short; how short, its hash says. Twin: src/machine/bodyRange.ts.
library BodyRange {
    error PiecesDoNotCover(uint256 offset, uint256 size, uint256 shown);

    /// @dev Reads the bytes [offset, offset + size) of the body under a root, which holds them.
    function read(
        bytes32 root,
        uint256 offset,
        uint256 size,
        Witness memory witness
    ) internal pure returns (bytes memory) {
        if (size == 0) return "";
        uint256 first = offset / Limits.BODY_CHUNK_BYTES;
        uint256 count = (offset + size - 1) / Limits.BODY_CHUNK_BYTES - first + 1;
        uint256 start = offset % Limits.BODY_CHUNK_BYTES;
        bytes memory pieces = witness.readBytes();
        bool covers =
            start + size <= pieces.length && pieces.length <= count * Limits.BODY_CHUNK_BYTES;
        require(covers, PiecesDoNotCover(offset, size, pieces.length));

        bytes32[] memory leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) {
            uint256 end = Math.min((i + 1) * Limits.BODY_CHUNK_BYTES, pieces.length);
            leaves[i] = keccak256(Bytes.slice(pieces, i * Limits.BODY_CHUNK_BYTES, end));
        }
        bytes32[] memory siblings = witness.readWords(
            MerkleTree.siblingCount(first, count, Limits.BODY_TREE_HEIGHT)
        );
        checkPreimage(root, MerkleTree.rangeRoot(leaves, first, Limits.BODY_TREE_HEIGHT, siblings));
        return Bytes.slice(pieces, start, start + size);
    }
}
