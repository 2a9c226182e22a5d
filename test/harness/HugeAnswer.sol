// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A receiver of ether that answers with a megabyte, or refuses with one.
contract HugeAnswer {
    uint256 private constant BYTES = 2 ** 20;
    bool private immutable REFUSES;

    constructor(bool refuses) {
        REFUSES = refuses;
    }

    receive() external payable {
        bool refuses = REFUSES;
        assembly ("memory-safe") {
            if refuses {
                revert(0, BYTES)
            }
            return(0, BYTES)
        }
    }
}
