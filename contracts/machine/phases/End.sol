// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleTree} from "../../merkle/MerkleTree.sol";
import {Witness} from "../../merkle/Witness.sol";
import {BlockDone} from "../../protocol/BlockDone.sol";
import {BlockHeader} from "../../protocol/BlockHeader.sol";
import {Limits} from "../../protocol/Limits.sol";
import {Output} from "../../protocol/OutputRoot.sol";
import {Block} from "../BlockContext.sol";
import {Machine} from "../Machine.sol";
import {checkPreimage} from "../Preimage.sol";
import {WorldState} from "../WorldState.sol";

/// @dev The last step of a block: its header, its output root and the state between blocks.
/// Twin: src/machine/phases/end.ts.
library End {
    uint256 private constant BLOOM_BYTES = 256;
    uint64 private constant RING_SIZE = 256;

    /// @dev Ends the block.
    function runEnd(
        Machine memory machine,
        Witness memory witness
    ) internal pure returns (BlockDone memory done) {
        machine.openBlock(witness);
        machine.openWorld(witness);
        bytes memory bloom = witness.readBytesOf(BLOOM_BYTES);
        checkPreimage(machine.world.bloom, keccak256(bloom));
        bytes32 storageRoot = WorldState
            .open(machine, Limits.MESSAGE_PASSER, witness)
            .account
            .storageRoot;

        Block memory block_ = machine.block;
        bytes32 stateRoot = machine.world.stateRoot;
        done.number = block_.number;
        done.headerHash = headerOf(block_, stateRoot, bloom).hash();
        done.outputRoot = Output({
            stateRoot: stateRoot,
            messagePasserStorageRoot: storageRoot,
            blockHash: done.headerHash
        }).hash();
        done.ringRoot = addToRing(block_, done.headerHash, witness);
        done.batch = block_.batch;
        done.byteOffset = block_.blockEnd;
        done.deposits = block_.deposits;
    }

    function headerOf(
        Block memory block_,
        bytes32 stateRoot,
        bytes memory bloom
    ) private pure returns (BlockHeader memory header) {
        header.parentHash = block_.parentHash;
        header.coinbase = block_.coinbase;
        header.stateRoot = stateRoot;
        header.transactionsRoot = block_.transactionsRoot;
        header.receiptsRoot = block_.receiptsRoot;
        header.logsBloom = bloom;
        header.number = block_.number;
        header.gasLimit = block_.gasLimit;
        header.gasUsed = block_.gasUsed;
        header.timestamp = block_.timestamp;
        header.mixHash = block_.prevRandao;
        header.baseFee = block_.baseFee;
        header.parentBeaconRoot = block_.parentBeaconRoot;
        return header.ofL2();
    }

    /// @dev The root of the ring with the block's hash in the place of the one 256 blocks before.
    function addToRing(
        Block memory block_,
        bytes32 headerHash,
        Witness memory witness
    ) private pure returns (bytes32) {
        uint256 index = block_.number % RING_SIZE;
        bytes32[] memory leaf = witness.readWords(1);
        bytes32[] memory siblings = witness.readWords(
            MerkleTree.siblingCount(index, 1, Limits.RING_HEIGHT)
        );
        checkPreimage(
            block_.ringRoot,
            MerkleTree.rangeRoot(leaf, index, Limits.RING_HEIGHT, siblings)
        );
        leaf[0] = headerHash;
        return MerkleTree.rangeRoot(leaf, index, Limits.RING_HEIGHT, siblings);
    }
}
