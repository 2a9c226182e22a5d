// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Why a frame ends without a result, or None. The kind is not committed: all halts act alike.
/// Twin: src/machine/halt.ts.
enum Halt {
    None,
    OutOfGas,
    StackUnderflow,
    StackOverflow,
    InvalidOpcode,
    InvalidJump,
    StaticViolation,
    ReturnDataOutOfBounds,
    InitCodeTooLarge,
    Collision,
    CodeTooLarge,
    InvalidCodePrefix,
    PrecompileFailure
}
