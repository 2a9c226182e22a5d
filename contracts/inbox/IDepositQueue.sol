// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What the inbox sees of the portal: deposits that wait for a batch.
interface IDepositQueue {
    /// @notice Takes the deposits up to an index off the queue; only the inbox may.
    /// @return from The index of the first one taken.
    /// @return root The tree over the hashes of those taken; zero for none.
    /// @return waitingSince When the oldest deposit left was made; now if none is left.
    function takeDeposits(
        uint64 to
    ) external returns (uint64 from, bytes32 root, uint64 waitingSince);

    /// @notice When the oldest deposit in the queue was made; now if the queue is empty.
    function depositsWaitSince() external view returns (uint64);

    /// @notice The index behind the last deposit if so many wait that no more can be made; zero otherwise.
    function fullQueueEnd() external view returns (uint64);
}
