// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The record on L1 of everything the L2 is derived from.
interface IInbox {
    /// @notice How many batches have been posted.
    function batchCount() external view returns (uint256);

    /// @notice The hash of everything posted up to and with the batch. It never changes once it is set.
    function accumulator(uint256 batch) external view returns (bytes32);

    /// @notice The number of the last block in the batch; zero or a revert for a batch that is not posted.
    function blockCount(uint256 batch) external view returns (uint64);
}
