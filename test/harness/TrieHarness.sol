// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Opening, TrieOpening} from "../../contracts/merkle/TrieOpening.sol";
import {Witness, WitnessReader} from "../../contracts/merkle/Witness.sol";

/// @dev Opens TrieOpening to tests.
contract TrieHarness {
    /// @dev The value under a root.
    function read(
        bytes32 root,
        bytes32 key,
        bytes calldata data
    ) external pure returns (bytes memory value) {
        Witness memory witness = WitnessReader.open(data);
        value = TrieOpening.open(root, key, witness).value;
        witness.finish();
    }

    /// @dev The value under a root, and the root after another was written.
    function write(
        bytes32 root,
        bytes32 key,
        bytes memory value,
        bytes calldata data
    ) external view returns (bytes memory before, bytes32 newRoot, uint256 gasUsed) {
        gasUsed = gasleft();
        Witness memory witness = WitnessReader.open(data);
        Opening memory opening = TrieOpening.open(root, key, witness);
        before = opening.value;
        newRoot = opening.write(value, witness);
        witness.finish();
        gasUsed -= gasleft();
    }
}
