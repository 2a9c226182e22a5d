// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Limits} from "../protocol/Limits.sol";
import {L1Attributes} from "./L1Attributes.sol";

/// @notice Answers OP-stack clients that a transaction pays for gas and for nothing else.
contract GasPriceOracle {
    uint256 private constant FEE_DECIMALS = 6;

    /// @notice The fee for a transaction's bytes on L1: none by consensus. The tip that a node asks for covers it.
    function getL1Fee(bytes calldata) external pure returns (uint256) {
        return 0;
    }

    /// @notice The gas on L1 that a transaction is charged for.
    function getL1GasUsed(bytes calldata) external pure returns (uint256) {
        return 0;
    }

    /// @notice The fee for the operator.
    function getOperatorFee(uint256) external pure returns (uint256) {
        return 0;
    }

    /// @notice The base fee of the L1 origin.
    function l1BaseFee() external view returns (uint256) {
        return L1Attributes(Limits.L1_ATTRIBUTES).basefee();
    }

    /// @notice The base fee of this block.
    function baseFee() external view returns (uint256) {
        return block.basefee;
    }

    /// @notice The base fee of this block, under the name that older clients call.
    function gasPrice() external view returns (uint256) {
        return block.basefee;
    }

    /// @notice The decimals of fee scalars, of which there are none.
    function decimals() external pure returns (uint256) {
        return FEE_DECIMALS;
    }
}
