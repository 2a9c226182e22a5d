// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev The numbers by which a witness names the prover that judges it. Twin: src/machine/family.ts.
library Family {
    uint8 internal constant COMPUTE = 0;
    uint8 internal constant MEMORY = 1;
    uint8 internal constant ENVIRONMENT = 2;
    uint8 internal constant STORAGE = 3;
    uint8 internal constant HASH = 4;
    uint8 internal constant CALL = 5;
    uint8 internal constant CREATE = 6;
    uint8 internal constant PRECOMPILE = 7;
    uint8 internal constant ENTRY = 8;
    uint8 internal constant ADMISSION = 9;
    uint8 internal constant BLOCK = 10;
}
