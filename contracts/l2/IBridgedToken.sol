// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A token of L2 that stands for one of L1, with the interface id of the OP-stack's mintable tokens.
interface IBridgedToken {
    /// @notice The token of L1.
    function remoteToken() external view returns (address);

    /// @notice The one account that mints and burns.
    function bridge() external view returns (address);

    /// @notice Makes tokens for an account.
    function mint(address to, uint256 amount) external;

    /// @notice Destroys tokens of an account.
    function burn(address from, uint256 amount) external;
}
