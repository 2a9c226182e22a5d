// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What L1 learns of an L2 block, in the OP-stack's encoding.
/// @dev Twin: src/protocol/outputRoot.ts.
struct Output {
    bytes32 stateRoot;
    bytes32 messagePasserStorageRoot;
    bytes32 blockHash;
}

using {hash} for Output global;

bytes32 constant OUTPUT_VERSION = bytes32(0);

/// @dev The commitment to an output, of version 0.
function hash(Output memory output) pure returns (bytes32) {
    return keccak256(abi.encode(OUTPUT_VERSION, output));
}
