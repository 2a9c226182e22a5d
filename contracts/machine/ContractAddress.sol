// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Rlp} from "../merkle/Rlp.sol";

/// @dev The address of a new contract. Twin: src/machine/contractAddress.ts.
library ContractAddress {
    bytes1 private constant SALTED = 0xff;

    /// @dev The address that a creator's nonce gives.
    function byNonce(address creator, uint64 nonce) internal pure returns (address) {
        bytes memory fields = bytes.concat(Rlp.encodeAddress(creator), Rlp.encodeUint(nonce));
        return lastTwentyBytes(Rlp.encodeList(fields));
    }

    /// @dev The address that a salt and the hash of the initcode give (EIP-1014).
    function bySalt(
        address creator,
        bytes32 salt,
        bytes32 initCodeHash
    ) internal pure returns (address) {
        return lastTwentyBytes(abi.encodePacked(SALTED, creator, salt, initCodeHash));
    }

    function lastTwentyBytes(bytes memory preimage) private pure returns (address) {
        return address(uint160(uint256(keccak256(preimage))));
    }
}
