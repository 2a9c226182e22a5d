// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Who signed a hash, as L1's precompile recovers it. That nobody did is also what an address without a
/// precompile answers; so it is believed only beside a signer that is known.
library Recovery {
    uint256 private constant FIRST_RECOVERY_ID = 27;
    // What the precompile takes, and as much again for what a call keeps back and costs.
    uint256 private constant RECOVERY_GAS = 6_000;

    // The hash 0x0101..01 signed by the key 1, by the second of the two points with this r.
    bytes32 internal constant KNOWN_HASH =
        0x0101010101010101010101010101010101010101010101010101010101010101;
    bytes32 internal constant KNOWN_R =
        0x747a6c6bd9a8ff0b77a99b8f274f5df5198b5dddc33edd4bc89e459d13dfa617;
    bytes32 internal constant KNOWN_S =
        0x7431bfa016325b8f27491781d1c462999f1dde760560373a517d29161c2df139;
    address internal constant KNOWN_SIGNER = 0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf;

    error RecoveryOutOfGas(uint256 available);
    /// @dev L1 no longer recovers signers.
    error RecoveryAbsent();

    /// @dev The signer; zero if there is none. `yParity` is 0 or 1.
    function signerOf(
        bytes32 hash,
        uint256 yParity,
        bytes32 r,
        bytes32 s
    ) internal view returns (address signer) {
        signer = _recover(hash, yParity, r, s);
        if (signer != address(0)) return signer;
        require(_recover(KNOWN_HASH, 1, KNOWN_R, KNOWN_S) == KNOWN_SIGNER, RecoveryAbsent());
    }

    /// @dev Reverts if the precompile fails, which it does for want of gas only.
    function _recover(
        bytes32 hash,
        uint256 yParity,
        bytes32 r,
        bytes32 s
    ) private view returns (address) {
        uint256 available = gasleft();
        require(available >= RECOVERY_GAS, RecoveryOutOfGas(available));
        return ecrecover(hash, uint8(FIRST_RECOVERY_ID + yParity), r, s);
    }
}
