// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Batch} from "../protocol/Batch.sol";

/// @notice The record on L1 of everything the L2 is derived from.
interface IInbox {
    /// @dev Carries everything that derivation needs of a batch.
    event BatchPosted(uint256 indexed batch, bytes32 indexed accumulator, Batch header, bytes body);
    event Checkpointed(uint256 indexed number, bytes32 hash);

    error NotYetOpen(uint256 openAt);
    error QueueNotEmptied(uint256 end, uint256 depositsTo);
    error WrongPrevious(bytes32 expected, bytes32 actual);
    error BlocksOutOfRange(uint256 maximum, uint256 actual);
    error BodyTooLong(uint256 maximum, uint256 actual);
    error OriginBackwards(uint256 previous, uint256 actual);
    error OriginUnknown(uint256 number);
    error DepositOverdue(uint256 index, uint256 depositedAt);

    /// @notice Appends a batch of blocks; only the sequencer may, unless it has been silent for the window, or has let a
    /// deposit wait for longer: to be taken, or to be run, for which a deposit needs one block at most. A queue of deposits that
    /// is full opens the inbox at once to anyone who takes all of it.
    /// @param previous The accumulator that the batch extends: a batch written for another chain of batches reverts.
    /// @param blocks How many blocks the batch holds: at most `blockAllowance`.
    /// @param originNumber The L1 block that the batch's blocks see: of the latest 256, or checkpointed in the window.
    /// @param depositsTo The index behind the last deposit that the batch's blocks may include.
    /// @param body The transactions. Any bytes are a batch; what is no transaction is skipped on L2.
    function post(
        bytes32 previous,
        uint64 blocks,
        uint64 originNumber,
        uint64 depositsTo,
        bytes calldata body
    ) external;

    /// @notice Keeps the hash of a recent L1 block, so that a batch can name it as its origin for one more window.
    function checkpoint(uint256 number) external;

    /// @notice The address that may post at any time. It can order, and delay by at most the window; nothing else.
    function sequencer() external view returns (address);

    /// @notice The portal whose deposits the batches consume.
    function portal() external view returns (address);

    /// @notice How many seconds a deposit may wait, and the sequencer may be silent.
    function window() external view returns (uint256);

    /// @notice How many batches have been posted. Batch 0 is genesis and not counted, so this is the latest batch.
    function batchCount() external view returns (uint256);

    /// @notice The hash of everything posted up to and with the batch. It never changes once it is set.
    function accumulator(uint256 batch) external view returns (bytes32);

    /// @notice The number of the last block in the batch; zero for a batch that is not posted.
    function blockCount(uint256 batch) external view returns (uint64);

    /// @notice How many blocks a batch may hold now: what the last one left and 2 for each second since, at most 65,536.
    function blockAllowance() external view returns (uint256);

    /// @notice The time of the latest batch and the L1 block that it named.
    function latest() external view returns (uint64 postedAt, uint64 originNumber);

    /// @notice The hash kept for an L1 block, and when it was kept; zeros if it was not.
    function checkpoints(uint256 number) external view returns (bytes32 hash, uint64 time);
}
