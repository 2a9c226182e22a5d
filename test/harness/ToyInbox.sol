// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice An inbox of which a test decides what was posted.
contract ToyInbox {
    struct Batch {
        bytes32 accumulator;
        uint64 lastBlock;
    }

    Batch[] private _batches;

    function post(bytes32 accumulator_, uint64 lastBlock) external {
        _batches.push(Batch(accumulator_, lastBlock));
    }

    /// @notice Replaces what was posted, as a reorganization of L1 does.
    function replace(uint256 batch, bytes32 accumulator_) external {
        _batches[batch].accumulator = accumulator_;
    }

    function batchCount() external view returns (uint256) {
        return _batches.length;
    }

    function accumulator(uint256 batch) external view returns (bytes32) {
        return _batches[batch].accumulator;
    }

    function blockCount(uint256 batch) external view returns (uint64) {
        return batch < _batches.length ? _batches[batch].lastBlock : 0;
    }
}
