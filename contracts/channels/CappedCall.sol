// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Calls to code that nobody vouches for: they get a fixed amount of gas, all of it is there, and no more than a word of
/// what they return is looked at.
library CappedCall {
    // What a call spends before its own gas: a new account with value (36,600), and the memory of its arguments.
    uint256 internal constant CALL_OVERHEAD = 40_000;

    error GasTooLow(uint256 required, uint256 available);

    /// @dev Sends ether alone.
    function sendEther(address to, uint256 value, uint256 gasCap) internal returns (bool success) {
        _requireGas(gasCap);
        // (success, ) = to.call{value: value, gas: gasCap}(""), without copying the result.
        assembly ("memory-safe") {
            success := call(gasCap, to, value, 0x00, 0x00, 0x00, 0x00)
        }
    }

    /// @dev Sends data. `size` and `word` are of what came back.
    function send(
        address to,
        uint256 gasCap,
        bytes memory data
    ) internal returns (bool success, uint256 size, uint256 word) {
        _requireGas(gasCap);
        // (success, result) = to.call{gas: gasCap}(data), without copying the result.
        assembly ("memory-safe") {
            success := call(gasCap, to, 0, add(data, 0x20), mload(data), 0x00, 0x20)
            size := returndatasize()
            word := mload(0x00)
        }
    }

    /// @dev Asks without letting anything change.
    function ask(
        address to,
        uint256 gasCap,
        bytes memory data
    ) internal view returns (bool success, uint256 size, uint256 word) {
        _requireGas(gasCap);
        // (success, result) = to.staticcall{gas: gasCap}(data), without copying the result.
        assembly ("memory-safe") {
            success := staticcall(gasCap, to, add(data, 0x20), mload(data), 0x00, 0x20)
            size := returndatasize()
            word := mload(0x00)
        }
    }

    /// @dev A call gets at most 63/64 of what is left, and must not be starved by whoever pays for it.
    function _requireGas(uint256 gasCap) private view {
        uint256 available = gasleft();
        unchecked {
            // Both are gas: far below 2^64.
            require((gasCap + CALL_OVERHEAD) * 64 <= available * 63, GasTooLow(gasCap, available));
        }
    }
}
