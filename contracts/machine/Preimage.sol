// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev What the witness claims to lie behind a committed hash must hash to it.
error PreimageMismatch(bytes32 expected, bytes32 actual);

/// @dev Reverts unless the two hashes are equal.
function checkPreimage(bytes32 expected, bytes32 actual) pure {
    require(expected == actual, PreimageMismatch(expected, actual));
}
