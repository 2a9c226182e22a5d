// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What the tests here use of the cheat codes that Hardhat's Solidity tests offer.
interface IVm {
    function warp(uint256 timestamp) external;

    function deal(address account, uint256 balance) external;

    function fee(uint256 baseFee) external;
}

/// @dev The address that Foundry gave them.
IVm constant VM = IVm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
