// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What the portal asks about claims, in the OP-stack's words: a game is the address of a claim.
interface IGameRegistry {
    /// @notice The game of the claim with this index, the output root of its last block, and whether it has not lost to
    /// another claim on the same parent.
    function provableAt(
        uint256 index
    ) external view returns (address game, bytes32 rootClaim, bool isProper);

    /// @notice Whether the game is a claim that has not lost, and none of its ancestors has.
    function isGameProper(address game) external view returns (bool);

    /// @notice Whether the second game's claim follows the first's, directly or through others.
    function isAncestor(address game, address descendant) external view returns (bool);

    /// @notice Whether withdrawals may be paid under the game's claim: it is confirmed, and its delay is over.
    function isGameClaimValid(address game) external view returns (bool);

    /// @notice The one type that all games have.
    function respectedGameType() external view returns (uint32);

    /// @notice How long a confirmed claim waits before withdrawals are paid under it.
    function disputeGameFinalityDelaySeconds() external view returns (uint256);
}
