// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A message from L2 to L1, in the OP-stack's encoding.
/// @dev Twin: src/protocol/withdrawal.ts.
struct Withdrawal {
    uint256 nonce;
    address sender;
    address target;
    uint256 value;
    uint256 gasLimit;
    bytes data;
}

using {hash} for Withdrawal global;

/// @dev The name of the message.
function hash(Withdrawal memory withdrawal) pure returns (bytes32) {
    return
        keccak256(
            abi.encode(
                withdrawal.nonce,
                withdrawal.sender,
                withdrawal.target,
                withdrawal.value,
                withdrawal.gasLimit,
                withdrawal.data
            )
        );
}

/// @dev Where the message passer's mapping, in its storage slot 0, says that the message was sent.
function storageSlot(bytes32 withdrawalHash) pure returns (bytes32) {
    return keccak256(abi.encode(withdrawalHash, uint256(0)));
}
