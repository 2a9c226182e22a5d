// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What the portal asks about claims, in the OP-stack's words: a game is the address of a claim.
interface IGameRegistry {
    /// @notice The game of the claim with this index, the output root of its last block, and whether it has not lost to
    /// another claim on the same parent.
    function provableAt(
        uint256 index
    ) external view returns (address game, bytes32 rootClaim, bool isProper);

    /// @notice Whether a proof under the first game is of less use than one under the second: the first has lost, or the
    /// second is decided no later. Its gas is bounded, however many claims wait between them; beyond that the answer is no
    /// until the second is confirmed.
    function givesWay(address kept, address game) external view returns (bool);

    /// @notice Whether withdrawals may be paid under the game's claim: it is confirmed, and its delay is over.
    function isGameClaimValid(address game) external view returns (bool);

    /// @notice The one type that all games have.
    function respectedGameType() external view returns (uint32);

    /// @notice How long a confirmed claim waits before withdrawals are paid under it.
    function disputeGameFinalityDelaySeconds() external view returns (uint256);
}
