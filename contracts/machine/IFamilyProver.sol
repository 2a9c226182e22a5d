// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Context} from "./Context.sol";

/// @notice The prover of one family of steps.
interface IFamilyProver {
    /// @notice The state after one step from `state`. Reverts on a bad witness and on a step of another family.
    function step(
        Context calldata context,
        uint256 index,
        bytes32 state,
        bytes calldata witness
    ) external view returns (bytes32);
}
