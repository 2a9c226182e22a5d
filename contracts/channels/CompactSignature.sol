// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {positionOf, wordAt} from "./CalldataWord.sol";

/// @dev Signatures of 64 bytes, r and then s with the parity of y in its top bit (EIP-2098), low s only. Twin:
/// src/channels/compactSignature.ts.
library CompactSignature {
    uint256 internal constant SIGNATURE_BYTES = 64;

    /// @dev Whose key signed the digest; zero where nobody's did.
    function recover(
        bytes32 digest,
        bytes calldata signature
    ) internal pure returns (address signer) {
        if (signature.length != SIGNATURE_BYTES) return address(0);
        uint256 position = positionOf(signature);
        (signer, , ) = ECDSA.tryRecover(digest, wordAt(position, 0), wordAt(position, 32));
    }
}
