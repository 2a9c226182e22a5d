// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Limits} from "../protocol/Limits.sol";

/// @notice What the L2 knows of the L1 block that its current block names as its origin.
contract L1Attributes {
    // slot 0: 8 + 8 bytes
    uint64 public number;
    uint64 public timestamp;
    uint256 public basefee;
    bytes32 public hash;

    error CallerNotSystem(address caller);

    /// @notice Takes the origin of a block; the first thing that happens in it.
    function setL1BlockValues(
        uint64 number_,
        uint64 timestamp_,
        uint256 basefee_,
        bytes32 hash_
    ) external {
        require(msg.sender == Limits.SYSTEM_ADDRESS, CallerNotSystem(msg.sender));

        number = number_;
        timestamp = timestamp_;
        basefee = basefee_;
        hash = hash_;
    }

    /// @notice No fee beside gas is charged here; OP-stack clients ask for it.
    function operatorFeeScalar() external pure returns (uint32) {
        return 0;
    }

    /// @notice No fee beside gas is charged here; OP-stack clients ask for it.
    function operatorFeeConstant() external pure returns (uint64) {
        return 0;
    }
}
