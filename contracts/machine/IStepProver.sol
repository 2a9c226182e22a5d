// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What one step of the machine is, as the dispute game sees it.
interface IStepProver {
    /// @notice The state after the step that follows `state`, computed from the witness. A bad witness reverts.
    /// @param endBlock The last block of the disputed claim: a block after it never begins.
    /// @param index The index of the step inside its block; step 0 begins the block.
    function step(
        uint64 endBlock,
        uint256 index,
        bytes32 state,
        bytes calldata witness
    ) external view returns (bytes32);
}
