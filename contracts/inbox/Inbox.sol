// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {MerkleTree} from "../merkle/MerkleTree.sol";
import {Batch, genesisAccumulator} from "../protocol/Batch.sol";
import {Limits} from "../protocol/Limits.sol";
import {IDepositQueue} from "./IDepositQueue.sol";
import {IInbox} from "./IInbox.sol";

/// @notice Batches of L2 blocks, committed to in pieces small enough for the witness of one step.
contract Inbox is IInbox {
    struct Head {
        // one slot: 5 + 6 + 5 + 5 + 3 + 3 + 5 bytes
        uint40 batch;
        uint48 lastBlock;
        uint40 originNumber;
        uint40 postedAt;
        // The seconds of L1 that no block was made for, SECONDS_PER_BLOCK each.
        uint24 unspent;
        // How many blocks the deposits taken may still need, at most one each, and when the oldest of these was made.
        uint24 owed;
        uint40 owedSince;
    }

    struct Checkpoint {
        bytes32 hash;
        uint64 time;
    }

    uint8 private constant VERSION = 0;
    uint8 private constant CODEC = 0;
    uint256 private constant BATCHES_PER_SLOT = 4;
    uint256 private constant MAX_UNSPENT = Limits.MAX_BLOCKS_PER_BATCH * Limits.SECONDS_PER_BLOCK;

    address private immutable SEQUENCER;
    IDepositQueue private immutable PORTAL;
    uint256 private immutable WINDOW;

    Head private _head;
    /// @inheritdoc IInbox
    mapping(uint256 batch => bytes32 hash) public accumulator;
    mapping(uint256 batchGroup => uint64[BATCHES_PER_SLOT] lastBlocks) private _lastBlocks;
    /// @inheritdoc IInbox
    mapping(uint256 number => Checkpoint checkpoint) public checkpoints;

    /// @param genesis The hash of the L2's genesis state.
    constructor(address sequencer_, IDepositQueue portal_, uint256 window_, bytes32 genesis) {
        SEQUENCER = sequencer_;
        PORTAL = portal_;
        WINDOW = window_;
        accumulator[0] = genesisAccumulator(genesis);
        _head.postedAt = uint40(block.timestamp);
        _head.unspent = uint24(MAX_UNSPENT);
    }

    /// @inheritdoc IInbox
    function post(
        bytes32 previous,
        uint64 blocks,
        uint64 originNumber,
        uint64 depositsTo,
        bytes calldata body
    ) external {
        Head memory head = _head;
        if (msg.sender != SEQUENCER) _checkOpen(head, depositsTo);
        bytes32 expected = accumulator[head.batch];
        require(previous == expected, WrongPrevious(expected, previous));
        uint256 unspent = _unspentSince(head);
        uint256 allowance = unspent / Limits.SECONDS_PER_BLOCK;
        require(blocks != 0 && blocks <= allowance, BlocksOutOfRange(allowance, blocks));
        require(
            originNumber >= head.originNumber,
            OriginBackwards(head.originNumber, originNumber)
        );

        Batch memory batch;
        batch.previous = previous;
        batch.version = VERSION;
        batch.codec = CODEC;
        batch.firstBlock = head.lastBlock + 1;
        batch.lastBlock = head.lastBlock + blocks;
        batch.postedAt = uint64(block.timestamp);
        batch.originNumber = originNumber;
        batch.originHash = _originHash(originNumber);
        batch.bodyRoot = _bodyRoot(body);
        batch.bodySize = uint32(body.length);
        batch.depositsTo = depositsTo;
        // Blocks run deposits in order, each of them one at least: so many have run all that was owed for before.
        if (blocks >= head.owed) head.owedSince = uint40(PORTAL.depositsWaitSince());
        (batch.depositsFrom, batch.depositsRoot) = _takeDeposits(depositsTo);

        head.owed = _owedAfter(head.owed + (depositsTo - batch.depositsFrom), blocks);
        // At most MAX_UNSPENT.
        head.unspent = uint24(unspent - blocks * Limits.SECONDS_PER_BLOCK);
        _append(head, batch, body);
    }

    /// @inheritdoc IInbox
    function checkpoint(uint256 number) external {
        bytes32 hash = blockhash(number);
        require(hash != 0, OriginUnknown(number));

        checkpoints[number] = Checkpoint(hash, uint64(block.timestamp));
        emit Checkpointed(number, hash);
    }

    /// @inheritdoc IInbox
    function sequencer() external view returns (address) {
        return SEQUENCER;
    }

    /// @inheritdoc IInbox
    function portal() external view returns (address) {
        return address(PORTAL);
    }

    /// @inheritdoc IInbox
    function window() external view returns (uint256) {
        return WINDOW;
    }

    /// @inheritdoc IInbox
    function batchCount() external view returns (uint256) {
        return _head.batch;
    }

    /// @inheritdoc IInbox
    function blockCount(uint256 batch) external view returns (uint64) {
        return _lastBlocks[batch / BATCHES_PER_SLOT][batch % BATCHES_PER_SLOT];
    }

    /// @inheritdoc IInbox
    function blockAllowance() external view returns (uint256) {
        return _unspentSince(_head) / Limits.SECONDS_PER_BLOCK;
    }

    /// @inheritdoc IInbox
    function latest() external view returns (uint64 postedAt, uint64 originNumber) {
        return (_head.postedAt, _head.originNumber);
    }

    function _append(Head memory head, Batch memory batch, bytes calldata body) private {
        bytes32 hash = batch.hash();
        head.batch++;
        // A block in two seconds reaches 2^48 no sooner than L1's blocks 2^40, which its hash was asked for.
        head.lastBlock = uint48(batch.lastBlock);
        head.originNumber = uint40(batch.originNumber);
        head.postedAt = uint40(batch.postedAt);
        _head = head;
        uint256 index = head.batch;
        accumulator[index] = hash;
        _lastBlocks[index / BATCHES_PER_SLOT][index % BATCHES_PER_SLOT] = batch.lastBlock;
        emit BatchPosted(index, hash, batch, body);
    }

    function _takeDeposits(uint64 to) private returns (uint64 from, bytes32 root) {
        uint256 waitingSince;
        (from, root, waitingSince) = PORTAL.takeDeposits(to);
        require(block.timestamp <= waitingSince + WINDOW, DepositOverdue(to, waitingSince));
    }

    /// @dev Blocks of the L2 may not outrun those who follow and claim them, whatever they cost on L1.
    function _unspentSince(Head memory head) private view returns (uint256) {
        return Math.min(head.unspent + block.timestamp - head.postedAt, MAX_UNSPENT);
    }

    /// @dev Silence alone would let a deposit wait for longer than a window: while batches pass it by, while batches that took it
    /// have too few blocks to run it, or outside of a queue that somebody keeps full. Who comes in through a full queue empties it:
    /// otherwise whoever fills it once could go in before every batch of the sequencer's for a window.
    function _checkOpen(Head memory head, uint64 depositsTo) private view {
        uint256 since = Math.min(head.postedAt, PORTAL.depositsWaitSince());
        if (head.owed != 0) since = Math.min(since, head.owedSince);
        uint256 openAt = since + WINDOW;
        if (block.timestamp > openAt) return;
        uint64 end = PORTAL.fullQueueEnd();
        require(end != 0, NotYetOpen(openAt));
        require(depositsTo == end, QueueNotEmptied(end, depositsTo));
    }

    /// @dev What is left of blocks that deposits may need.
    function _owedAfter(uint256 owed, uint256 blocks) private pure returns (uint24) {
        return owed <= blocks ? 0 : uint24(Math.min(owed - blocks, type(uint24).max));
    }

    function _originHash(uint256 number) private view returns (bytes32 hash) {
        hash = blockhash(number);
        if (hash != 0) return hash;
        Checkpoint storage kept = checkpoints[number];
        // Without an end the sequencer could show the L2 one old L1 block forever.
        require(kept.hash != 0 && block.timestamp <= kept.time + WINDOW, OriginUnknown(number));
        return kept.hash;
    }

    /// @dev The tree over the hashes of the body's pieces, the last one short.
    function _bodyRoot(bytes calldata body) private pure returns (bytes32) {
        require(
            body.length <= Limits.MAX_BODY_BYTES,
            BodyTooLong(Limits.MAX_BODY_BYTES, body.length)
        );
        uint256 size = Limits.BODY_CHUNK_BYTES;
        bytes32[] memory leaves = new bytes32[]((body.length + size - 1) / size);
        uint256 full = body.length / size;
        for (uint256 i = 0; i < full; i++) {
            leaves[i] = keccak256(body[i * size:(i + 1) * size]);
        }
        if (full < leaves.length) leaves[full] = keccak256(body[full * size:]);
        return MerkleTree.rootOf(leaves, Limits.BODY_TREE_HEIGHT);
    }
}
