// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IInbox} from "../../inbox/IInbox.sol";
import {MerkleTree} from "../../merkle/MerkleTree.sol";
import {TrieOpening} from "../../merkle/TrieOpening.sol";
import {Witness} from "../../merkle/Witness.sol";
import {BaseFee} from "../../protocol/BaseFee.sol";
import {Batch} from "../../protocol/Batch.sol";
import {BlockDone} from "../../protocol/BlockDone.sol";
import {BlockHeader, BlockHeaderCodec} from "../../protocol/BlockHeader.sol";
import {Limits} from "../../protocol/Limits.sol";
import {BatchFields} from "../BatchFields.sol";
import {BodyRange} from "../BodyRange.sol";
import {Context} from "../Context.sol";
import {SystemCursor} from "../Cursor.sol";
import {Machine} from "../Machine.sol";
import {Phase} from "../Phase.sol";

/// @dev The step that begins a block: from the state between blocks to a machine before its first system call.
/// Twin: src/machine/phases/begin.ts.
library Begin {
    uint256 private constant TIMESTAMP_BYTES = 8;
    uint256 private constant HEAD_BYTES = 12;
    // EIP-4844 with no excess: there are no blobs.
    uint256 private constant BLOB_BASE_FEE = 1;
    // keccak256(new bytes(256))
    bytes32 private constant EMPTY_BLOOM_HASH =
        0xd397b3b043d87fcd6fad1291ff0bfd16401c274896d8c63a923727f077b8e0b5;

    /// @dev Begins the block after the one that is done.
    function runBegin(
        Context memory context,
        BlockDone memory done,
        Witness memory witness
    ) internal view returns (Machine memory machine) {
        IInbox inbox = IInbox(context.inbox);
        machine.context = context;
        machine.blockOpened = true;
        machine.block.number = done.number + 1;
        bool continues = machine.block.number <= inbox.blockCount(done.batch);
        machine.block.batch = continues ? done.batch : done.batch + 1;
        Batch memory batch = BatchFields.open(inbox, machine.block.batch, witness);

        BlockHeader memory parent = openHeader(done.headerHash, witness);
        openOrigin(machine, batch, witness);
        uint64 given = readHead(machine, batch, continues ? done.byteOffset : 0, witness);

        // Never before the parent and the origin, and not after the post unless the parent already is: nobody can stop the clock.
        machine.block.timestamp = uint64(
            Math.max(
                Math.max(parent.timestamp, machine.block.originTimestamp),
                Math.min(given, batch.postedAt)
            )
        );
        machine.block.gasLimit = Limits.BLOCK_GAS_LIMIT;
        machine.block.baseFee = BaseFee.nextBaseFee(
            parent.gasLimit,
            parent.gasUsed,
            parent.baseFee
        );
        machine.block.blobBaseFee = BLOB_BASE_FEE;
        machine.block.coinbase = Limits.COINBASE;
        machine.block.parentHash = done.headerHash;
        machine.block.ringRoot = done.ringRoot;
        machine.block.transactionsRoot = MerkleTree.zero(Limits.ENTRY_TREE_HEIGHT);
        machine.block.receiptsRoot = machine.block.transactionsRoot;
        machine.block.bodyRoot = batch.bodyRoot;
        machine.block.deposits = done.deposits;
        machine.block.depositsEnd = batch.depositsTo;
        beginWorld(machine, parent.stateRoot);
        machine.phase = Phase.SYSTEM;
        machine.cursor = SystemCursor({index: 0}).hash();
    }

    function beginWorld(Machine memory machine, bytes32 stateRoot) private pure {
        machine.worldOpened = true;
        machine.world.stateRoot = stateRoot;
        machine.world.substateRoot = TrieOpening.EMPTY_ROOT;
        machine.world.transientRoot = TrieOpening.EMPTY_ROOT;
        machine.world.bloom = EMPTY_BLOOM_HASH;
    }

    function openOrigin(
        Machine memory machine,
        Batch memory batch,
        Witness memory witness
    ) private pure {
        BlockHeader memory origin = openHeader(batch.originHash, witness);
        machine.block.prevRandao = origin.mixHash;
        machine.block.parentBeaconRoot = origin.parentBeaconRoot;
        machine.block.originNumber = batch.originNumber;
        machine.block.originTimestamp = origin.timestamp;
        machine.block.originBaseFee = origin.baseFee;
        machine.block.originHash = batch.originHash;
    }

    /// @dev Reads the block's head in the body and returns its timestamp. A body that ends too soon has nothing
    /// left: its blocks are empty.
    function readHead(
        Machine memory machine,
        Batch memory batch,
        uint64 start,
        Witness memory witness
    ) private pure returns (uint64) {
        uint256 byteOffset = start + HEAD_BYTES;
        if (byteOffset > batch.bodySize) {
            machine.block.byteOffset = batch.bodySize;
            machine.block.blockEnd = batch.bodySize;
            return 0;
        }
        bytes memory head = BodyRange.read(batch.bodyRoot, start, HEAD_BYTES, witness);
        uint256 word = uint256(bytes32(head));
        uint256 size = uint32(word >> (256 - 8 * HEAD_BYTES));
        machine.block.byteOffset = uint64(byteOffset);
        machine.block.blockEnd = uint64(Math.min(byteOffset + size, batch.bodySize));
        return uint64(word >> (256 - 8 * TIMESTAMP_BYTES));
    }

    function openHeader(
        bytes32 hash,
        Witness memory witness
    ) private pure returns (BlockHeader memory) {
        return BlockHeaderCodec.decode(witness.readBytes(), hash);
    }
}
