// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Code} from "../../contracts/machine/Code.sol";

/// @dev Shows code roots to tests.
contract CodeHarness {
    function codeRoot(bytes calldata code) external pure returns (bytes32) {
        return Code.codeRoot(code);
    }

    function codeRootGas(bytes calldata code) external view returns (uint256) {
        bytes memory copied = code;
        uint256 before = gasleft();
        Code.codeRoot(copied);
        return before - gasleft();
    }
}
