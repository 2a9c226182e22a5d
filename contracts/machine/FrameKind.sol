// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev How a frame or a message came about. Twin: src/machine/frameKind.ts.
library FrameKind {
    uint8 internal constant CALL = 0;
    uint8 internal constant CALLCODE = 1;
    uint8 internal constant DELEGATECALL = 2;
    uint8 internal constant STATICCALL = 3;
    uint8 internal constant CREATE = 4;
    uint8 internal constant CREATE2 = 5;

    /// @dev Whether the kind makes a contract rather than calling one.
    function isCreation(uint8 kind) internal pure returns (bool) {
        return kind >= CREATE;
    }
}
