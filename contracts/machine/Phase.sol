// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev What the next step of a machine does. The numbers are consensus. Twin: src/machine/phase.ts.
library Phase {
    uint8 internal constant EXECUTE = 0;
    uint8 internal constant COPY = 1;
    uint8 internal constant HASH = 2;
    uint8 internal constant LOG = 3;
    uint8 internal constant LOAD = 4;
    uint8 internal constant RESOLVE = 5;
    uint8 internal constant CREATE = 6;
    uint8 internal constant ENTER = 7;
    uint8 internal constant INITIATE = 8;
    uint8 internal constant PRECOMPILE = 9;
    uint8 internal constant SETTLE = 10;
    uint8 internal constant DEPOSIT = 11;
    uint8 internal constant SYSTEM = 12;
    uint8 internal constant ENTRY = 13;
    uint8 internal constant ADMIT = 14;
    uint8 internal constant ACCESS = 15;
    uint8 internal constant AUTHORIZE = 16;
    uint8 internal constant START = 17;
    uint8 internal constant FINISH = 18;
    uint8 internal constant DESTROY = 19;
    uint8 internal constant RECEIPT = 20;
    uint8 internal constant END = 21;
}
