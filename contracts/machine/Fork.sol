// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev The forks the machine can follow, oldest first. Twin: src/machine/fork.ts.
library Fork {
    uint8 internal constant CANCUN = 0;
    uint8 internal constant PRAGUE = 1;
    uint8 internal constant OSAKA = 2;
}
