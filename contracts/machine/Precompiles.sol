// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fork} from "./Fork.sol";
import {PrecompileGas} from "./PrecompileGas.sol";
import {PrecompilePresence} from "./PrecompilePresence.sol";

/// @dev Which precompile an address holds under a fork, which calls the rollup refuses, and the call
/// itself, which L1's own precompile answers. Twin: src/machine/precompiles/precompiles.ts.
library Precompiles {
    /// @dev The largest price on L1 of a call that the rollup admits.
    uint256 internal constant PRECOMPILE_GAS_CAP = 8_000_000;

    /// @dev The longest input of a call that the rollup admits, in bytes.
    uint256 internal constant PRECOMPILE_INPUT_CAP = 65_536;

    uint160 private constant IDENTITY = 0x04;
    uint160 private constant LAST_CANCUN = 0x0a;
    uint160 private constant LAST_PRAGUE = 0x11;
    uint160 private constant P256_VERIFY = 0x100;

    // Forwarded beyond L1's price, so that a failure never hangs on the last unit of gas.
    uint256 private constant MARGIN = 2_000;

    // More than what is spent between reading `gasleft` and L1 applying its 63/64 rule.
    uint256 private constant OVERHEAD = 500;

    /// @dev The gas left cannot rule out that L1's precompile fails for want of gas.
    error InsufficientGas(uint256 needed, uint256 left);

    /// @dev L1 refuses this call under any gas, though an older fork gives it an outcome: a modular
    /// exponentiation with an operand above 1,024 bytes (EIP-7823) on a chain before Osaka. Chains
    /// that apply the caps never get here, since such a call is outside them.
    error NotProvableHere(uint160 address_, uint256 inputLength);

    /// @dev Whether `fork` has a precompile at `address_`.
    function exists(uint160 address_, uint8 fork) internal pure returns (bool) {
        if (address_ == 0) return false;
        if (address_ <= LAST_CANCUN) return true;
        if (address_ <= LAST_PRAGUE) return fork >= Fork.PRAGUE;
        return address_ == P256_VERIFY && fork >= Fork.OSAKA;
    }

    /// @dev The price of a call, at most `PrecompileGas.UNPAYABLE`; a call that has less gas, or is
    /// at that price, fails.
    function gasCost(
        uint160 address_,
        bytes memory input,
        uint8 fork
    ) internal pure returns (uint256) {
        return PrecompileGas.gasCost(address_, input, fork);
    }

    /// @dev Whether a call can be proven within one transaction. Where it is not, and the chain
    /// applies the caps, the call fails and consumes its gas. The price that counts is L1's, which
    /// is Osaka's whatever fork the chain itself follows.
    function isWithinCaps(uint160 address_, bytes memory input) internal pure returns (bool) {
        if (address_ == IDENTITY || !exists(address_, Fork.OSAKA)) return true;
        return
            input.length <= PRECOMPILE_INPUT_CAP &&
            gasCost(address_, input, Fork.OSAKA) <= PRECOMPILE_GAS_CAP;
    }

    /// @dev The outcome of a call whose price the caller has already found payable. Failure has
    /// empty output; so have three successes: ecrecover (0x01) that recovers nothing, a P-256
    /// signature (0x100) that does not hold and modexp (0x05) with an empty modulus.
    function run(
        uint160 address_,
        bytes memory input
    ) internal view returns (bool success, bytes memory output) {
        uint256 price = gasCost(address_, input, Fork.OSAKA);
        require(price < PrecompileGas.UNPAYABLE, NotProvableHere(address_, input.length));

        uint256 forwarded = price + MARGIN;
        uint256 needed = (forwarded * 64) / 63 + 1 + OVERHEAD;
        require(gasleft() >= needed, InsufficientGas(needed, gasleft()));

        // (success, output) = address(address_).staticcall{ gas: forwarded }(input), without the
        // copy of the input that Solidity makes between the check above and the call.
        assembly ("memory-safe") {
            success := staticcall(forwarded, address_, add(input, 0x20), mload(input), 0, 0)
            output := mload(0x40)
            mstore(output, returndatasize())
            returndatacopy(add(output, 0x20), 0, returndatasize())
            mstore(0x40, and(add(add(output, returndatasize()), 0x3f), not(0x1f)))
        }
        if (output.length == 0) PrecompilePresence.confirm(address_, input, success);
    }
}
