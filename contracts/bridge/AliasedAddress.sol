// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev The L2 address of an L1 contract: the same address on L2 may belong to somebody else.
library AliasedAddress {
    uint160 private constant OFFSET = uint160(0x1111000000000000000000000000000000001111);

    // An account that an EIP-7702 authorization delegates has this prefix and the delegate as code.
    bytes3 private constant DELEGATION_PREFIX = 0xef0100;
    uint256 private constant DELEGATION_BYTES = 23;

    /// @dev The L2 address of a caller: its own if somebody holds its key, else its alias.
    function l2AddressOf(address caller) internal view returns (address) {
        // solhint-disable-next-line avoid-tx-origin
        if (caller == tx.origin || isDelegated(caller)) return caller;
        return aliasOf(caller);
    }

    /// @dev The L2 address of a contract on L1.
    function aliasOf(address account) internal pure returns (address) {
        // Wraps around by design, as the OP-stack's aliases do.
        unchecked {
            return address(uint160(account) + OFFSET);
        }
    }

    function isDelegated(address account) private view returns (bool) {
        if (account.code.length != DELEGATION_BYTES) return false;
        return bytes3(account.code) == DELEGATION_PREFIX;
    }
}
