// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Precompiles} from "../../contracts/machine/Precompiles.sol";
import {PrecompilePresence} from "../../contracts/machine/PrecompilePresence.sol";

/// @dev Opens the precompile libraries to tests.
contract PrecompilesHarness {
    constructor() {
        PrecompilePresence.present();
    }

    function exists(uint160 address_, uint8 fork) external pure returns (bool) {
        return Precompiles.exists(address_, fork);
    }

    function gasCost(
        uint160 address_,
        bytes memory input,
        uint8 fork
    ) external pure returns (uint256) {
        return Precompiles.gasCost(address_, input, fork);
    }

    /// @dev The price of the first `size` bytes, which the rest still follows in memory.
    function gasCostOfStart(
        uint160 address_,
        bytes memory input,
        uint256 size,
        uint8 fork
    ) external pure returns (uint256) {
        assembly ("memory-safe") {
            mstore(input, size)
        }
        return Precompiles.gasCost(address_, input, fork);
    }

    function isWithinCaps(uint160 address_, bytes memory input) external pure returns (bool) {
        return Precompiles.isWithinCaps(address_, input);
    }

    /// @dev Also the gas that the library spent.
    function run(
        uint160 address_,
        bytes memory input
    ) external view returns (bool success, bytes memory output, uint256 gasUsed) {
        uint256 before = gasleft();
        (success, output) = Precompiles.run(address_, input);
        gasUsed = before - gasleft();
    }

    function present() external view {
        PrecompilePresence.present();
    }

    function caps() external pure returns (uint256 gasCap, uint256 inputCap) {
        return (Precompiles.PRECOMPILE_GAS_CAP, Precompiles.PRECOMPILE_INPUT_CAP);
    }
}
