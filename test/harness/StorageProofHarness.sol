// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AliasedAddress} from "../../contracts/bridge/AliasedAddress.sol";
import {StorageProof} from "../../contracts/bridge/StorageProof.sol";

/// @notice Calls of the proof reader from outside.
contract StorageProofHarness {
    function valueAt(
        bytes32 root,
        bytes32 slot,
        bytes[] calldata proof
    ) external pure returns (bytes memory) {
        return StorageProof.valueAt(root, slot, proof);
    }

    function aliasOf(address account) external pure returns (address) {
        return AliasedAddress.aliasOf(account);
    }
}
